/*
 * answer.c - how well Seatbelt keeps each guarantee of a policy.
 */
#include <string.h>

#include "seatbelt.h"

static const char no_limits[] = "macOS has no such limit for all processes of one program";
static const char no_limits_help[] = "let what surrounds the program cap it";

static struct answer enforced(void)
{
	return (struct answer){.level = LEVEL_ENFORCED, .mechanism = "seatbelt"};
}

static struct answer absent(const char *note, const char *help)
{
	return (struct answer){.level = LEVEL_ABSENT, .note = note, .help = help};
}

static struct answer partial(const char *note, const char *help, const struct origin *at)
{
	return (struct answer){
	    .level = LEVEL_PARTIAL, .mechanism = "seatbelt", .note = note, .help = help, .at = at};
}

/*
 * Renaming. The name decides on macOS: a file that may be removed from one place and made in another takes the rules of
 * its new name. The folders above closed places keep theirs (lower_moves.c), so what is left is the closed place itself,
 * and what lies in it, where the policy closes it for one thing and lets it be removed.
 */
struct moves {
	struct arena *arena;
	const struct ir *ir;
};

static const struct origin *origin_of(const struct ir_rule *r, uint32_t ops)
{
	for (int i = 0; i < OP_COUNT; i++)
		if ((r->ops & ops & OP_BIT(i)) && r->origin[i])
			return r->origin[i];
	return NULL;
}

static const char *expand(const struct moves *m, const char *tmpl)
{
	const char *path = expand_template(m->arena, m->ir, tmpl, NULL, 0);

	return path ? place_name(m->arena, TARGET_MACOS, path) : NULL;
}

static bool is_place(const struct ir_rule *r, bool deny, enum op op)
{
	return r->kind == RULE_PATH && r->deny == deny && (r->ops & OP_BIT(op)) && seatbelt_governs(r);
}

/* Does a hole of the rule, or a deny of all, take the place? */
static bool taken(const struct moves *m, const struct ir_rule *r, enum op op, const char *place)
{
	for (unsigned i = 0; i < r->n_holes; i++) {
		const char *hole = expand(m, r->holes[i].path);

		if (hole && path_covers(hole, place))
			return true;
	}
	for (unsigned i = 0; i < m->ir->n_rules; i++) {
		const struct ir_rule *deny = &m->ir->rules[i];
		const char *root = is_place(deny, true, op) ? expand(m, deny->object) : NULL;

		if (root && path_covers(root, place))
			return true;
	}
	return false;
}

/* May something in the closed place be removed? Where an allow to do so begins below it, there. */
static bool removable(const struct moves *m, const char *closed)
{
	for (unsigned i = 0; i < m->ir->n_rules; i++) {
		const struct ir_rule *r = &m->ir->rules[i];
		const char *root = is_place(r, false, OP_DELETE) ? expand(m, r->object) : NULL;

		if (!root || (!path_covers(root, closed) && !path_covers(closed, root)))
			continue;
		if (!taken(m, r, OP_DELETE, path_covers(root, closed) ? closed : root))
			return true;
	}
	return false;
}

/* May something be made outside of the place? Nothing can be moved into itself. */
static bool another_name(const struct moves *m, const char *closed)
{
	for (unsigned i = 0; i < m->ir->n_rules; i++) {
		const struct ir_rule *r = &m->ir->rules[i];
		const char *root = is_place(r, false, OP_CREATE) ? expand(m, r->object) : NULL;

		if (root && !path_covers(closed, root))
			return true;
	}
	return false;
}

static bool can_move(const struct moves *m, const char *tmpl)
{
	const char *closed = expand(m, tmpl);

	return closed && removable(m, closed) && another_name(m, closed);
}

static struct answer unless_moved(const struct ir *ir, uint32_t ops)
{
	struct moves m = {.arena = arena_new(), .ir = ir};
	struct answer answer = enforced();

	for (unsigned i = 0; i < ir->n_rules && answer.level == LEVEL_ENFORCED; i++) {
		const struct ir_rule *r = &ir->rules[i];
		bool moves = r->kind == RULE_PATH && r->deny && can_move(&m, r->object);

		if (r->kind != RULE_PATH || !(r->ops & ops) || !seatbelt_governs(r))
			continue;
		for (unsigned h = 0; h < r->n_holes && !r->deny; h++)
			moves |= can_move(&m, r->holes[h].path);
		if (moves)
			answer = partial("what lies in the closed place may be removed, so it may be renamed "
					 "to a name that is not closed",
					 "deny `delete` there too: `deny read delete \"...\"`",
					 origin_of(r, ops));
	}
	arena_free(m.arena);
	return answer;
}

/* Can what lies below the pattern's folder be renamed: to a name that it does not fit, or out of the folder? */
static const char *pattern_gap(const struct moves *m, const struct ir_rule *glob)
{
	const char *root = expand(m, glob->object);
	bool out = false, removes = false;

	for (unsigned i = 0; root && i < m->ir->n_rules; i++) {
		const struct ir_rule *r = &m->ir->rules[i];
		const char *from = is_place(r, false, OP_DELETE) ? expand(m, r->object) : NULL;
		const char *to = is_place(r, false, OP_CREATE) ? expand(m, r->object) : NULL;

		removes |= from && (path_covers(from, root) || path_covers(root, from));
		out |= to && !path_covers(root, to);
	}
	if (removes && !(glob->ops & OP_BIT(OP_DELETE)))
		return "a file that a pattern closes can be renamed to a name that it does not fit";
	return removes && out ? "a folder that holds what a pattern closes can be renamed to a place outside of the "
				"pattern's folder"
			      : NULL;
}

/* What a pattern closes opens under another name, where files may be renamed and this one too. */
static struct answer patterns_answer(const struct ir *ir)
{
	struct moves m = {.arena = arena_new(), .ir = ir};
	struct answer answer = enforced();

	for (unsigned i = 0; i < ir->n_rules && answer.level == LEVEL_ENFORCED; i++) {
		const struct ir_rule *r = &ir->rules[i];
		const char *gap = r->kind == RULE_GLOB && r->deny && seatbelt_governs(r) ? pattern_gap(&m, r) : NULL;

		if (gap)
			answer = partial(gap,
					 r->ops & OP_BIT(OP_DELETE)
					     ? "let nothing be made outside of that folder"
					     : "deny `delete` of the pattern too, or allow no `delete` in that folder",
					 origin_of(r, r->ops));
	}
	arena_free(m.arena);
	return answer;
}

/* A tree that may be emptied but not read, beside one that may be filled and read. */
static struct answer unless_moved_in(const struct ir *ir)
{
	const struct ir_rule *blind = NULL, *open = NULL;

	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];

		if (r->kind != RULE_PATH || r->deny || !seatbelt_governs(r))
			continue;
		if ((r->ops & OP_BIT(OP_DELETE)) && !(r->ops & OP_BIT(OP_READ)))
			blind = blind ? blind : r;
		if ((r->ops & OP_BIT(OP_CREATE)) && (r->ops & OP_BIT(OP_READ)))
			open = r;
	}
	if (!blind || !open)
		return enforced();
	return partial(
	    "a file that may be removed but not read can be renamed into a tree that may be read",
	    "allow `read` there too, or only `modify create`", blind->origin[OP_DELETE]);
}

/* Terminals take pushed keystrokes through ioctl(), which is closed but where the policy opens it.
 */
static struct answer tty_answer(const struct ir *ir)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		bool other_device =
		    strncmp(r->object, "/dev/", 5) == 0 && strncmp(r->object, "/dev/tty", 8) != 0 &&
		    strncmp(r->object, "/dev/fd", 7) != 0 &&
		    strcmp(r->object, "/dev/console") != 0 && !strchr(r->object, '$');

		if (r->kind == RULE_PATH && !r->deny && seatbelt_governs(r) &&
		    (r->ops & OP_BIT(OP_IOCTL)) && !other_device)
			return partial("control requests to the terminal are allowed, and Seatbelt "
				       "cannot tell them "
				       "apart",
				       "leave `ioctl` on terminals out on macOS",
				       r->origin[OP_IOCTL]);
	}
	return enforced();
}

#define ALL_NET                                                                                    \
	(OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_CONNECT_UDP) | OP_BIT(OP_CONNECT_UNIX) |               \
	 OP_BIT(OP_LISTEN_TCP) | OP_BIT(OP_LISTEN_UDP) | OP_BIT(OP_LISTEN_UNIX) | OP_BIT(OP_NET))

static struct answer no_net_answer(const struct ir *ir)
{
	struct answer answer = enforced();

	if (ir_allows_any(ir, TARGET_MACOS, ALL_NET)) {
		answer =
		    absent("a line of the policy allows a part of the network", "remove the line");
		answer.at = ir_first_allow(ir, TARGET_MACOS, ALL_NET);
	}
	return answer;
}

static bool relays(const struct ir *ir)
{
	return ir_allows_any(ir, TARGET_MACOS, OP_BIT(OP_RELAY_TCP));
}

static struct answer connect_port_answer(const struct ir *ir)
{
	struct answer a = enforced();

	if (relays(ir)) {
		a.level = LEVEL_DELEGATED;
		a.note = "behind a proxy the ports are the proxy's to check, by egress.yaml";
	}
	return a;
}

/* What the imported profile of the system opens is Apple's, and differs between versions. */
static bool on_system(const struct ir *ir, enum cap cap)
{
	static const enum cap caps[] = {CAP_FS_READ_SCOPE,  CAP_FS_WRITE_DENY, CAP_FS_WRITE_SCOPE, CAP_FS_IOCTL_SCOPE,
					CAP_NET_DISABLE,    CAP_NET_OUTBOUND,  CAP_UNIX_PATH,	   CAP_IPC_RESTRICT,
					CAP_MACH_RESTRICT,  CAP_MACOS_RESTRICT};

	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++)
		if (caps[i] == cap)
			return ir->choice[CHOICE_BASELINE].value == BASELINE_SYSTEM;
	return false;
}

static struct answer weakened(struct answer a, const struct ir *ir)
{
	if (a.level != LEVEL_ENFORCED)
		return a;
	return partial("the profile of the system that it stands on opens what that version of macOS says",
		       "remove `baseline system`", ir->choice[CHOICE_BASELINE].origin);
}

static struct answer answer_of(const struct ir *ir, enum cap cap)
{
	const uint32_t write = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE);

	switch (cap) {
	case CAP_ENV_SCRUB:
		return absent(NULL, NULL); /* the loader's: backends/launch */
	case CAP_FS_READ_SCOPE:
		return unless_moved_in(ir);
	case CAP_FS_READ_DENY:
		return unless_moved(ir, OP_BIT(OP_READ) | OP_BIT(OP_LIST));
	case CAP_FS_WRITE_DENY_PATH:
		return unless_moved(ir, write);
	case CAP_FS_EXEC_DENY:
		return unless_moved(ir, OP_BIT(OP_EXEC));
	case CAP_FS_READ_HOST:
	case CAP_FS_WRITE_DENY:
	case CAP_FS_WRITE_SCOPE:
	case CAP_FS_EXEC_SCOPE:
	case CAP_FS_IOCTL_SCOPE:
	case CAP_NET_ENABLE:
	case CAP_NET_OUTBOUND:
	case CAP_NET_LISTEN_PORT:
	case CAP_NET_UDP:
	case CAP_UNIX_PATH:
	case CAP_UNIX_ABSTRACT: /* macOS has none */
	case CAP_SIGNAL_SCOPE:
	case CAP_IPC_RESTRICT:
	case CAP_MACH_RESTRICT:
	case CAP_MACOS_RESTRICT:
		return enforced();
	case CAP_NET_CONNECT_PORT:
		return connect_port_answer(ir);
	case CAP_NET_CONNECT_HOST: /* the hosts behind a proxy are its affair: backends/egress answers */
		return relays(ir) ? absent(NULL, NULL) : enforced();
	case CAP_NET_DISABLE:
		return no_net_answer(ir);
	case CAP_TTY_NO_INJECT:
		return tty_answer(ir);
	case CAP_PROC_NO_EXEC:
		return partial("macOS starts the entry program under the profile, so the program "
			       "can start it again",
			       NULL, ir->entry_origin);
	case CAP_FS_WRITE_EPHEMERAL:
		return absent("macOS cannot throw writes away at the end", NULL);
	case CAP_FS_HIDE:
		return absent("macOS has no private view of the file tree: that a file is there "
			      "can be noticed",
			      NULL);
	case CAP_FS_GLOB_LIVE:
		return patterns_answer(ir);
	case CAP_EXEC_WX:
		return absent("making memory executable is not governed on macOS yet", NULL);
	case CAP_SYSCALL_FILTER:
		return absent("macOS has no filter for system calls", NULL);
	case CAP_KERNEL_ISOLATION:
		return absent("the program runs on the kernel of the host", NULL);
	case CAP_NS_ISOLATE:
		return absent("macOS has no namespaces", NULL);
	case CAP_RES_MEMORY:
	case CAP_RES_SWAP:
	case CAP_RES_CPU:
	case CAP_RES_CPU_WEIGHT:
	case CAP_RES_PIDS:
	case CAP_RES_IO:
		return absent(no_limits, no_limits_help);
	case CAP_RES_WALL: /* what the loader limits: backends/launch */
	case CAP_RES_OUTPUT:
	case CAP_RES_CPU_TIME:
	case CAP_RES_FILES:
	case CAP_RES_FILE_SIZE:
	case CAP_RES_CORE:
	case CAP_RES_STACK:
	case CAP_RES_ADDRESS_SPACE:
	case CAP_RES_LOCKED_MEMORY:
	case CAP_RES_PROCESSES:
		return absent(NULL, NULL);
	case CAP_COUNT:
		break;
	}
	return absent("this is no guarantee", NULL);
}

struct answer seatbelt_answer(const struct ir *ir, enum target t, enum cap cap)
{
	struct answer a = answer_of(ir, cap);

	(void)t;
	return on_system(ir, cap) ? weakened(a, ir) : a;
}
