/*
 * text.c - spans, the bounded builder, numbers and the names of errno values, without stdio and
 * locale.
 */
#include "text.h"

#include <errno.h>
#include <string.h>

#include "eight.h"

QUICK bool span_is(struct span s, const char *word)
{
	/* most words differ in their first byte: no call for those */
	for (const char *end = s.at + s.len; s.at < end; s.at++, word++)
		if (*word != *s.at || !*word)
			return false;
	return !*word;
}

bool span_same(struct span a, struct span b)
{
	return a.len == b.len && !memcmp(a.at, b.at, a.len);
}

struct span span_of(const char *text)
{
	return (struct span){text, strlen(text)};
}

bool span_made_of(struct span s, const char *also)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !(c && strchr(also, c)))
			return false;
	}
	return true;
}

struct span span_cut(struct span *left, char end)
{
	const char *at = memchr(left->at, end, left->len);
	struct span part = {left->at, at ? (size_t)(at - left->at) : left->len};
	size_t taken = part.len + (at != NULL);

	left->at += taken;
	left->len -= taken;
	return part;
}

bool span_number(struct span s, uint64_t max, uint64_t *value)
{
	uint64_t n = 0;

	if (s.len == 0 || (s.at[0] == '0' && s.len > 1))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned)(unsigned char)s.at[i] - '0';
		if (digit > 9 || n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	if (n > max)
		return false;
	*value = n;
	return true;
}

QUICK size_t text_plain_len(const char *at, size_t left)
{
	size_t n = 0;

	for (; left - n >= EIGHT; n += EIGHT) {
		uint64_t other = eight_unprintable(eight_at(at + n));
		if (other)
			return n + eight_first(other);
	}
	while (n < left && at[n] >= 0x20 && at[n] < 0x7f)
		n++;
	return n;
}

int hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t text_utf8_len(const char *at, size_t left)
{
	const unsigned char *p = (const unsigned char *)at;
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

	if (n == 0 || p[0] > 0xf4 || left < n)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

/* A call each time is shorter than its four stores. */
__attribute__((noinline)) struct text text_over(char *buf, size_t cap)
{
	buf[0] = 0;
	return (struct text){.buf = buf, .cap = cap};
}

void text_bytes(struct text *t, const char *at, size_t len)
{
	size_t room = t->cap - 1 - t->len;

	if (len > room) {
		t->cut = true;
		len = room;
	}
	memcpy(t->buf + t->len, at, len);
	t->len += len;
	t->buf[t->len] = 0;
}

void text_str(struct text *t, const char *s)
{
	s = said(s);
	text_bytes(t, s, strlen(s));
}

void text_hex(struct text *t, const unsigned char *at, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < 2 * len; i++)
		text_bytes(t, &digits[at[i / 2] >> (i % 2 ? 0 : 4) & 15], 1);
}

void text_safe(struct text *t, const char *at, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)at[i];
		if (c < 0x20 || c == 0x7f) {
			text_str(t, "\\x");
			text_hex(t, &c, 1);
		} else {
			text_bytes(t, at + i, 1);
		}
	}
}

/* What follows a '%'; returns what is behind it. */
static const char *value_put(struct text *t, const char *format, va_list *args)
{
	char number[NUM_TEXT];
	const char *s = number;
	size_t len = SIZE_MAX;

	if (*format == '.') { /* .*s */
		len = (size_t)va_arg(*args, int);
		format += 2;
	}
	if (*format == 's')
		s = said(va_arg(*args, const char *));
	else if (*format == 'z') {
		num_text(number, va_arg(*args, size_t));
		format++;
	} else if (*format == 'u')
		num_text(number, va_arg(*args, unsigned));
	else
		s = "%";
	text_safe(t, s, len == SIZE_MAX ? strlen(s) : len);
	return format + 1;
}

const char *text_vput(struct text *t, const char *format, va_list *args)
{
	format = said(format);
	for (;;) {
		size_t plain = strcspn(format, "%\n");
		text_bytes(t, format, plain);
		format += plain;
		if (*format != '%')
			return *format ? format + 1 : format;
		format = value_put(t, format + 1, args);
	}
}

static void all_put(struct text *t, const char *format, va_list *args)
{
	while (*said(format)) {
		format = text_vput(t, format, args);
		if (format[-1] == '\n')
			text_str(t, "\n");
	}
}

void (text_put)(struct text *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	all_put(t, format, &args);
	va_end(args);
}

size_t text_print(char *buf, size_t cap, const char *format, ...)
{
	struct text t = text_over(buf, cap);
	va_list args;

	va_start(args, format);
	all_put(&t, format, &args);
	va_end(args);
	return t.len;
}

void text_where(struct text *t, struct span where)
{
	for (size_t i = 0; i < where.len; i++) {
		struct span left = {where.at + i, where.len - i};
		if (left.len >= 4 && !memcmp(left.at, "\\x20", 4)) {
			text_str(t, " ");
			i += 3;
		} else {
			i += left.len >= 2 && left.at[0] == '\\' && left.at[1] == '\\';
			text_safe(t, where.at + i, 1);
		}
	}
}

const char *num_text(char out[NUM_TEXT], uint64_t n)
{
	char digits[NUM_TEXT];
	size_t i = 0;

	do {
		digits[i++] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	for (size_t k = 0; k < i; k++)
		out[k] = digits[i - 1 - k];
	out[i] = 0;
	return out;
}

const char *text_nth(const char *texts, size_t n)
{
	for (texts = said(texts); n; n--)
		texts += strlen(texts) + 1;
	return texts;
}

#ifdef __linux__
#define LINUX_ERRNOS(E)                                                                            \
	E(EBADFD, "not a file of a file system") E(ELIBBAD, "its ELF interpreter is damaged")
#else
#define LINUX_ERRNOS(E)
#endif
#define ERRNOS(E)                                                                                  \
	E(EPERM, "not permitted")                                                                  \
	E(ENOENT, "no such file or directory")                                                     \
	E(EIO, "input/output error")                                                               \
	E(E2BIG, "too large")                                                                      \
	E(ENOEXEC, "not a program this kernel can start")                                          \
	E(EBADF, "bad descriptor")                                                                 \
	E(EAGAIN, "resource limit reached")                                                        \
	E(ENOMEM, "out of memory")                                                                 \
	E(EACCES, "permission denied")                                                             \
	E(EFAULT, "bad address")                                                                   \
	E(ENOTDIR, "a part of the path is not a directory")                                        \
	E(EINVAL, "invalid")                                                                       \
	E(ENFILE, "too many files open on this system")                                            \
	E(EMFILE, "too many open files")                                                           \
	E(ETXTBSY, "the file is being written")                                                    \
	E(ENOSPC, "no space left")                                                                 \
	E(EROFS, "read-only file system")                                                          \
	E(ENAMETOOLONG, "name too long")                                                           \
	E(ENOSYS, "the system call does not exist here")                                           \
	E(ELOOP, "too many symbolic links")                                                        \
	E(ENOMSG, "nothing to do")                                                                 \
	E(EOPNOTSUPP, "switched off")                                                              \
	E(EAFNOSUPPORT, "no such network family")                                                  \
	E(ERANGE, "out of range")                                                                  \
	E(EDQUOT, "disk quota exceeded")                                                           \
	E(EINTR, "interrupted")                                                                    \
	E(ESRCH, "no such process")                                                                \
	E(EEXIST, "already exists")                                                                \
	E(EBUSY, "busy")                                                                           \
	E(EISDIR, "is a directory")                                                                \
	E(ENODEV, "no such device")                                                                \
	E(ESTALE, "stale file handle")                                                             \
	LINUX_ERRNOS(E)

const char *errno_text(int error)
{
#define NUMBER(name, text) name,
	static const unsigned char numbers[] = {ERRNOS(NUMBER)};
#define TEXT(name, text) text " (" #name ")\0"
	static const char texts[] SAID_ARRAY = ERRNOS(TEXT);

	for (size_t i = 0; i < sizeof(numbers); i++)
		if (numbers[i] == error)
			return text_nth(texts, i);
	return NULL;
}
