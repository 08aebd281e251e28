/*
 * html.h - writes HTML: elements that are always closed, text that is always escaped.
 *
 *     struct html h = html_new(arena);
 *     html_open(&h, "p class=\"x\"");
 *     html_text(&h, because);
 *     html_close(&h);
 *
 * Tags are constants of the caller; whatever comes from a policy goes through html_text() or html_attr(), which leave
 * nothing that a browser could take for markup.
 */
#ifndef SBX_HTML_H
#define SBX_HTML_H

#include "str.h"

enum { HTML_MAX_DEPTH = 256 };

struct html {
	struct buf out;
	const char *open[HTML_MAX_DEPTH]; /* tags, as they were opened */
	unsigned depth;
};

struct html html_new(struct arena *a);
/* `tag`: the name, with attributes that are constants of the caller. */
void html_open(struct html *h, const char *tag);
/* The same with one more attribute whose value is any text. */
void html_open_with(struct html *h, const char *tag, const char *attr, const char *value);
void html_close(struct html *h);
/* Text; control bytes and what is no UTF-8 are shown as \xHH. NULL writes nothing. */
void html_text(struct html *h, const char *text);
/* An element with nothing but text in it. */
void html_leaf(struct html *h, const char *tag, const char *text);
/* Markup of the caller's own. */
void html_raw(struct html *h, const char *markup);

#endif
