/*
 * sbpl.c - any bytes as a Seatbelt profile: the reader, the evaluator, the lint and the decisions
 * of the model.
 */
#include <stdint.h>
#include <string.h>

#include "backends/seatbelt/seatbelt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ir_binding given[] = {
	    {"workdir", "/tmp/j"}, {"HOME", "/home/ann"}, {"port", "443"}};
	static const char *const objects[] = {"/", "/tmp/j/a/b", "/private/tmp/j", "localhost", ""};
	struct arena *a = arena_new();
	struct artifact v = {.name = SEATBELT_FILE, .data = (const char *)data, .size = size};
	const char *error = NULL;
	void *model = size < 65536 ? seatbelt_model_open(a, &v, 1, &error) : NULL;

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
	return 0;
}
