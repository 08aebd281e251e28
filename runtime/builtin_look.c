/*
 * builtin_look.c - the built-in variables on Linux: HOME is the passwd entry of the real uid, read from the file itself
 * (NSS would load foreign code), TMPDIR is /tmp, RUNTIME_DIR is /run/user/UID.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builtin.h"

enum { MAX_PASSWD = 16 * 1024 * 1024 };

/* The field number `want` of a line, fields separated by colons. */
static bool line_field(struct span line, unsigned want, struct span *field)
{
	for (;; want--) {
		*field = span_cut(&line, ':');
		if (want == 0)
			return true;
		if (field->at + field->len == line.at) /* no colon behind it */
			return false;
	}
}

bool passwd_home(struct span file, uid_t uid, struct span *home)
{
	while (file.len > 0) {
		struct span line = span_cut(&file, '\n'), field;
		uint64_t n;
		if (line_field(line, 2, &field) && span_number(field, UINT32_MAX, &n) && n == uid &&
		    line_field(line, 5, home))
			return true;
	}
	return false;
}

/* The bytes of a small file, or false with errno. */
static bool file_read(struct pool *pool, const char *path, struct span *bytes)
{
	struct stat st;
	int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t got = 0;
	char *buf = NULL;

	if (fd < 0)
		return false;
	errno = EINVAL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= MAX_PASSWD)
		buf = pool_take(pool, (size_t)st.st_size);
	while (buf && got < (size_t)st.st_size) {
		ssize_t n = read(fd, buf + got, (size_t)st.st_size - got);
		if (n < 0)
			buf = NULL;
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	if (close(fd))
		buf = NULL;
	*bytes = (struct span){buf, got};
	return buf != NULL;
}

enum home home_find(struct vars *v, const char **value)
{
	struct span file, home;

	if (!file_read(v->pool, v->passwd, &file))
		return errno == ENOENT ? HOME_NONE : HOME_UNREAD;
	if (!passwd_home(file, getuid(), &home))
		return HOME_NONE;
	while (home.len > 1 && home.at[home.len - 1] == '/')
		home.len--;
	*value = pool_copy(v->pool, home.at, home.len);
	return *value ? HOME_FOUND : HOME_UNREAD;
}

static bool home_get(struct vars *v, const char **value, struct fault *f)
{
	switch (home_find(v, value)) {
	case HOME_FOUND:
		return true;
	case HOME_UNREAD:
		return builtin_fault(f, BUILTIN_HOME, "/etc/passwd cannot be read");
	case HOME_NONE:
		break;
	}
	builtin_fault(f, BUILTIN_HOME, "no passwd entry for the user");
	return fault_add(f, "fix add uid %u to /etc/passwd, or use a param of type path", getuid());
}

static bool cwd_get(struct vars *v, const char **value, struct fault *f)
{
	char buf[PLAN_MAX_PATH + 1];

	if (!getcwd(buf, sizeof(buf))) {
		builtin_fault(f, BUILTIN_CWD, "the current directory has no name");
		return fault_add(f, "fix change to a directory that exists");
	}
	*value = pool_text(v->pool, buf);
	return *value || builtin_fault(f, BUILTIN_CWD, "no memory");
}

/* Without links, as the kernel knows the file; what lies outside of this root begins with no slash. */
static bool real_path(const char *path, char real[PLAN_MAX_PATH + 1])
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	char name[32 + NUM_TEXT];
	ssize_t n;

	text_print(name, sizeof(name), "/proc/self/fd/%u", fd);
	n = fd < 0 ? -1 : readlinkat(AT_FDCWD, name, real, PLAN_MAX_PATH + 1);
	if (fd >= 0)
		close(fd);
	if (n <= 0 || n > PLAN_MAX_PATH)
		return false;
	real[n] = 0;
	return real[0] == '/';
}

static bool exe_get(struct vars *v, const char **value, struct fault *f)
{
	char buf[PLAN_MAX_PATH + 1];

	if (!v->program || !real_path(v->program, buf))
		return builtin_fault(f, BUILTIN_EXE, "the program has no real path here");
	*value = pool_text(v->pool, buf);
	return *value || builtin_fault(f, BUILTIN_EXE, "no memory");
}

static bool uid_get(struct vars *v, const char *prefix, const char **value, struct fault *f)
{
	char buf[64];

	*value = pool_copy(v->pool, buf, text_print(buf, sizeof(buf), "%s%u", prefix, getuid()));
	return *value || builtin_fault(f, BUILTIN_UID, "no memory");
}

bool builtin_look(struct vars *v, enum builtin b, const char **value, struct fault *f)
{
	switch (b) {
	case BUILTIN_HOME:
		return home_get(v, value, f);
	case BUILTIN_CWD:
		return cwd_get(v, value, f);
	case BUILTIN_TMPDIR:
		*value = "/tmp";
		return true;
	case BUILTIN_RUNTIME_DIR:
		return uid_get(v, "/run/user/", value, f);
	case BUILTIN_UID:
		return uid_get(v, "", value, f);
	case BUILTIN_EXE:
		return exe_get(v, value, f);
	case BUILTIN_COUNT:
		break;
	}
	return fault_step_error(f, "variables", "unknown variable", 0);
}
