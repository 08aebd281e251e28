/*
 * options.c - reads the command line. Options stand before the plan; what follows the program is
 * its own.
 */
#include "options.h"

#include <string.h>
#include <unistd.h>

#include "sha256.h"

#ifndef SBX_VERSION
#define SBX_VERSION "0.1.0"
#endif

static const char help[] SAID_ARRAY =
    "usage: sbx-run [OPTION]... PLAN [--] PROGRAM [ARG]...\n"
    "\n"
    "Starts PROGRAM confined by the plan directory PLAN that sbxc has written.\n"
    "\n"
    "  --set NAME=VALUE      value of a load-time parameter of the policy\n"
    "  --file NAME=PATH      a copy of PATH, as NAME in a scratch folder of the plan\n"
    "  --digest sha256:HEX   run only the plan whose SHA256SUMS has this hash\n"
    "  --report FILE         write how it ended to FILE, as JSON\n"
    "  --status-fd N         the same to descriptor N\n"
    "  --watch               say what it uses, once a second, on stderr\n"
    "  --dry-run             prove the plan on this host, say what would be done\n"
    "  --help, --version\n"
    "\n"
    "PROGRAM is a path, or a name in /usr/local/bin, /usr/bin or /bin.\n"
    "\n"
    "exit codes: those of PROGRAM; 124 its time or its output ran out; 125 the\n"
    "sandbox could not be set up, 126 PROGRAM cannot be executed, 127 PROGRAM was\n"
    "not found: in these three cases nothing was started.\n";

#ifdef __APPLE__
#define MECHANISMS "seatbelt, rlimits"
#else
#define MECHANISMS "seccomp, landlock up to ABI 11, rlimits, namespaces, cgroup v2"
#endif

static const char version[] SAID_ARRAY = "sbx-run " SBX_VERSION " (plan version 1; " MECHANISMS ")\n";

static enum options_result print(const char *text, struct fault *f)
{
	size_t len = strlen(said(text));

	if (write(STDOUT_FILENO, text, len) == (ssize_t)len)
		return OPTIONS_DONE;
	fault_step(f, "options", "write to stdout");
	return OPTIONS_WRONG;
}

static bool (usage)(struct fault *f, const char *why, const char *what)
{
	return fault_say(f, ERR_USAGE,
			 "wrong %s%s\n"
			 "fix sbx-run [--set NAME=VALUE]... PLAN [--] PROGRAM [ARG]..., or sbx-run --help",
			 why, what);
}
#define usage(f, why, what) FAULT_FALSE(usage(f, SAID(why), what))

static bool take_set(struct options *o, const char *text, struct fault *f)
{
	const char *equal = strchr(text, '=');

	if (!equal || equal == text)
		return usage(f, "--set needs NAME=VALUE, not ", text);
	if (o->n_sets == PLAN_MAX_PARAMS)
		return usage(f, "too many --set", "");
	o->sets[o->n_sets++] = (struct assignment){
	    .name = {text, (size_t)(equal - text)},
	    .value = equal + 1,
	};
	return true;
}

static bool take_file(struct options *o, const char *text, struct fault *f)
{
	const char *equal = strchr(text, '=');

	if (!equal || equal == text || !equal[1])
		return usage(f, "--file needs NAME=PATH, not ", text);
	if (o->n_files == FILES_MAX)
		return usage(f, "too many --file", "");
	o->files[o->n_files++] = (struct file_option){
	    .name = {text, (size_t)(equal - text)},
	    .path = equal + 1,
	};
	return true;
}

static bool take_digest(struct options *o, const char *text, struct fault *f)
{
	const char *hex = text + strlen("sha256:");

	if (o->digest)
		return usage(f, "--digest stands twice", "");
	if (strncmp(text, "sha256:", strlen("sha256:")) || strlen(hex) != SHA256_HEX ||
	    strspn(hex, "0123456789abcdef") != SHA256_HEX)
		return usage(f, "--digest needs sha256: and 64 lower-case hex digits, not ", text);
	o->digest = text;
	return true;
}

static bool take_report(struct options *o, const char *text, struct fault *f)
{
	if (o->report)
		return usage(f, "--report stands twice", "");
	o->report = text;
	return text[0] || usage(f, "--report needs a file", "");
}

static bool take_status_fd(struct options *o, const char *text, struct fault *f)
{
	uint64_t fd;

	if (o->status_fd >= 0)
		return usage(f, "--status-fd stands twice", "");
	if (!span_number(span_of(text), INT32_MAX, &fd) || fd == 0)
		return usage(f, "--status-fd needs the number of a descriptor, not ", text);
	o->status_fd = (int)fd;
	return true;
}

static bool take_dry_run(struct options *o, const char *text, struct fault *f)
{
	(void)text;
	(void)f;
	o->dry_run = true;
	return true;
}

static bool take_watch(struct options *o, const char *text, struct fault *f)
{
	(void)text;
	(void)f;
	o->watch = true;
	return true;
}

static const struct option {
	char name[15];
	bool value;
	bool (*take)(struct options *o, const char *text, struct fault *f);
} table[] = {
    {"--set", true, take_set},
    {"--file", true, take_file},
    {"--digest", true, take_digest},
    {"--report", true, take_report},
    {"--status-fd", true, take_status_fd},
    {"--watch", false, take_watch},
    {"--dry-run", false, take_dry_run},
};

/* Takes the option at argv[*i], as "--name value" or "--name=value". */
static bool option_take(char **argv, unsigned *i, struct options *o, struct fault *f)
{
	const char *text = argv[*i];

	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
		size_t len = strlen(table[k].name);
		if (strncmp(text, table[k].name, len))
			continue;
		if (!text[len] && !table[k].value)
			return table[k].take(o, NULL, f);
		if (text[len] == '=' && table[k].value)
			return table[k].take(o, text + len + 1, f);
		if (!text[len] && argv[*i + 1])
			return table[k].take(o, argv[++*i], f);
	}
	return usage(f, "not an option, or one without its value: ", text);
}

enum options_result options_parse(char **argv, struct options *o, struct fault *f)
{
	unsigned i = argv[0] != NULL;

	o->status_fd = -1;
	for (; argv[i] && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "--help"))
			return print(help, f);
		if (!strcmp(argv[i], "--version"))
			return print(version, f);
		if (!strcmp(argv[i], "--")) {
			i++;
			break;
		}
		if (!option_take(argv, &i, o, f))
			return OPTIONS_WRONG;
	}
	if (argv[i])
		o->plan = argv[i++];
	if (o->plan && argv[i] && !strncmp(argv[i], "--", 2) && argv[i][2])
		return usage(f, "options stand before PLAN, not behind it: ", argv[i]), OPTIONS_WRONG;
	if (argv[i] && !strcmp(argv[i], "--"))
		i++;
	o->argv = argv + i;
	if (!o->plan || !argv[i] || !argv[i][0]) {
		(usage)(f, o->plan ? SAID("PROGRAM is missing") : SAID("PLAN is missing"), "");
		return OPTIONS_WRONG;
	}
	return OPTIONS_RUN;
}
