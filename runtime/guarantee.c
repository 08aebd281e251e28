/*
 * guarantee.c - which mechanisms this host and this loader have, and what to do about one that is
 * missing.
 */
#include "guarantee.h"

#include <errno.h>
#include <string.h>

/* The Linux version that brought each Landlock ABI. */
#define ABI(number, linux_version) linux_version "\0"
static const char abi_linux[] = "\0" PLAN_LANDLOCK_ABIS(ABI);
#define ABI_ONE(number, linux_version) +1
enum { N_ABIS = 1 PLAN_LANDLOCK_ABIS(ABI_ONE) }; /* one after the other: its row is its number */

/*
 * Why a mechanism is missing. what == NULL: it is there. A start that can do without says it and goes on, so what hosts
 * lack is not marked as words that have to be unpacked; what next to no kernel and no plan of sbxc lacks is, and the fix.
 */
struct lack {
	const char *what, *likely, *fix;
	char buf[160];
};

static bool span_starts(struct span s, const char *prefix)
{
	return s.len > strlen(prefix) && !memcmp(s.at, prefix, strlen(prefix));
}

static void filter_suspect(const struct host *h, struct lack *lack)
{
	if (h->filtered)
		lack->likely =
		    SAID("a seccomp filter is on this process already (a container?): it may be "
		    "what refuses the call");
}

static void landlock_absent(const struct host *h, struct lack *lack)
{
	if (h->landlock_error == EOPNOTSUPP) {
		lack->what = "Landlock is switched off at boot";
		lack->fix = SAID("add landlock to the lsm= boot parameter");
		return;
	}
	lack->what = h->landlock_error == ENOSYS ? "this kernel has no Landlock (ENOSYS)"
						 : "the kernel refuses Landlock to this process";
	lack->fix = h->filtered ? SAID("let the outer filter pass the landlock_* calls")
				: SAID("use Linux 5.13 or newer with CONFIG_SECURITY_LANDLOCK");
	filter_suspect(h, lack);
}

static void landlock_look(struct span word, const struct host *h, struct lack *lack)
{
	struct span digits = {word.at + strlen("landlock:"), word.len - strlen("landlock:")};
	struct text t = text_over(lack->buf, sizeof(lack->buf));
	uint64_t abi;

	if (!span_number(digits, 999, &abi) || abi == 0) {
		lack->what = SAID("a Landlock level that this sbx-run does not know");
	} else if (h->landlock == 0) {
		landlock_absent(h, lack);
	} else if (h->landlock < abi) {
		(text_put)(&t, "Landlock ABI %u is needed, this kernel has %u", (unsigned)abi,
			 h->landlock);
		if (abi < N_ABIS)
			(text_put)(&t, "; ABI came with Linux %s", text_nth(abi_linux, abi));
		lack->what = lack->buf;
		lack->fix = SAID("use a newer kernel");
	}
}

static void seccomp_look(const struct host *h, struct lack *lack)
{
	if (h->seccomp)
		return;
	lack->what = h->seccomp_error == ENOSYS ? SAID("this kernel has no seccomp(2) (ENOSYS)")
						: SAID("the kernel refuses seccomp(2) to this process");
	lack->fix = SAID("use Linux 4.14 or newer with CONFIG_SECCOMP_FILTER");
	filter_suspect(h, lack);
}

/* `cgroup:kill` needs no controller: that everything in a cgroup can be ended at once is enough. */
static void cgroup_look(struct span controller, const struct host *h, struct lack *lack)
{
	const struct cgroup_place *p = &h->cgroup;
	struct text t = text_over(lack->buf, sizeof(lack->buf));
	bool there = span_is(controller, "kill") && p->base >= 0;

	for (unsigned c = 0; c < CONTROLLER_COUNT; c++)
		there |= span_is(controller, controller_word(c)) && (p->usable >> c & 1);
	if (there)
		return;
	text_str(&t, p->lack ? p->lack : SAID("this sbx-run does not know the controller"));
	lack->what = lack->buf;
	lack->fix = p->fix ? p->fix : SAID("write `prefer CAPABILITY on linux because ...`");
}

static void mechanism_look(struct span word, const struct host *h, struct lack *lack)
{
	if (span_is(word, "seccomp")) {
		seccomp_look(h, lack);
		return;
	}
	if (span_starts(word, "landlock:")) {
		landlock_look(word, h, lack);
		return;
	}
	if (span_is(word, "launch") || span_is(word, "rlimit") || span_is(word, "supervisor"))
		return;
	if (span_starts(word, "cgroup:")) {
		cgroup_look((struct span){word.at + 7, word.len - 7}, h, lack);
		return;
	}
	if (span_is(word, "namespace")) {
		lack->what = h->no_namespaces ? "this host does not let namespaces be made" : NULL;
		lack->fix = SAID("run it where namespaces are allowed, or `prefer CAPABILITY on linux because ...`");
		return;
	}
	if (span_is(word, "none")) {
		lack->what = "Linux keeps at most a part of it";
		lack->fix = SAID("plan.yaml says which");
		return;
	}
	lack->what = SAID("this sbx-run does not know the mechanism");
	lack->fix = SAID("use the sbx-run that came with the sbxc of this plan");
}

/* The first mechanism of the guarantee that is missing. */
static bool guarantee_look(const struct guarantee *g, const struct host *h, struct span *word,
			   struct lack *lack)
{
	struct span left = g->mechanisms;

	memset(lack, 0, sizeof(*lack));
	do {
		*word = span_cut(&left, '+');
		mechanism_look(*word, h, lack);
	} while (!lack->what && left.len > 0);
	return !lack->what;
}

bool guarantee_kept(const struct guarantee *g, const struct host *h)
{
	struct span word;
	struct lack lack;

	return guarantee_look(g, h, &word, &lack);
}

const char *guarantee_why(const struct guarantee *g, const struct host *h, char buf[GUARANTEE_WHY])
{
	struct text t = text_over(buf, GUARANTEE_WHY);
	struct span word;
	struct lack lack;

	if (!guarantee_look(g, h, &word, &lack))
		text_str(&t, lack.what);
	return buf;
}

/* Puts the name of the capability where the fix has room for it. */
static void fix_line(struct fault *f, const char *fix, struct span cap)
{
	const char *slot = memmem(said(fix), strlen(fix), "CAPABILITY", strlen("CAPABILITY"));

	if (slot)
		fault_add(f, "fix %.*s%.*s%s", (int)(slot - fix), fix, SPAN(cap),
			  slot + strlen("CAPABILITY"));
	else
		fault_add(f, "fix %s", fix);
}

static bool lack_fault(struct fault *f, struct span cap, struct span where, struct span word,
		       const struct lack *lack)
{
	fault_say(f, ERR_GUARANTEE, "guarantee %.*s", SPAN(cap));
	if (where.len)
		fault_where(f, where);
	fault_add(f, "missing %.*s: %s", SPAN(word), lack->what);
	if (lack->likely)
		fault_add(f, "likely %s", lack->likely);
	if (lack->fix)
		fix_line(f, lack->fix, cap);
	return false;
}

/*
 * Does a (then preferred) guarantee name the mechanism? Only that lets the loader go on without it.
 */
static bool tolerated(const struct launch *l, const char *word)
{
	for (unsigned i = 0; i < l->n_guarantees; i++) {
		struct span left = l->guarantees[i].mechanisms;
		while (left.len > 0) {
			struct span m = span_cut(&left, '+');
			if (span_is(m, word) || span_starts(m, word))
				return true;
		}
	}
	return false;
}

static bool mechanisms_check(const struct launch *l, const struct host *h, struct fault *f)
{
	struct lack lack = {0};

	if (!h->landlock && !tolerated(l, "landlock:")) {
		landlock_absent(h, &lack);
		return lack_fault(f, span_of("file access"), (struct span){0}, span_of("landlock"),
				  &lack);
	}
	if (!h->seccomp && !tolerated(l, "seccomp")) {
		seccomp_look(h, &lack);
		return lack_fault(f, span_of("system calls"), (struct span){0}, span_of("seccomp"),
				  &lack);
	}
	return true;
}

/*
 * A setting that no guarantee stands for (pids.max comes with any other limit) may only be missing
 * when there is no cgroup at all and the plan can do without one.
 */
bool guarantees_cgroup(const struct launch *l, const struct cgroup_conf *c, const struct host *h,
		       struct fault *f)
{
	const struct cgroup_place *p = &h->cgroup;
	unsigned missing = c->present ? c->controllers & ~p->usable : 0;
	char word[32];
	struct lack lack = {.what = p->lack, .fix = p->fix};

	if (!c->present || (tolerated(l, "cgroup:") && (p->base < 0 || !p->usable)))
		return true;
	if (p->base < 0)
		return lack_fault(f, span_of("cgroup.conf"), (struct span){0}, span_of("cgroup"),
				  &lack);
	for (unsigned i = 0; i < CONTROLLER_COUNT; i++) {
		text_print(word, sizeof(word), "cgroup:%s", controller_word(i));
		if (missing >> i & 1 && !tolerated(l, word))
			return lack_fault(f, span_of("cgroup.conf"), (struct span){0},
					  span_of(word), &lack);
	}
	return true;
}

bool guarantees_check(const struct launch *l, const struct host *h, struct fault *f)
{
	struct span word, kept = {"", 0}; /* kept: of the guarantee before; many are kept by the same */
	struct lack lack;

	for (unsigned i = 0; i < l->n_guarantees; i++) {
		const struct guarantee *g = &l->guarantees[i];
		if (!g->required || span_same(g->mechanisms, kept))
			continue;
		if (!guarantee_look(g, h, &word, &lack))
			return lack_fault(f, g->cap, g->where, word, &lack);
		kept = g->mechanisms;
	}
	return mechanisms_check(l, h, f);
}

void guarantees_note(const struct launch *l, const struct host *h)
{
	struct span word;
	struct lack lack;

	for (unsigned i = 0; i < l->n_guarantees; i++) {
		const struct guarantee *g = &l->guarantees[i];
		if (!g->required && !guarantee_look(g, h, &word, &lack))
			(note_print)("%.*s is preferred and not kept: %s (%.*s)", SPAN(g->cap),
				   lack.what, SPAN(g->where));
	}
}
