/*
 * view_kept.c - the table of mounts of the program's tree: opened there, read and compared by the supervisor.
 */
#include "view_kept.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "namespaces.h"
#include "pass_fd.h"
#include "wall.h"

enum { TABLE_FIRST = 64 * 1024, PLACE_FIELD = 4 /* of a line of mountinfo, from 0: proc(5) */ };

bool view_kept_wanted(const struct run *r)
{
	const struct landlock *l = &r->plan->landlock;

	return namespaces_wanted(r, ISOLATE_MOUNT) && (l->n_covers || l->n_masks);
}

bool view_kept_begin(struct run *r, int *proc)
{
	*proc = -1;
	if (!view_kept_wanted(r))
		return true;
	*proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *proc >= 0 || fault_step(r->fault, "view", "/proc");
}

bool view_kept_missing(struct run *r, const char *path)
{
	size_t len = strlen(path) + 1;

	return send(r->link->tree, path, len, MSG_NOSIGNAL) == (ssize_t)len || fault_step(r->fault, "view", "send");
}

bool view_kept_send(struct run *r, int proc)
{
	int table;
	bool sent;

	if (proc < 0)
		return true;
	table = openat(proc, "self/mountinfo", O_RDONLY | O_CLOEXEC);
	close(proc);
	if (table < 0)
		return fault_step(r->fault, "view", "/proc/self/mountinfo");
	sent = pass_fd_send(r->link->tree, table);
	close(table);
	return sent || fault_step(r->fault, "view", "sendmsg");
}

void view_kept_reserve(struct view_kept *k, int mailbox)
{
	k->mailbox = mailbox;
	k->reserve = mailbox < 0 ? -1 : fcntl(mailbox, F_DUPFD_CLOEXEC, 3);
}

/* ---- the table ------------------------------------------------------------------------------- */

/* Never less than there was: what is mapped stays so. */
static bool text_grow(struct table_text *t)
{
	size_t cap = t->cap ? 2 * t->cap : TABLE_FIRST;
	char *at = t->cap ? mremap(t->at, t->cap, cap, MREMAP_MAYMOVE)
			  : mmap(NULL, cap, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		return false;
	t->at = at;
	t->cap = cap;
	return true;
}

static bool text_read(struct table_text *t, int table)
{
	ssize_t n = 1;

	for (t->len = 0; n > 0; t->len += n > 0 ? (size_t)n : 0) {
		if (t->len == t->cap && !text_grow(t))
			return false;
		n = pread(table, t->at + t->len, t->cap - t->len, (off_t)t->len);
	}
	return n == 0;
}

/* Takes the next line off and says which mount it is of, and where that is. */
static bool line_take(struct span *left, struct span *number, struct span *place)
{
	const char *end = memchr(left->at, '\n', left->len), *at = left->at;

	for (int field = 0; end && field <= PLACE_FIELD; field++) {
		const char *blank = memchr(at, ' ', (size_t)(end - at));
		struct span *word = field ? place : number;
		if (!blank)
			return false;
		*word = (struct span){at, (size_t)(blank - at)};
		at = blank + 1;
	}
	if (!end)
		return false;
	left->len -= (size_t)(end + 1 - left->at);
	left->at = end + 1;
	return true;
}

/* The kernel writes them in one order, and what is new comes at its end or in between: each mount of before has to come. */
static bool places_same(const struct table_text *before, const struct table_text *now, struct span *lost)
{
	struct span old = {before->at, before->len}, young = {now->at, now->len}, number, place, n, p;

	while (line_take(&old, &number, &place)) {
		do {
			*lost = place;
			if (!line_take(&young, &n, &p))
				return false;
		} while (!span_same(n, number));
		if (!span_same(p, place))
			return false;
	}
	return true;
}

/* The paths, and at last the table. */
static bool take_all(struct view_kept *k)
{
	struct table_text *m = &k->missing;
	size_t len;

	for (;;) {
		if (m->cap - m->len <= PLAN_MAX_PATH && !text_grow(m))
			return false;
		len = m->cap - m->len;
		if (!pass_fd_take(k->mailbox, m->at + m->len, &len, &k->table))
			return false;
		if (k->table >= 0)
			return true;
		m->len += len;
	}
}

bool view_kept_take(struct view_kept *k)
{
	bool came;

	close(k->reserve);
	came = take_all(k);
	close(k->mailbox);
	k->mailbox = -1;
	/* what happened since it was opened is not in what is read now as a change */
	return came && text_read(&k->made, k->table) && poll(&(struct pollfd){.fd = k->table, .events = POLLPRI}, 1, 0) == 0;
}

static bool still_missing(const struct table_text *t, struct span *lost)
{
	struct stat st;

	for (const char *path = t->at; path < t->at + t->len; path += lost->len + 1) {
		*lost = span_of(path);
		if (lstat(path, &st) == 0)
			return false;
	}
	lost->len = 0;
	return true;
}

bool view_kept_due(const struct view_kept *k)
{
	return k->table >= 0 && wall_clock_us() - k->looked_us >= VIEW_KEPT_MS * 1000;
}

bool view_kept_look(struct view_kept *k)
{
	k->lost.len = 0;
	if (!still_missing(&k->missing, &k->lost))
		return false;
	k->looked_us = wall_clock_us();
	return text_read(&k->now, k->table) && places_same(&k->made, &k->now, &k->lost);
}
