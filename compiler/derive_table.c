/*
 * derive_table.c - derive.def as tables. Apart from derive.c because the kernel's headers that name
 * the constants do not go together with those of the C library.
 */
#include "derive.h"

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <errno.h>
#include <linux/btrfs.h>
#include <linux/fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/msdos_fs.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define COUNT(v)   (sizeof(v) / sizeof((v)[0]))
#define NAMES(...) ((const char *const[]){__VA_ARGS__})
#define TESTS(...) ((const struct sys_test[]){__VA_ARGS__})

#define TEST(n, bits, op, m, v)                                                                    \
	{                                                                                          \
		.arg = (n), .width = (bits), .cmp = SYS_##op, .mask = (m), .value = (v)            \
	}
#define INT(n, op, v)     TEST(n, 32, op, UINT32_MAX, (uint32_t)(v))
#define BITS(n, op, m, v) TEST(n, 32, op, (uint32_t)(m), (uint32_t)(v))

#define SET(bits, why, ...)       SET_ON(ARCHES_ALL, bits, why, __VA_ARGS__)
#define WAY(call, bits, why, ...) WAY_ON(ARCHES_ALL, call, bits, why, __VA_ARGS__)

static const struct derive_set sets[] = {
#define SET_ON(on, bits, why, ...)                                                                 \
	{.when = (bits),                                                                           \
	 .arches = (on),                                                                           \
	 .reason = (why),                                                                          \
	 .names = NAMES(__VA_ARGS__),                                                              \
	 .n_names = COUNT(NAMES(__VA_ARGS__))},
#define WAY_ON(on, call, bits, why, ...)
#define REFUSE(call, bits, code, why)
#include "derive.def"
};

static const struct derive_way ways[] = {
#define SET_ON(on, bits, why, ...)
#define WAY_ON(on, call, bits, why, ...)                                                           \
	{.name = (call),                                                                           \
	 .when = (bits),                                                                           \
	 .arches = (on),                                                                           \
	 .reason = (why),                                                                          \
	 .cond = {.n_any = 1,                                                                      \
		  .any = &(const struct sys_conj){.tests = TESTS(__VA_ARGS__),                     \
						  .n_tests = COUNT(TESTS(__VA_ARGS__))}}},
#define REFUSE(call, bits, code, why)
#include "derive.def"
};

static const struct derive_refusal refusals[] = {
#define SET_ON(on, bits, why, ...)
#define WAY_ON(on, call, bits, why, ...)
#define REFUSE(call, bits, code, why)                                                              \
	{.name = (call), .when = (bits), .error = (code), .reason = (why)},
#include "derive.def"
};

#undef SET
#undef WAY

const struct derive_set *derive_sets(unsigned *n)
{
	*n = COUNT(sets);
	return sets;
}

const struct derive_way *derive_ways(unsigned *n)
{
	*n = COUNT(ways);
	return ways;
}

const struct derive_refusal *derive_refusals(unsigned *n)
{
	*n = COUNT(refusals);
	return refusals;
}

static bool set_has(const struct derive_set *s, const char *name)
{
	for (unsigned i = 0; i < s->n_names; i++)
		if (!strcmp(s->names[i], name))
			return true;
	return false;
}

bool derive_governs(const char *name, uint32_t features)
{
	const uint32_t wx = HAS_WX | HAS_NO_WX;
	for (unsigned i = 0; i < COUNT(sets); i++)
		if (sets[i].when != HAS_ANYTHING && (!(sets[i].when & wx) || (features & HAS_NO_WX)) && set_has(&sets[i], name))
			return true;
	for (unsigned i = 0; i < COUNT(ways); i++)
		if ((!(ways[i].when & wx) || (features & HAS_NO_WX)) && !strcmp(ways[i].name, name))
			return true;
	for (unsigned i = 0; i < COUNT(refusals); i++)
		if (!strcmp(refusals[i].name, name))
			return true;
	return false;
}
