/*
 * sums.c - SHA256SUMS: "HEX  NAME\n" sorted by name, as sha256sum writes it.
 */
#include <string.h>

#include "eight.h"
#include "plan_dir.h"
#include "sha256.h"

/* One line without its \n. */
static bool sums_line(struct span line, struct span *hex, struct span *name)
{
	uint64_t wrong = 0;

	if (line.len < SHA256_HEX + 3 || line.len > SHA256_HEX + 2 + 255 ||
	    memcmp(line.at + SHA256_HEX, "  ", 2))
		return false;
	*hex = (struct span){line.at, SHA256_HEX};
	*name = (struct span){line.at + SHA256_HEX + 2, line.len - SHA256_HEX - 2};
	for (size_t i = 0; i < SHA256_HEX; i += EIGHT)
		wrong |= eight_no_hex(eight_at(hex->at + i));
	return !wrong && name->at[0] != '.' && span_made_of(*name, "._-" UPPER_CASE);
}

/* Takes the first line off; false when there is none whole. */
static bool sums_next(struct span *sums, struct span *hex, struct span *name)
{
	const char *end = memchr(sums->at, '\n', sums->len);
	struct span line = {sums->at, end ? (size_t)(end - sums->at) : 0};

	if (!end || !sums_line(line, hex, name))
		return false;
	sums->at += line.len + 1;
	sums->len -= line.len + 1;
	return true;
}

static bool name_before(struct span a, struct span b)
{
	int order = memcmp(a.at, b.at, a.len < b.len ? a.len : b.len);

	return order < 0 || (order == 0 && a.len < b.len);
}

const char *sums_wrong(struct span sums)
{
	struct span hex, name, last = {"", 0};

	if (sums.len == 0)
		return SAID("the file is empty");
	while (sums.len > 0) {
		if (!sums_next(&sums, &hex, &name))
			return SAID("a line that is not HEX, two blanks, NAME");
		if (!name_before(last, name))
			return SAID("names are sorted, each stands once");
		last = name;
	}
	return NULL;
}

/* The form was proved: only where a line ends is looked for. */
bool sums_find(struct span sums, const char *name, struct span *hex)
{
	const size_t head = SHA256_HEX + 2, len = strlen(name);

	for (const char *end; sums.len > head && (end = memchr(sums.at + head, '\n', sums.len - head));) {
		size_t line = (size_t)(end - sums.at);
		if (line == head + len && !memcmp(sums.at + head, name, len)) {
			*hex = (struct span){sums.at, SHA256_HEX};
			return true;
		}
		sums.at += line + 1;
		sums.len -= line + 1;
	}
	return false;
}
