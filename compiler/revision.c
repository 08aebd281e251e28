/*
 * revision.c - reads files of a git revision by running git, without a shell.
 */
#include "revision.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "str.h"

bool revision_is(const char *word)
{
	const char *colon = strchr(word, ':');
	return colon && colon > word && word[0] != '/' && word[0] != '.' && word[0] != '-' && access(word, F_OK) != 0;
}

/* ---- git ---- */

static void run_child(const char *const *argv, int out)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody would read what it says */
	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(null, 2) < 0)
		_exit(127);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

/* All that comes, up to what a source may hold; false when it is more. */
static bool drain(int fd, struct buf *out)
{
	char chunk[65536];
	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		if (out->len + (size_t)n > SRC_MAX_FILE)
			return false;
		buf_add(out, chunk, (size_t)n);
	}
}

/* The output of a command that ends well. */
static bool run_git(const char *const *argv, struct buf *out)
{
	int fds[2], status = 1;
	if (pipe2(fds, O_CLOEXEC) != 0)
		return false;
	pid_t pid = fork();
	if (pid == 0)
		run_child(argv, fds[1]);
	close(fds[1]);
	bool whole = pid > 0 && drain(fds[0], out);
	close(fds[0]); /* who still writes is told by SIGPIPE */
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return whole && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ---- paths ---- */

/* Without `.`, `..` and doubled slashes; NULL when it leads out at the top. */
static const char *normal_path(struct arena *a, const char *path)
{
	struct buf b = buf_new(a);
	while (*path) {
		size_t n = strcspn(path, "/");
		bool up = n == 2 && strncmp(path, "..", 2) == 0, skip = n == 0 || (n == 1 && *path == '.');
		if (up && b.len == 0)
			return NULL;
		if (up) {
			const char *slash = strrchr(buf_str(&b), '/');
			b.len = slash ? (size_t)(slash - b.data) : 0;
			b.data[b.len] = '\0';
		} else if (!skip) {
			buf_printf(&b, "%s%.*s", b.len ? "/" : "", (int)n, path);
		}
		path += n + (path[n] == '/');
	}
	return buf_str(&b);
}

static enum src_error read_blob(const struct src_reader *r, struct arena *a, const char *path, const char **text, size_t *size)
{
	const char *file = normal_path(a, path + strlen(r->prefix));
	struct buf out = buf_new(a);
	if (!file)
		return SRC_OUTSIDE;
	/* The prefix is "REV:/"; git wants no slash there. */
	const char *blob = arena_printf(a, "%.*s%s", (int)strlen(r->prefix) - 1, r->prefix, file);
	const char *argv[] = {"git", "cat-file", "blob", blob, NULL};
	if (!run_git(argv, &out))
		return SRC_NOT_THERE;
	*text = buf_str(&out);
	*size = out.len;
	return SRC_OK;
}

const char *revision_open(struct arena *a, const char *word, struct revision *out)
{
	const char *colon = strchr(word, ':'), *path = colon + 1;
	struct buf name = buf_new(a), folder = buf_new(a);
	const char *rev = arena_strndup(a, word, (size_t)(colon - word));
	const char *commit[] = {"git", "rev-parse", "--quiet", "--verify", arena_printf(a, "%s^{tree}", rev), NULL};
	const char *prefix[] = {"git", "rev-parse", "--show-prefix", NULL};
	if (!run_git(prefix, &folder))
		return arena_printf(a, "cannot read %s: this folder is in no git repository, or git is not there", word);
	if (!run_git(commit, &name))
		return arena_printf(a, "cannot read %s: git knows no revision `%s`", word, rev);
	if (path[0] == '.')
		path = arena_printf(a, "%.*s/%s", (int)strcspn(buf_str(&folder), "\n"), buf_str(&folder), path);
	path = normal_path(a, path);
	if (!path || !path[0])
		return arena_printf(a, "cannot read %s: it names no file of the repository", word);
	out->reader = (struct src_reader){.prefix = arena_printf(a, "%s:/", rev), .read = read_blob};
	out->path = arena_printf(a, "%s:/%s", rev, path);
	return NULL;
}

/* ---- files of the working tree ---- */

static const char *first_line(struct arena *a, const struct buf *b)
{
	return arena_strndup(a, b->data, strcspn(b->data, "\n"));
}

const char *revision_tree_open(struct arena *a, const char *name, struct revision_tree *out)
{
	struct buf top = buf_new(a), id = buf_new(a);
	const char *show_top[] = {"git", "rev-parse", "--show-toplevel", NULL};
	const char *tree[] = {"git", "rev-parse", "--quiet", "--verify", arena_printf(a, "%s^{tree}", name), NULL};
	if (!run_git(show_top, &top) || top.len == 0)
		return arena_printf(a, "cannot read revision `%s`: this folder is in no git repository, or git is not there", name);
	if (name[0] == '-' || !run_git(tree, &id) || id.len == 0)
		return arena_printf(a, "git knows no revision `%s`", name);
	*out = (struct revision_tree){.name = name, .id = first_line(a, &id), .top = first_line(a, &top)};
	return NULL;
}

/* The path of a file from the top of the repository, "" for the top itself; NULL with *failure. */
static const char *from_top(struct arena *a, const struct revision_tree *t, const char *file, const char **failure)
{
	char real[PATH_MAX];
	size_t n = strlen(t->top);
	if (!realpath(file, real))
		*failure = arena_printf(a, "cannot read %s: %s", file, strerror(errno));
	else if (strncmp(real, t->top, n) != 0 || (real[n] != '/' && real[n]))
		*failure = arena_printf(a, "%s is not in the git repository of this folder, so `%s` cannot have it", file, t->name);
	else
		return arena_strdup(a, real[n] ? real + n + 1 : "");
	return NULL;
}

const char *revision_tree_list(struct arena *a, const struct revision_tree *t, const char *dir, const char ***names, unsigned *n)
{
	const char *failure = NULL, *path = from_top(a, t, dir, &failure);
	struct buf out = buf_new(a);
	if (!path)
		return failure;
	const char *list[] = {"git", "--literal-pathspecs", "ls-tree", "-r", "--name-only", "--full-tree", "-z", t->id, "--", path[0] ? path : NULL, NULL};
	if (!run_git(list, &out))
		return arena_printf(a, "git cannot list revision `%s`", t->name);
	for (size_t at = 0; at < out.len; at += strlen(out.data + at) + 1) {
		ARENA_GROW(a, *names, *n);
		(*names)[(*n)++] = arena_strdup(a, out.data + at);
	}
	return NULL;
}

const char *revision_tree_find(struct arena *a, const struct revision_tree *t, const char *file, struct revision *out)
{
	struct buf entry = buf_new(a);
	const char *failure = NULL, *path = from_top(a, t, file, &failure);
	if (!path)
		return failure;
	/* Which tells a file that is not there from a repository that cannot be read. */
	const char *list[] = {"git", "--literal-pathspecs", "ls-tree", "--full-tree", "-z", t->id, "--", path, NULL};
	if (!run_git(list, &entry))
		return arena_printf(a, "git cannot list revision `%s`", t->name);
	out->reader = (struct src_reader){.prefix = arena_printf(a, "%s:/", t->id), .read = read_blob};
	out->path = entry.len ? arena_printf(a, "%s:/%s", t->id, path) : NULL;
	return NULL;
}
