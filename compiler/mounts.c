/*
 * mounts.c - denied places of the host that a `mount` would show elsewhere.
 *
 * A deny and a never are about a place, not about one of its names: a mount of it, of what holds it or of what lies in it
 * would give by the second name what they refuse by the first. Places that only the start knows are looked at by the loader
 * (runtime/view_asserts.c).
 */
#include "mounts.h"

#include "place.h"

/* What the program may do in the mounted place, by any line. */
static uint32_t ops_there(const struct ir *ir, const char *at)
{
	uint32_t ops = 0;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		bool path = r->kind == RULE_PATH || r->kind == RULE_GLOB;
		if (path && !r->deny && (r->targets & TARGET_BIT(TARGET_LINUX)) &&
		    (path_covers(r->object, at) || path_covers(at, r->object)))
			ops |= r->ops;
	}
	return ops;
}

static bool left_out(const struct ir_rule *r, const char *place)
{
	for (unsigned i = 0; i < r->n_holes; i++)
		if (path_covers(r->holes[i].path, place))
			return true;
	return false;
}

/* Does the set of the rule hold something that can be reached through the mount? */
static bool shows(const struct ir *ir, const struct ir_place *mount, const struct ir_rule *r)
{
	if ((r->kind != RULE_PATH && r->kind != RULE_GLOB) || !(r->targets & TARGET_BIT(TARGET_LINUX)))
		return false;
	if (!path_covers(mount->source, r->object) && (!path_covers(r->object, mount->source) || left_out(r, mount->source)))
		return false;
	return r->ops & ops_there(ir, mount->at);
}

static void report(struct diags *d, enum diag_id id, const struct ir_place *mount, const struct ir_rule *r,
		   const struct origin *by, const char *verb)
{
	struct diag_rec *rec = diag(d, id, mount->origin->loc, "this mount shows at another place what %s", verb);
	diag_label(rec, "`%s` is seen at `%s`", mount->source, mount->at);
	diag_second(rec, by->loc, "this is about %s`%s`, by whatever name", r->kind == RULE_GLOB ? "what fits below " : "", r->object);
	diag_help(rec, "mount a place that holds nothing of it, or remove one of the two lines");
}

void mounts_check_denied(const struct ir *ir, struct diags *d)
{
	for (unsigned i = 0; i < ir->around.n_places; i++)
		for (unsigned k = 0; ir->around.places[i].kind == PLACE_MOUNT && k < ir->n_rules; k++) {
			const struct ir_rule *r = &ir->rules[k];
			if (r->deny && shows(ir, &ir->around.places[i], r))
				report(d, DIAG_CONFLICT, &ir->around.places[i], r, r->origin[__builtin_ctz(r->ops)], "a line denies");
		}
}

bool mounts_check_never(const struct ir *ir, struct diags *d)
{
	bool ok = true;
	for (unsigned i = 0; i < ir->around.n_places; i++)
		for (unsigned k = 0; ir->around.places[i].kind == PLACE_MOUNT && k < ir->n_nevers; k++) {
			const struct ir_never *n = &ir->nevers[k];
			if (!shows(ir, &ir->around.places[i], &n->rule))
				continue;
			report(d, DIAG_NEVER, &ir->around.places[i], &n->rule, n->origin, "must never be allowed");
			ok = false;
		}
	return ok;
}
