/*
 * said.h - words for people. Most starts say nothing, so the static loader has these texts packed, a third as long, and
 * unpacks all of them to their places when the first one is said (static_said.c). Everywhere else they are texts as any.
 *
 * Who marks a text promises that nothing reads it but what calls said() first: the builders of text.h, fault.h and json.h
 * do. A word that is compared with, or the name of a file, is not marked; nor is the note of a start that goes on, where hosts are like that.
 */
#ifndef SBX_SAID_H
#define SBX_SAID_H

#ifdef SBX_PACKED_TEXTS
/* Behind `static const char name[]`: its place. */
#define SAID_ARRAY __attribute__((section("words"), aligned(1)))
/* In place of the literal `text`. */
#define SAID(text)                                                                                                     \
	__extension__({                                                                                                \
		static const char said_text[] SAID_ARRAY = text;                                                       \
		said_text;                                                                                             \
	})
/* The text itself, and by now it can be read. */
const char *said(const char *text);
/* Of a function that has its format by SAID(): every other build compares formats with values. */
#define SAID_FORMAT(text, values)
#else
#define SAID_ARRAY
#define SAID(text) text
#define SAID_FORMAT(text, values) __attribute__((format(printf, text, values)))

static inline const char *said(const char *text)
{
	return text;
}
#endif

#endif
