/*
 * runtime_sha256.c - the vectors of FIPS 180-4 and the lengths around a block; SHA256SUMS forms.
 */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "../../runtime/plan_dir.h"
#include "../../runtime/sha256.h"

static void expect(const char *data, size_t size, const char *wanted)
{
	char hex[SHA256_HEX + 1];

	sha256_hex(data, size, hex);
	cr_expect_str_eq(hex, wanted);
	sha256_hex_by(sha256_plain_blocks, data, size, hex);
	cr_expect_str_eq(hex, wanted, "the plain code: %s", hex);
}

Test(runtime_sha256, vectors)
{
	static char million[1000000];

	expect("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	expect("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	expect("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
	       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	memset(million, 'a', sizeof(million));
	expect(million, sizeof(million),
	       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Every length, at every alignment: the machine's instructions and the plain code agree. */
Test(runtime_sha256, machine_and_plain_code)
{
	static char data[700];
	char a[SHA256_HEX + 1], b[SHA256_HEX + 1];
	uint32_t seed = 1;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)((seed = seed * 1664525 + 1013904223) >> 24);
	for (size_t n = 0; n + 16 < sizeof(data); n++) {
		sha256_hex(data + n % 16, n, a);
		sha256_hex_by(sha256_plain_blocks, data + n % 16, n, b);
		cr_assert_str_eq(a, b, "length %zu", n);
	}
}

Test(runtime_sha256, lengths_around_a_block)
{
	char a[64];

	memset(a, 'a', sizeof(a));
	expect(a, 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
	expect(a, 56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a");
	expect(a, 63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34");
	expect(a, 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
}

#define HEX "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

Test(runtime_sums, forms)
{
	static const char *const wrong[] = {
	    "",
	    HEX "  a",
	    HEX " a\n",
	    HEX "  a\n\n",
	    HEX "  \n",
	    HEX "  ../a\n",
	    HEX "  .a\n",
	    HEX "  a b\n",
	    HEX "  b\n" HEX "  a\n",
	    HEX "  a\n" HEX "  a\n",
	    "BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a\n",
	    "/a7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a\n",
	    ":a7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a\n",
	    "`a7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a\n",
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ag  a\n",
	};
	struct span good = span_of(HEX "  a\n" HEX "  a.b\n" HEX "  ab\n"), hex;

	cr_assert_null(sums_wrong(good));
	cr_assert(sums_find(good, "ab", &hex) && span_is(hex, HEX));
	cr_assert(!sums_find(good, "b", &hex));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_expect_not_null(sums_wrong(span_of(wrong[i])), "text %zu", i);
}
