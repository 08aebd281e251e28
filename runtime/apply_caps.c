/*
 * apply_caps.c - gives every capability up, for good. The uid stays: root without capabilities
 * still owns root's files.
 *
 * Before Landlock restricts: with CAP_PERFMON kept, the environment of processes outside could be
 * read (Linux 6.18).
 */
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "apply.h"
#include "namespaces.h"

static bool caps_get(struct caps_data data[2])
{
	struct caps_head head = {.version = CAPS_VERSION_3};

	return syscall(SYS_capget, &head, data) == 0;
}

bool caps_have(int cap)
{
	struct caps_data data[2] = {{0}};

	return caps_get(data) && data[cap / 32].effective >> cap % 32 & 1;
}

/*
 * The bounding set bounds what exec gives, and under no_new_privs exec gives nothing: the kernel cuts
 * the new set to the old, empty one. In a user namespace of our own, whose capabilities are worth
 * something in there only, its 41 calls are left out; what the host's root may is taken for certain.
 */
static bool bounding_drop(struct run *r)
{
	if (namespaces_wanted(r, ISOLATE_USER))
		return true;
	for (int cap = 0; cap < CAP_MAX; cap++) {
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
			continue;
		/* past the last one that this kernel knows, if another call says so too */
		if (errno == EINVAL && prctl(PR_CAPBSET_READ, cap, 0, 0, 0) < 0)
			break;
		return fault_step(r->fault, "capabilities", "PR_CAPBSET_DROP");
	}
	return true;
}

static bool securebits_set(struct run *r)
{
	return prctl(PR_SET_SECUREBITS, SECUREBITS_NONE_AGAIN, 0, 0, 0) == 0 ||
	       fault_step(r->fault, "capabilities", "PR_SET_SECUREBITS");
}

bool apply_caps(struct run *r)
{
	static const struct caps_data none[2];
	struct caps_head head = {.version = CAPS_VERSION_3};
	struct caps_data data[2] = {{0}};

	if (r->dropped)
		return true;
	if (!caps_get(data))
		return fault_step(r->fault, "capabilities", "capget");
	if (!memcmp(data, none, sizeof(none)))
		return true;
	/* only CAP_SETPCAP may change them; without it they give nothing back */
	if (data[0].effective & 1u << CAP_SETPCAP_NR && (!bounding_drop(r) || !securebits_set(r)))
		return false;
	/* the ambient set goes with it: it never holds what is not permitted and inheritable */
	memset(data, 0, sizeof(data));
	if (syscall(SYS_capset, &head, data))
		return fault_step(r->fault, "capabilities", "capset");
	if (!caps_get(data) || memcmp(data, none, sizeof(none)) != 0)
		return fault_step_error(r->fault, "capabilities", "they did not go", EPERM);
	return true;
}
