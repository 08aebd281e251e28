/*
 * json.c - what is written is JSON, whatever the strings hold.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/json.h"

static char *written(bool compact)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct json j = json_new(out);
	j.compact = compact;
	json_open(&j, NULL, '{');
	json_text(&j, "name", "a\"b\\c\n\x1b\x7f");
	json_text(&j, "none", NULL);
	json_text(&j, "bytes", "\xc3\xa9 \xff\xc3");
	json_open(&j, "empty", '[');
	json_close(&j);
	json_open(&j, "list", '[');
	json_number(&j, NULL, 18446744073709551615ull);
	json_bool(&j, NULL, true);
	json_open(&j, NULL, '{');
	json_bool(&j, "x", false);
	json_close(&j);
	json_close(&j);
	json_close(&j);
	fclose(out);
	return text;
}

Test(json, one_line)
{
	char *text = written(true);
	cr_expect_str_eq(text, "{\"name\":\"a\\\"b\\\\c\\n\\u001b\\u007f\",\"bytes\":\"\xc3\xa9 "
			       "\\\\xff\\\\xc3\",\"empty\":[],"
			       "\"list\":[18446744073709551615,true,{\"x\":false}]}\n");
	free(text);
}

Test(json, indented)
{
	char *text = written(false);
	cr_expect_not_null(strstr(text, "{\n  \"name\": \"a"));
	cr_expect_not_null(strstr(text, ",\n  \"empty\": [],\n  \"list\": [\n    18446744073709551615,\n    true,\n"
					"    {\n      \"x\": false\n    }\n  ]\n}\n"));
	free(text);
}
