/*
 * sbpl.c - any bytes as a Seatbelt profile: the reader, the evaluator, the lint and the decisions of the model; then as a
 * profile of somebody else, which is asked, compared with a plain one and searched for rules that decide nothing.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "backends/profile.h"
#include "backends/seatbelt/sbpl_witness.h"
#include "backends/seatbelt/seatbelt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct ir_binding given[] = {{"workdir", "/tmp/j"}, {"HOME", "/home/ann"}, {"port", "443"}};

static void ask_model(const uint8_t *data, size_t size)
{
	static const char *const objects[] = {"/", "/tmp/j/a/b", "/private/tmp/j", "localhost", ""};
	struct arena *a = arena_new();
	struct artifact v = {.name = SEATBELT_FILE, .data = (const char *)data, .size = size};
	const char *error = NULL;
	void *model = seatbelt_model_open(a, &v, 1, &error);

	for (unsigned op = 0; model && op < OP_COUNT; op++)
		for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
			for (unsigned n = 0; n <= 3; n += 3) {
				struct request r = {.target = TARGET_MACOS,
						    .op = (enum op)op,
						    .object = objects[i],
						    .port = 443,
						    .given = given,
						    .n_given = n};

				seatbelt_model_decide(model, a, &r);
			}
	arena_free(a);
}

/* A second file, so that imports are taken too. */
static const struct profile_text *find(void *ctx, struct arena *a, const char *name, const char **error)
{
	static const struct profile_text lib = {"lib.sb", "(version 1)(define lib (subpath \"/lib\"))", 40};

	(void)ctx;
	(void)a;
	*error = "it is not there";
	return strcmp(name, "lib.sb") == 0 ? &lib : NULL;
}

static const struct profile *open_text(struct arena *a, const char *text, size_t size)
{
	struct profile_source s = {.text = {"p.sb", text, size}, .given = given, .n_given = 3, .find = find};
	struct profile_error error = {.text = NULL};
	const struct profile *p = profile_open(a, &s, &error);

	if (!p && (!error.text || !error.file || error.line == 0))
		abort(); /* a refusal without a place or a reason */
	return p;
}

static void ask_profile(const uint8_t *data, size_t size)
{
	static const char plain[] = "(version 1)(deny default)(allow file-read* (subpath \"/private/tmp\"))";
	static const char *const words[][3] = {
	    {"read", "/tmp/j"},	 {"write", "/lib/x"},	 {"connect", "tcp", "127.0.0.1:443"}, {"mach", "com.apple.logd"},
	    {"signal", "others"}, {"system*"},		 {"file*", "/x"},		      {"process-info*"},
	    {"listen", "unix", "/var/run/s"}, {"iokit-open", "x"},
	};
	struct arena *a = arena_new();
	const struct profile *p = open_text(a, (const char *)data, size), *q = p ? open_text(a, plain, sizeof(plain) - 1) : NULL;
	const char *error;
	unsigned n = 0;

	for (size_t i = 0; p && i < sizeof(words) / sizeof(words[0]); i++)
		if (!profile_ask(a, p, words[i], words[i][2] ? 3 : words[i][1] ? 2 : 1, &error))
			abort(); /* the question is sound */
	if (p && size < 2048) {
		profile_compare(a, p, q, &n);
		profile_compare(a, p, p, &n);
		if (n)
			abort(); /* it differs from itself */
	}
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 65536) {
		ask_model(data, size);
		ask_profile(data, size);
	}
	return 0;
}
