/*
 * fault.c - builds and prints the one message of a refusal, and notes.
 */
#include "fault.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

static const char numbers[] SAID_ARRAY =
#define ERR(id, number, slug, code, description, fix) number "\0"
#include "errors.def"
    ;

static const unsigned char codes[] = {
#define ERR(id, number, slug, code, description, fix) [ERR_##id] = code,
#include "errors.def"
};

static const char descriptions[] SAID_ARRAY =
#define ERR(id, number, slug, code, description, fix) description "\0"
#include "errors.def"
    ;

static const char fixes[] SAID_ARRAY =
#define ERR(id, number, slug, code, description, fix) fix "\0"
#include "errors.def"
    ;

enum { LABEL_WIDTH = 11 };

bool fault_set(struct fault *f, enum err id)
{
	f->id = id;
	f->text = (struct text){.buf = f->buf, .cap = sizeof(f->buf)};
	return false;
}

/* len: of the label. */
static void label_add(struct text *t, const char *label, size_t len)
{
	text_str(t, "   ");
	text_bytes(t, label, len);
	for (; len < LABEL_WIDTH; len++)
		text_str(t, " ");
}

static void lines_add(struct fault *f, const char *lines, va_list *args)
{
	for (lines = said(lines); *lines;) {
		size_t label = strcspn(lines, " ");
		label_add(&f->text, lines, label);
		lines = text_vput(&f->text, lines + label + 1, args);
		text_str(&f->text, "\n");
	}
}

bool (fault_add)(struct fault *f, const char *lines, ...)
{
	va_list args;

	va_start(args, lines);
	lines_add(f, lines, &args);
	va_end(args);
	return false;
}

bool (fault_say)(struct fault *f, enum err id, const char *lines, ...)
{
	va_list args;

	fault_set(f, id);
	va_start(args, lines);
	lines_add(f, lines, &args);
	va_end(args);
	return false;
}

bool (fault_where)(struct fault *f, struct span where)
{
	label_add(&f->text, "required", strlen("required"));
	text_where(&f->text, where);
	text_str(&f->text, "\n");
	return false;
}

bool (fault_errno)(struct fault *f, const char *what)
{
	const char *name = errno_text(errno);

	return name ? fault_add(f, "failed %s: %s", what, name) : fault_add(f, "failed %s: errno %u", what, errno);
}

bool (fault_place)(struct fault *f, enum err id, struct span where, const char *path, const char *what)
{
	fault_set(f, id);
	fault_where(f, where);
	fault_add(f, "at %s", path);
	return what ? (fault_errno)(f, what) : false;
}

bool fault_step_of(struct fault *f, const char *step, const char *what)
{
	fault_say(f, ERR_STEP, "step %s", step);
	return (fault_errno)(f, what);
}

bool fault_step_words(struct fault *f, const char *words)
{
	return fault_step_of(f, words, text_nth(words, 1));
}

bool fault_memory_words(struct fault *f, const char *words)
{
	errno = ENOMEM;
	return fault_step_words(f, words);
}

int fault_exit_code(const struct fault *f)
{
	return codes[f->id];
}

const char *err_description(enum err id)
{
	return text_nth(descriptions, id);
}

const char *err_number(enum err id)
{
	return text_nth(numbers, id);
}

/*
 * A short write or a closed stderr changes nothing about the refusal, so results are not looked at.
 */
static void write_all(const char *at, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDERR_FILENO, at, len);
		if (n <= 0)
			return;
		at += n;
		len -= (size_t)n;
	}
}

void fault_lines(const struct fault *f, struct text *t)
{
	const char *fix = text_nth(fixes, f->id);

	text_bytes(t, f->buf, f->text.len);
	if (!*fix || memmem(f->buf, f->text.len, "   fix ", 7))
		return;
	label_add(t, "fix", strlen("fix"));
	text_put(t, "%s\n", fix);
}

void fault_text(const struct fault *f, char *out, size_t size)
{
	struct text t = text_over(out, size);

	text_put(&t, "error[%s]: %s\n", err_number(f->id), err_description(f->id));
	fault_lines(f, &t);
	text_str(&t, f->text.cut ? "...\n" : "");
	text_put(&t, "   nothing was started (exit %u)\n", codes[f->id]);
}

void fault_print(const struct fault *f)
{
	char buf[sizeof(f->buf) + 512] = "sbx-run: ";
	size_t name = strlen(buf);

	fault_text(f, buf + name, sizeof(buf) - name);
	write_all(buf, strlen(buf));
}

void (note_print)(const char *format, ...)
{
	char buf[2048];
	struct text t = text_over(buf, sizeof(buf));
	va_list args;

	text_str(&t, "sbx-run: note: ");
	va_start(args, format);
	text_vput(&t, format, &args);
	va_end(args);
	text_str(&t, "\n");
	write_all(buf, t.len);
}
