/*
 * runtime_macos.c - what the loader of macOS decides before it asks the system: values of the profile, places,
 * guarantees, the program. These sources are plain C, so they run here; what they ask of macOS is put in their place.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "../../runtime/macos/guarantee.c"
#include "../../runtime/macos/places.c"
#include "../../runtime/macos/program.c"

#define ID   "0123456789abcdef0123456789abcdef"
#define HEAD "sbx-launch 1 " ID "\npolicy p 1.0\ntarget macos\n"

struct trial {
	struct plan plan;
	struct run run;
	struct options options;
	struct pool pool;
	struct fault fault;
	char *argv[2], typed[64];
	char dir[32];
};

static void type_in(struct trial *t, const char *program)
{
	snprintf(t->typed, sizeof(t->typed), "%s", program);
	t->argv[0] = t->typed;
}

static struct trial *trial_new(const char *launch, const char *profile)
{
	struct trial *t = calloc(1, sizeof(*t));
	struct conf c = {"launch-macos.conf", "launch", launch, strlen(launch), &t->fault};

	cr_assert(pool_open(&t->pool, 1 << 20));
	cr_assert(launch_read_macos(&c, &t->plan.launch), "%s", t->fault.buf);
	strcpy(t->dir, "/tmp/sbx-macos-XXXXXX");
	cr_assert(mkdtemp(t->dir));
	t->options.argv = t->argv;
	type_in(t, "/bin/sh");
	t->plan.profile = profile;
	t->run.plan = &t->plan;
	t->run.options = &t->options;
	t->run.pool = &t->pool;
	t->run.fault = &t->fault;
	memcpy(t->run.params, t->plan.launch.params, sizeof(t->run.params));
	t->run.vars = (struct vars){.params = t->run.params,
				      .n_params = t->plan.launch.n_params,
				      .pool = &t->pool,
				      .passwd = "/etc/passwd"};
	return t;
}

static void give(struct trial *t, const char *name, const char *tail)
{
	char *value = pool_take(&t->pool, 100);

	snprintf(value, 100, "%s%s", t->dir, tail);
	cr_assert(params_set(&t->run.vars, &(struct assignment){span_of(name), value}, 1, &t->fault), "%s", t->fault.buf);
}

static void trial_free(struct trial *t)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", t->dir);
	cr_assert_eq(system(command), 0);
	pool_close(&t->pool);
	free(t);
}

static bool choose(struct trial *t)
{
	return program_choose(&t->plan.launch, t->typed, &t->run.vars, &t->run.program, &t->fault);
}

static bool check(struct trial *t)
{
	return guarantees_check(&t->plan.launch, &t->run.host, &t->fault);
}

Test(runtime_macos, values_are_real_paths)
{
	struct trial *t = trial_new(HEAD "param dir path required\nsession new\nend\n",
				    "; (param \"other\") in a comment\n(version 1) ; (deny default)\n"
				    "(allow file-read* (subpath (string-append (param \"dir\") \"/x\")) (subpath (param \"dir\")))\n"
				    "(deny file-read* (literal \"/a (param \\\"no\\\")\") (literal (param \"UID\")))");
	char link[64], real[64];

	snprintf(link, sizeof(link), "%s/link", t->dir);
	snprintf(real, sizeof(real), "%s/made/later", t->dir);
	cr_assert_eq(symlink(t->dir, link), 0);
	give(t, "dir", "/link/made/later");
	cr_assert(profile_values(&t->run), "%s", t->fault.buf);
	cr_expect_str_eq(t->run.profile_values[0], "dir");
	cr_expect_str_eq(t->run.profile_values[1], real);
	cr_expect_str_eq(t->run.profile_values[2], "UID");
	cr_expect_null(t->run.profile_values[4]);
	trial_free(t);
}

Test(runtime_macos, a_value_that_nobody_names_is_a_refusal)
{
	struct trial *t = trial_new(HEAD "session new\nend\n", "(allow file-read* (subpath (param \"dir\")))\n");

	cr_expect_not(profile_values(&t->run));
	cr_expect_eq(t->fault.id, ERR_SYNTAX);
	trial_free(t);
}

Test(runtime_macos, places)
{
	struct trial *t = trial_new(HEAD "param dir path required\nneed error t.sbx:4 ${dir}\nneed make t.sbx:5 ${dir}/made\n"
					 "session new\nend\n", "");
	char made[64];
	struct stat st;

	snprintf(made, sizeof(made), "%s/made", t->dir);
	give(t, "dir", "");
	t->options.dry_run = true;
	cr_assert(places_prove(&t->run), "%s", t->fault.buf);
	cr_expect(stat(made, &st) != 0, "a dry run makes nothing");
	t->options.dry_run = false;
	cr_assert(places_prove(&t->run), "%s", t->fault.buf);
	cr_expect(stat(made, &st) == 0 && (st.st_mode & 0777) == 0700);
	t->run.params[0].value = "/nowhere/at/all";
	cr_expect_not(places_prove(&t->run));
	cr_expect_eq(t->fault.id, ERR_PATH_MISSING);
	cr_expect_not_null(strstr(t->fault.buf, "t.sbx:4"));
	trial_free(t);
}

Test(runtime_macos, no_folder_is_made_through_a_link_that_the_program_could_have_made)
{
	struct trial *t = trial_new(HEAD "param dir path required\nneed make t.sbx:5 ${dir}\nsession new\nend\n", "");
	char link[64], out[64], made[80], through[80];
	struct stat st;

	snprintf(link, sizeof(link), "%s/link", t->dir);
	snprintf(out, sizeof(out), "%s/out", t->dir);
	snprintf(made, sizeof(made), "%s/made", out);
	cr_assert_eq(mkdir(out, 0700), 0);
	cr_assert_eq(symlink("out", link), 0);
	give(t, "dir", "/link/made");
	for (int dry = 0; dry < 2; dry++) {
		t->options.dry_run = dry;
		cr_expect_not(places_prove(&t->run));
		cr_expect_eq(t->fault.id, ERR_LINK_OUT);
		cr_expect_not_null(strstr(t->fault.buf, link));
		cr_expect(stat(made, &st) != 0, "nothing is made");
	}
	/* a link in the root is the system's */
	t->run.params[0].value = "/bin/such-a-folder-is-nowhere";
	cr_expect(places_prove(&t->run), "%s", t->fault.buf);
	t->options.dry_run = false;
	t->run.params[0].value = made;
	cr_expect(places_prove(&t->run), "%s", t->fault.buf);
	cr_expect_eq(stat(made, &st), 0, "without the link it is made");
	/* what is there already needs nothing to be made */
	snprintf(through, sizeof(through), "%s/made", link);
	t->run.params[0].value = through;
	cr_expect(places_prove(&t->run), "%s", t->fault.buf);
	trial_free(t);
}

Test(runtime_macos, guarantees)
{
	struct trial *t = trial_new(HEAD "guarantee env.scrub required launch t.sbx:1\n"
					 "guarantee fs.read.scope required seatbelt t.sbx:2\n"
					 "guarantee res.memory preferred none t.sbx:3\nsession new\nend\n", "");

	cr_expect(check(t), "%s", t->fault.buf);
	cr_expect_not(guarantee_kept(&t->plan.launch.guarantees[2], &t->run.host));
	t->run.host.no_seatbelt = "this process is in a sandbox already";
	cr_expect_not(check(t));
	cr_expect_eq(t->fault.id, ERR_GUARANTEE);
	cr_expect_not_null(strstr(t->fault.buf, "a sandbox already"));
	trial_free(t);
}

Test(runtime_macos, preferred_all_over_still_needs_the_profile)
{
	struct trial *t = trial_new(HEAD "guarantee fs.read.scope preferred seatbelt t.sbx:2\nsession new\nend\n", "");

	cr_expect(check(t), "%s", t->fault.buf);
	t->run.host.no_seatbelt = "none";
	cr_expect_not(check(t));
	trial_free(t);
}

Test(runtime_macos, unknown_mechanism)
{
	struct trial *t = trial_new(HEAD "guarantee fs.read.scope required landlock:1 t.sbx:2\nsession new\nend\n", "");

	cr_expect_not(check(t));
	cr_expect_eq(t->fault.id, ERR_GUARANTEE);
	trial_free(t);
}

Test(runtime_macos, the_entry_and_nothing_else)
{
	struct trial *t = trial_new(HEAD "entry t.sbx:3 /bin/sh\nsession new\nend\n", "");
	char real[PATH_MAX];

	cr_assert(realpath("/bin/sh", real));
	cr_assert(choose(t), "%s", t->fault.buf);
	cr_expect_str_eq(t->run.program.path, real);
	type_in(t, "sh");
	cr_assert(choose(t), "%s", t->fault.buf);
	type_in(t, "/bin/ls");
	cr_expect_not(choose(t));
	cr_expect_eq(t->fault.id, ERR_ENTRY);
	type_in(t, "no-such-program");
	cr_expect_not(choose(t));
	trial_free(t);
}

Test(runtime_macos, without_an_entry)
{
	struct trial *t = trial_new(HEAD "session new\nend\n", "");

	cr_assert(choose(t), "%s", t->fault.buf);
	type_in(t, "/no/such/program");
	cr_expect_not(choose(t));
	cr_expect_eq(t->fault.id, ERR_NOT_FOUND);
	type_in(t, "/tmp");
	cr_expect_not(choose(t));
	cr_expect_eq(t->fault.id, ERR_NOT_EXEC);
	trial_free(t);
}
