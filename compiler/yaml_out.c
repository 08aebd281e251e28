/*
 * yaml_out.c - canonical YAML through libyaml's emitter.
 */
#include "yaml_out.h"

#include <errno.h>
#include <string.h>
#include <yaml.h>

#include "str.h"

struct yaml_out {
	yaml_emitter_t emitter;
	struct buf text;
	struct arena *arena;
	bool failed;
};

static int on_write(void *ctx, unsigned char *bytes, size_t n)
{
	buf_add(&((struct yaml_out *)ctx)->text, bytes, n);
	return 1;
}

/* An event is not made when there is no memory, and when its text is no UTF-8. */
static void emit(struct yaml_out *y, int made, yaml_event_t *event)
{
	if (made && yaml_emitter_emit(&y->emitter, event))
		return;
	if (errno == ENOMEM || y->emitter.error == YAML_MEMORY_ERROR)
		out_of_memory();
	y->failed = true;
}

void yaml_scalar(struct yaml_out *y, const char *text, bool quoted)
{
	yaml_event_t e;
	yaml_char_t *value = (yaml_char_t *)arena_strdup(y->arena, text);
	errno = 0;
	emit(y, yaml_scalar_event_initialize(&e, NULL, NULL, value, (int)strlen(text), 1, 1,
					     quoted ? YAML_DOUBLE_QUOTED_SCALAR_STYLE : YAML_PLAIN_SCALAR_STYLE), &e);
}

static void key(struct yaml_out *y, const char *name)
{
	yaml_scalar(y, name, false);
}

void yaml_text(struct yaml_out *y, const char *name, const char *text)
{
	key(y, name);
	yaml_scalar(y, text, true);
}

void yaml_word(struct yaml_out *y, const char *name, const char *word)
{
	key(y, name);
	yaml_scalar(y, word, false);
}

void yaml_number(struct yaml_out *y, const char *name, unsigned long long n)
{
	yaml_word(y, name, arena_printf(y->arena, "%llu", n));
}

void yaml_map(struct yaml_out *y)
{
	yaml_event_t e;
	emit(y, yaml_mapping_start_event_initialize(&e, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE), &e);
}

void yaml_map_end(struct yaml_out *y)
{
	yaml_event_t e;
	emit(y, yaml_mapping_end_event_initialize(&e), &e);
}

void yaml_list(struct yaml_out *y, const char *name, bool flow)
{
	yaml_event_t e;
	key(y, name);
	emit(y, yaml_sequence_start_event_initialize(&e, NULL, NULL, 1,
					     flow ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE), &e);
}

void yaml_list_end(struct yaml_out *y)
{
	yaml_event_t e;
	emit(y, yaml_sequence_end_event_initialize(&e), &e);
}

struct yaml_out *yaml_begin(struct arena *a)
{
	struct yaml_out *y = ARENA_NEW(a, struct yaml_out);
	yaml_event_t e;
	*y = (struct yaml_out){.text = buf_new(a), .arena = a};
	if (!yaml_emitter_initialize(&y->emitter))
		out_of_memory();
	yaml_emitter_set_output(&y->emitter, on_write, y);
	yaml_emitter_set_unicode(&y->emitter, 1);
	yaml_emitter_set_width(&y->emitter, -1);
	errno = 0;
	emit(y, yaml_stream_start_event_initialize(&e, YAML_UTF8_ENCODING), &e);
	emit(y, yaml_document_start_event_initialize(&e, NULL, NULL, NULL, 1), &e);
	return y;
}

const char *yaml_end(struct yaml_out *y, size_t *size)
{
	yaml_event_t e;
	emit(y, yaml_document_end_event_initialize(&e, 1), &e);
	emit(y, yaml_stream_end_event_initialize(&e), &e);
	yaml_emitter_delete(&y->emitter);
	*size = y->text.len;
	return y->failed ? NULL : buf_str(&y->text);
}
