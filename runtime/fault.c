/*
 * fault.c - builds and prints the one message of a refusal, and notes.
 */
#include "fault.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

static const struct {
	char number[6];
	unsigned char code;
} errors[] = {
#define ERR(id, number_, slug_, code_, description) [ERR_##id] = {.number = number_, .code = code_},
#include "errors.def"
};

static const char descriptions[] =
#define ERR(id, number, slug, code, description) description "\0"
#include "errors.def"
    ;

enum { LABEL_WIDTH = 11 };

bool fault_set(struct fault *f, enum err id)
{
	f->id = id;
	f->text = (struct text){.buf = f->buf, .cap = sizeof(f->buf)};
	return false;
}

static void label_add(struct text *t, const char *label)
{
	size_t len = strlen(label);

	text_str(t, "   ");
	text_bytes(t, label, len);
	for (size_t i = len; i < LABEL_WIDTH; i++)
		text_str(t, " ");
}

bool fault_line(struct fault *f, const char *label, ...)
{
	va_list words;

	label_add(&f->text, label);
	va_start(words, label);
	for (const char *w; (w = va_arg(words, const char *));)
		text_safe(&f->text, w, strlen(w));
	va_end(words);
	text_str(&f->text, "\n");
	return false;
}

bool fault_where(struct fault *f, struct span where)
{
	label_add(&f->text, "required");
	text_where(&f->text, where);
	text_str(&f->text, "\n");
	return false;
}

bool fault_errno(struct fault *f, const char *label, const char *what, int error)
{
	const char *name = errno_text(error);
	char number[NUM_TEXT];

	if (name)
		return fault_line(f, label, what, ": ", name, NULL);
	return fault_line(f, label, what, ": errno ", num_text(number, (uint64_t)error), NULL);
}

bool fault_step(struct fault *f, const char *step, const char *what, int error)
{
	fault_set(f, ERR_STEP);
	fault_line(f, "step", step, NULL);
	return fault_errno(f, "failed", what, error);
}

int fault_exit_code(const struct fault *f)
{
	return errors[f->id].code;
}

const char *err_description(enum err id)
{
	return text_nth(descriptions, id);
}

const char *err_number(enum err id)
{
	return errors[id].number;
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

void fault_text(const struct fault *f, char *out, size_t size)
{
	char number[NUM_TEXT];
	struct text t = text_over(out, size);

	text_str(&t, "error[");
	text_str(&t, errors[f->id].number);
	text_str(&t, "]: ");
	text_str(&t, err_description(f->id));
	text_str(&t, "\n");
	text_bytes(&t, f->buf, f->text.len);
	text_str(&t, f->text.cut ? "...\n" : "");
	text_str(&t, "   nothing was started (exit ");
	text_str(&t, num_text(number, (uint64_t)errors[f->id].code));
	text_str(&t, ")\n");
}

void fault_print(const struct fault *f)
{
	char buf[sizeof(f->buf) + 512] = "sbx-run: ";
	size_t name = strlen(buf);

	fault_text(f, buf + name, sizeof(buf) - name);
	write_all(buf, strlen(buf));
}

void note_print(const char *first, ...)
{
	char buf[2048];
	struct text t = text_over(buf, sizeof(buf));
	va_list words;

	text_str(&t, "sbx-run: note: ");
	va_start(words, first);
	for (const char *w = first; w; w = va_arg(words, const char *))
		text_safe(&t, w, strlen(w));
	va_end(words);
	text_str(&t, "\n");
	write_all(buf, t.len);
}
