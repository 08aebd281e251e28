/*
 * certificate.c - writes and reads certificates. No date, no name of a machine: the same proof, the same bytes.
 */
#include "certificate.h"

#include <string.h>

#include "str.h"

static const char MEANING[] = "meaning\n", END[] = "end\n";

const char *certificate_name(struct arena *a, const char *artifact)
{
	const char *dot = strrchr(artifact, '.');
	int stem = dot ? (int)(dot - artifact) : (int)strlen(artifact);
	return arena_printf(a, "%.*s.proof", stem, artifact);
}

struct artifact certificate_make(struct arena *a, const struct proof_part *part, const struct artifact *of)
{
	char hex[SHA256_HEX + 1];
	struct buf b = buf_new(a);
	sha256_hex(of->data, of->size, hex);
	buf_printf(&b, "sbx-proof 1\nartifact %s sha256 %s\n", part->artifact, hex);
	sha256_hex(part->meaning, strlen(part->meaning), hex);
	buf_printf(&b, "policy sha256 %s\n%s%s%s%s", hex, part->head, MEANING, part->meaning, END);
	return (struct artifact){certificate_name(a, part->artifact), buf_str(&b), b.len};
}

/* The text up to `end`, which is taken too; NULL when it does not come. */
static const char *take_to(struct arena *a, const char **at, const char *end)
{
	const char *found = strstr(*at, end);
	if (!found)
		return NULL;
	const char *text = arena_strndup(a, *at, (size_t)(found - *at));
	*at = found + strlen(end);
	return text;
}

static bool take(const char **at, const char *word)
{
	size_t n = strlen(word);
	if (strncmp(*at, word, n) != 0)
		return false;
	*at += n;
	return true;
}

static const char *take_hash(struct arena *a, const char **at)
{
	size_t n = strspn(*at, "0123456789abcdef");
	if (n != SHA256_HEX || (*at)[n] != '\n')
		return NULL;
	const char *hex = arena_strndup(a, *at, n);
	*at += n + 1;
	return hex;
}

const char *certificate_read(struct arena *a, const char *text, size_t size, struct certificate *out)
{
	const char *at = text, *head;
	*out = (struct certificate){0};
	if (strlen(text) != size)
		return "it holds a NUL";
	if (!take(&at, "sbx-proof 1\n"))
		return "it is no proof of version 1";
	if (!take(&at, "artifact ") || !(out->artifact = take_to(a, &at, " sha256 ")) ||
	    !(out->artifact_hash = take_hash(a, &at)))
		return "the line `artifact NAME sha256 HEX` is missing";
	if (!take(&at, "policy sha256 ") || !(out->policy_hash = take_hash(a, &at)))
		return "the line `policy sha256 HEX` is missing";
	head = take_to(a, &at, MEANING);
	size_t left = strlen(at), end = strlen(END);
	if (!head || left < end || strcmp(at + left - end, END) != 0)
		return "it is cut off";
	out->head = head;
	out->meaning = arena_strndup(a, at, left - end);
	return NULL;
}
