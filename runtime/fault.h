/*
 * fault.h - why nothing was started: one record, filled where the fault is found, printed once by
 * sbx_run.c.
 *
 * Functions that can fail take a `struct fault *` and return false after fault_set(). No stdio:
 * everything is built in the record itself and goes out with write(2), so it works with no memory
 * left and inside a sandbox.
 */
#ifndef SBX_FAULT_H
#define SBX_FAULT_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan.h"
#include "text.h"

enum err {
#define ERR(id, number, slug, code, description, fix) ERR_##id,
#include "errors.def"
	ERR_COUNT
};

struct fault {
	char buf[6 * 1024];
	struct text text; /* the indented lines, over buf */
	enum err id;
};

/* What a function returns that always returns false, said to compilers too. */
#define FAULT_FALSE(call)                                                                                              \
	__extension__({                                                                                                \
		(void)(call);                                                                                          \
		false;                                                                                                 \
	})

/* Starts the record; always false, so that `return fault_set(...)` reads well. */
bool fault_set(struct fault *f, enum err id);
/*
 * Adds lines, which the format separates: "LABEL TEXT\nLABEL TEXT", values as text_put() takes them. False, as above.
 */
bool fault_add(struct fault *f, const char *lines, ...) SAID_FORMAT(2, 3);
#define fault_add(f, lines, ...) FAULT_FALSE(fault_add(f, SAID(lines), ##__VA_ARGS__))
/* Both. */
bool fault_say(struct fault *f, enum err id, const char *lines, ...) SAID_FORMAT(3, 4);
#define fault_say(f, id, lines, ...) FAULT_FALSE(fault_say(f, id, SAID(lines), ##__VA_ARGS__))
/* Adds the line `required POLICY-LINE`: where comes from the plan, still escaped. */
bool fault_where(struct fault *f, struct span where);
#define fault_where(f, where) FAULT_FALSE(fault_where(f, where))
/*
 * What failed with errno, which none of the functions here changes: adds `failed WHAT: ENAME (number)`. With `_error` the number
 * is given, to errno too.
 */
bool fault_errno(struct fault *f, const char *what);
#define fault_error(f, what, error) (errno = (error), fault_errno(f, what))
#define fault_errno(f, what) FAULT_FALSE(fault_errno(f, SAID(what)))
/* A set-up step failed with errno. */
bool fault_step_of(struct fault *f, const char *step, const char *what);
/* The same; `words` are the step and, behind its NUL, what of it failed. */
bool fault_step_words(struct fault *f, const char *words);
#define fault_step(f, step, what) FAULT_FALSE(fault_step_words(f, SAID(step "\0" what)))
#define fault_step_error(f, step, what, error) (errno = (error), fault_step(f, step, what))
/* There is no memory for it. */
bool fault_memory_words(struct fault *f, const char *words);
#define fault_memory(f, step) FAULT_FALSE(fault_memory_words(f, SAID(step "\0memory")))
/* A place of that line of the policy; what of it failed with errno, or NULL. */
bool fault_place(struct fault *f, enum err id, struct span where, const char *path, const char *what);
#define fault_place(f, id, where, path, what) FAULT_FALSE(fault_place(f, id, where, path, SAID(what)))

/* The lines, and the fix of the table where they name none. */
void fault_lines(const struct fault *f, struct text *t);
int fault_exit_code(const struct fault *f);
void fault_print(const struct fault *f);
/* What fault_print() prints after the name, NUL-ended; room for buf and 512 bytes more holds all of it. */
void fault_text(const struct fault *f, char *out, size_t size);
const char *err_number(enum err id);
const char *err_description(enum err id);

/* One line on stderr that is no fault: "sbx-run: note: ..." */
void note_print(const char *format, ...) SAID_FORMAT(1, 2);
#define note_print(format, ...) note_print(SAID(format), ##__VA_ARGS__)

#endif
