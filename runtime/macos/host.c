/*
 * host.c - what this Mac offers.
 */
#include "../host.h"

#include "macos.h"

void host_probe(struct host *h)
{
	struct seatbelt s;

	seatbelt_find(&s);
	*h = (struct host){.cgroup = {.base = -1}, .no_seatbelt = seatbelt_lack(&s)};
}
