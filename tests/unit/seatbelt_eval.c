/*
 * seatbelt_eval.c - the SBPL evaluator against what was measured on macOS: each row of the
 * precedence table, each filter with a case that matches and one that does not, and refusal of what
 * it does not know.
 */
#include <criterion/criterion.h>

#include "seatbelt_ir.h"

static const struct sbpl_profile *profile(struct arena *a, const char *body,
					  const struct ir_binding *given, unsigned n,
					  const char **error)
{
	const char *text = arena_printf(a, "(version 1)\n%s", body);
	const struct sexp *forms = sbpl_read(a, text, strlen(text), error);

	return forms ? sbpl_eval(a, forms, given, n, false, error) : NULL;
}

static bool allows(const char *body, struct sbpl_query q)
{
	struct arena *a = arena_new();
	const char *error = NULL;
	const struct sbpl_profile *p = profile(a, body, NULL, 0, &error);
	bool allow;

	cr_assert(p, "%s: %s", body, error);
	allow = sbpl_decide(p, &q).allow;
	arena_free(a);
	return allow;
}

static void refused(const char *body, const char *word)
{
	struct arena *a = arena_new();
	const char *error = NULL;

	cr_expect_null(profile(a, body, NULL, 0, &error), "%s", body);
	cr_expect(error && strstr(error, word), "%s: `%s` should name %s", body, error ? error : "",
		  word);
	arena_free(a);
}

static const struct {
	const char *body;
	enum sbpl_op op;
	const char *path;
	bool allow;
} precedence[] = {
    {"(deny default)(allow file-write-data (subpath \"/P\"))(deny file-write-data (subpath "
     "\"/P\"))",
     SBPL_FILE_WRITE_DATA, "/P/x", false},
    {"(deny default)(deny file-write-data (subpath \"/P\"))(allow file-write-data (subpath "
     "\"/P\"))",
     SBPL_FILE_WRITE_DATA, "/P/x", true},
    {"(deny default)(deny file-write-data (subpath \"/P\"))(allow file-write-data (subpath "
     "\"/P/d\"))",
     SBPL_FILE_WRITE_DATA, "/P/d", true},
    {"(deny default)(deny file-write-data (subpath \"/P\"))(allow file-write-data)",
     SBPL_FILE_WRITE_DATA, "/P/x", false},
    {"(deny default)(deny file-write-data (subpath \"/P\"))(allow file-write-data)",
     SBPL_FILE_WRITE_DATA, "/Q", true},
    {"(deny default)(allow file-write-data)(deny file-write-data (subpath \"/P\"))",
     SBPL_FILE_WRITE_DATA, "/P/x", false},
    {"(deny default)(deny file-write* (subpath \"/P\"))(allow file-write* (subpath \"/\"))",
     SBPL_FILE_WRITE_DATA, "/P/x", true},
    {"(deny default)(deny file-write-unlink)(allow file-write* (subpath \"/\"))",
     SBPL_FILE_WRITE_UNLINK, "/x", false},
    {"(deny default)(deny file-write-unlink)(allow file-write* (subpath \"/\"))",
     SBPL_FILE_WRITE_DATA, "/x", true},
    {"(deny default)(deny file-write-unlink (subpath \"/Users\"))(allow file-write* (subpath "
     "\"/Users/P\"))",
     SBPL_FILE_WRITE_UNLINK, "/Users/P/x", false},
    {"(deny default)(allow file-read-data (subpath \"/W\"))(deny file-read* (regex \"^/W/e$\"))",
     SBPL_FILE_READ_DATA, "/W/e", true},
    {"(deny default)(deny file-read-data (subpath \"/D\"))(allow file-read* (literal \"/D/f\"))",
     SBPL_FILE_READ_DATA, "/D/f", false},
    {"(deny default)(deny file-read-data (subpath \"/D\"))(allow file-read* (literal \"/D/f\"))",
     SBPL_FILE_READ_METADATA, "/D/f", true},
    {"(allow file-write* (subpath \"/W\"))(deny file-write*)(allow default)", SBPL_FILE_WRITE_DATA,
     "/W/x", true},
    {"(allow file-write* (subpath \"/W\"))(deny file-write*)(allow default)", SBPL_FILE_WRITE_DATA,
     "/X", false},
    /* Own defaults: what (deny default) does not reach, and what (allow file-write*) does not. */
    {"(deny default)", SBPL_FILE_MAP_EXECUTABLE, "/x", true},
    {"(deny default)(deny file-map-executable)", SBPL_FILE_MAP_EXECUTABLE, "/x", false},
    {"(deny file-map-executable)(allow file-map-executable (subpath \"/l\"))",
     SBPL_FILE_MAP_EXECUTABLE, "/l/x", true},
    {"(deny default)(allow file-write* (subpath \"/\"))", SBPL_FILE_WRITE_SETUGID, "/x", false},
    {"(deny default)", SBPL_NVRAM, NULL, true},
    {"(deny default)(deny process-info*)", SBPL_PROCESS_INFO_PIDINFO, NULL, false},
    /* network-bind asks network-inbound. */
    {"(deny default)(allow network-inbound)", SBPL_NETWORK_BIND, NULL, true},
    {"(deny default)(allow network-outbound)", SBPL_NETWORK_BIND, NULL, false},
    {"(deny default)", SBPL_FILE_READ_DATA, "/x", false},
    {"(allow default)", SBPL_FILE_READ_DATA, "/x", true},
    {"", SBPL_FILE_READ_DATA, "/x", false},
};

Test(seatbelt_eval, precedence)
{
	for (size_t i = 0; i < sizeof(precedence) / sizeof(precedence[0]); i++)
		cr_expect_eq(
		    allows(precedence[i].body,
			   (struct sbpl_query){.op = precedence[i].op, .path = precedence[i].path}),
		    precedence[i].allow, "row %zu: %s", i, precedence[i].body);
}

static const struct {
	const char *filter, *yes, *no;
} path_filters[] = {
    {"(literal \"/a/b\")", "/a/b", "/a/b/c"},
    {"(subpath \"/a/b\")", "/a/b/c", "/a/bc"},
    {"(subpath \"/a/b\")", "/a/b", "/a"},
    {"(subpath \"/\")", "/", NULL},
    {"(prefix \"/a/b\")", "/a/bc", "/a"},
    {"(regex \"^/a/.*\\\\.pem$\")", "/a/b/x.pem", "/a/b/xpem"},
    {"(regex \"/a\")", "/b/a/c", "/b"},
    {"(path-ancestors \"/a/b/c\")", "/a/b", "/a/b/c"},
    {"(path-ancestors \"/a/b/c\")", "/", "/b"},
    {"(literal \"/x\") (literal \"/y\")", "/y", "/z"},
    {"(literal \"/x\" \"/y\")", "/y", "/z"},
    {"(require-any (literal \"/x\") (subpath \"/y\"))", "/y/1", "/x/1"},
    {"(require-all (subpath \"/x\") (require-not (subpath \"/x/y\")))", "/x/z", "/x/y/z"},
    {"(require-not (literal \"/x\"))", "/y", "/x"},
    {"(literal (string-append \"/x\" \"/\" \"y\"))", "/x/y", "/x"},
    {"(literal \"/q\\\"\\\\\\x41\\101\\z\")", "/q\"\\AAz", "/q"},
};

Test(seatbelt_eval, path_filters)
{
	for (size_t i = 0; i < sizeof(path_filters) / sizeof(path_filters[0]); i++) {
		char body[256];

		snprintf(body, sizeof(body), "(deny default)(allow file-read-data %s)",
			 path_filters[i].filter);
		cr_expect(allows(body, (struct sbpl_query){.op = SBPL_FILE_READ_DATA,
							   .path = path_filters[i].yes}),
			  "%s", body);
		if (path_filters[i].no)
			cr_expect(!allows(body, (struct sbpl_query){.op = SBPL_FILE_READ_DATA,
								    .path = path_filters[i].no}),
				  "%s", body);
	}
}

Test(seatbelt_eval, other_filters)
{
	const char *dir = "(deny default)(allow file-read-data (vnode-type DIRECTORY))";
	const char *mach =
	    "(deny default)(allow mach-lookup (global-name \"a.b\") (global-name-prefix \"c.\"))";
	const char *info =
	    "(deny default)(deny process-info*)(allow process-info* (target same-sandbox))";
	const char *inet = "(deny default)(allow system-socket (socket-domain AF_INET))";

	cr_expect(allows(dir, (struct sbpl_query){
				  .op = SBPL_FILE_READ_DATA, .path = "/x", .vnode = "DIRECTORY"}));
	cr_expect(!allows(
	    dir, (struct sbpl_query){.op = SBPL_FILE_READ_DATA, .path = "/x", .vnode = "FIFO"}));
	cr_expect(allows(mach, (struct sbpl_query){.op = SBPL_MACH_LOOKUP, .name = "a.b"}));
	cr_expect(allows(mach, (struct sbpl_query){.op = SBPL_MACH_LOOKUP, .name = "c.d"}));
	cr_expect(!allows(mach, (struct sbpl_query){.op = SBPL_MACH_LOOKUP, .name = "a.bc"}));
	cr_expect(
	    allows(info, (struct sbpl_query){.op = SBPL_PROCESS_INFO_PIDINFO, .target = "self"}));
	cr_expect(!allows(
	    info, (struct sbpl_query){.op = SBPL_PROCESS_INFO_PIDINFO, .target = "others"}));
	cr_expect(allows(inet, (struct sbpl_query){.op = SBPL_SYSTEM_SOCKET, .domain = "AF_INET"}));
	cr_expect(
	    !allows(inet, (struct sbpl_query){.op = SBPL_SYSTEM_SOCKET, .domain = "AF_UNIX"}));
}

static struct sbpl_query outbound(enum sbpl_proto proto, bool localhost, uint16_t port)
{
	return (struct sbpl_query){
	    .op = SBPL_NETWORK_OUTBOUND,
	    .remote = {.set = true, .proto = proto, .localhost = localhost, .port = port},
	    .local = {.set = true, .proto = proto, .unbound = true}};
}

Test(seatbelt_eval, network)
{
	const char *https = "(deny default)(allow network-outbound (remote tcp \"*:443\"))";
	const char *local = "(deny default)(allow network-outbound (remote ip \"localhost:*\"))";
	const char *trap = "(deny default)(allow network-outbound (local ip \"localhost:*\"))";
	const char *sock =
	    "(deny default)(allow network-outbound (remote unix-socket (subpath \"/s\")))";

	cr_expect(allows(https, outbound(PROTO_TCP, false, 443)));
	cr_expect(!allows(https, outbound(PROTO_TCP, false, 80)));
	cr_expect(!allows(https, outbound(PROTO_UDP, false, 443)));
	cr_expect(allows(local, outbound(PROTO_UDP, true, 53)));
	cr_expect(!allows(local, outbound(PROTO_UDP, false, 53)));
	/* The widest mistake there is: a connecting socket has the any-address, which is "local".
	 */
	cr_expect(allows(trap, outbound(PROTO_TCP, false, 443)));
	cr_expect(allows(sock, (struct sbpl_query){.op = SBPL_NETWORK_OUTBOUND, .path = "/s/x"}));
	cr_expect(!allows(sock, outbound(PROTO_TCP, true, 1)));
}

Test(seatbelt_eval, params)
{
	struct arena *a = arena_new();
	const char *body =
	    "(deny default)(allow file-read-data (subpath (string-append (param \"d\") \"/x\")))";
	struct ir_binding given[] = {{"d", "/tmp/j"}};
	const char *error = NULL;
	const struct sbpl_profile *p = profile(a, body, given, 1, &error);
	struct sbpl_query yes = {.op = SBPL_FILE_READ_DATA, .path = "/private/tmp/j/x/1"};
	struct sbpl_query no = {.op = SBPL_FILE_READ_DATA, .path = "/private/tmp/j/y"};

	cr_assert(p, "%s", error);
	cr_expect(sbpl_decide(p, &yes).allow);
	cr_expect(!sbpl_decide(p, &no).allow);
	cr_expect_null(profile(a, body, NULL, 0, &error), "a param without a value does not load");
	arena_free(a);
}

Test(seatbelt_eval, guards)
{
	const char *known = "(deny default)(if (defined? 'nvram*) (deny nvram*))";
	const char *later =
	    "(deny default)(if (defined? 'no-such-thing) (frobnicate) (allow file-read-data))";

	cr_expect(!allows(known, (struct sbpl_query){.op = SBPL_NVRAM}));
	cr_expect(allows(later, (struct sbpl_query){.op = SBPL_FILE_READ_DATA, .path = "/x"}));
}

Test(seatbelt_eval, refuses_what_it_does_not_know)
{
	refused("(allow file-reed-data)", "file-reed-data");
	refused("(allow file-read-data (subbpath \"/x\"))", "subbpath");
	refused("(allow file-read-data (global-name \"x\"))", "global-name");
	refused("(allow file-read-data (require-not (target self)))", "target");
	refused("(allow process-fork (literal \"/x\"))", "literal");
	refused("(allow)", "without an operation");
	refused("(allow file-read-data (require-all))", "require-all");
	refused("(allow file-read-data (require-not (literal \"/x\") (literal \"/y\")))",
		"require-not");
	refused("(allow file-read-data (literal))", "literal");
	refused("(allow network-outbound (remote tcp \"10.0.0.1:1\"))", "host must be");
	refused("(allow network-outbound (remote tcp \"*:0\"))", "port");
	refused("(allow network-outbound (remote tcp \"*:70000\"))", "port");
	refused("(allow network-outbound (remote icmp))", "remote");
	refused("(allow process-exec (with no-sandbox) (literal \"/x\"))", "modifier");
	refused("(import \"system.sb\")", "import");
	refused("(define x 1)", "define");
	refused("(version 2)", "version");
	refused("hello", "hello");
	refused("(if #t (allow default))", "notation");
}
