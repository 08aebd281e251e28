/*
 * junit.c - writes JUnit XML with the escapes of HTML, which are those of XML.
 */
#include "junit.h"

#include <string.h>

struct junit junit_new(struct arena *a)
{
	return (struct junit){.cases = html_new(a), .suites = html_new(a)};
}

static void put_attr(struct html *h, const char *name, const char *value)
{
	html_raw(h, " ");
	html_raw(h, name);
	html_raw(h, "=\"");
	html_text(h, value);
	html_raw(h, "\"");
}

static void put_sums(struct html *h, const unsigned n[JUNIT_RESULTS])
{
	buf_printf(&h->out, " tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\"",
		   n[JUNIT_PASSED] + n[JUNIT_FAILED] + n[JUNIT_ERROR] + n[JUNIT_SKIPPED], n[JUNIT_FAILED], n[JUNIT_ERROR],
		   n[JUNIT_SKIPPED]);
}

void junit_case(struct junit *j, enum junit_result result, const char *file, const char *name, const char *message)
{
	static const char *const element[JUNIT_RESULTS] = {
	    [JUNIT_FAILED] = "failure", [JUNIT_ERROR] = "error", [JUNIT_SKIPPED] = "skipped"};
	struct html *h = &j->cases;
	j->n[result]++;
	html_raw(h, "    <testcase");
	put_attr(h, "classname", file);
	put_attr(h, "name", name);
	if (!element[result]) {
		html_raw(h, "/>\n");
		return;
	}
	html_raw(h, "><");
	html_raw(h, element[result]);
	put_attr(h, "message", message);
	html_raw(h, "/></testcase>\n");
}

void junit_suite(struct junit *j, const char *file)
{
	struct html *h = &j->suites;
	if (!j->cases.out.len)
		return;
	html_raw(h, "  <testsuite");
	put_attr(h, "name", file);
	put_sums(h, j->n);
	html_raw(h, ">\n");
	html_raw(h, buf_str(&j->cases.out));
	html_raw(h, "  </testsuite>\n");
	for (unsigned r = 0; r < JUNIT_RESULTS; r++) {
		j->all[r] += j->n[r];
		j->n[r] = 0;
	}
	j->cases = html_new(h->out.arena);
}

const char *junit_document(struct junit *j)
{
	struct html h = html_new(j->suites.out.arena);
	html_raw(&h, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"sbxc test\"");
	put_sums(&h, j->all);
	html_raw(&h, ">\n");
	html_raw(&h, buf_str(&j->suites.out));
	html_raw(&h, "</testsuites>\n");
	return buf_str(&h.out);
}
