/*
 * seatbelt_eval.c - the SBPL evaluator against what was measured on macOS: each row of the
 * precedence table, each filter with a case that matches and one that does not, and refusal of what
 * it does not know.
 */
#include <criterion/criterion.h>

#include "seatbelt_ir.h"
#include "seatbelt_many.h"

static const struct sbpl_profile *profile(struct arena *a, const char *body,
					  const struct ir_binding *given, unsigned n,
					  const char **error)
{
	const char *text = arena_printf(a, "(version 1)\n%s", body);
	const struct sexp *forms = sbpl_read(a, "t.sb", text, strlen(text), error);

	return forms ? sbpl_eval(a, forms, &(struct sbpl_how_to){.given = given, .n_given = n, .real_paths = true}, error) : NULL;
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
	    allows(info, (struct sbpl_query){.op = SBPL_PROCESS_INFO_PIDINFO, .target = "same-sandbox"}));
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
	    .remote = {.set = true, .proto = proto, .localhost = localhost ? TRI_YES : TRI_NO, .port = port},
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
	refused("(allow file-reed-data)", "unknown operation `file-reed-data`; did you mean `file-read-data`");
	refused("(allow file-read-data (subbpath \"/x\"))", "unknown filter `subbpath`; did you mean `subpath`");
	refused("(allow file-read-data (require-not (litteral \"/x\")))", "unknown filter `litteral`");
	refused("(allow file-read-data (global-name \"x\"))", "global-name");
	refused("(allow file-read-data (require-not (target self)))", "target");
	refused("(allow process-fork (literal \"/x\"))", "literal");
	refused("(allow)", "without an operation");
	refused("(allow file-read-data (require-all))", "require-all");
	refused("(allow file-read-data (require-not (literal \"/x\") (literal \"/y\")))",
		"require-not");
	refused("(allow file-read-data (literal))", "literal");
	refused("(allow file-read-data (literal #f))", "a truth value");
	refused("(allow file-read-data (vnode-type FOLDER))", "FOLDER");
	refused("(allow signal (target friends))", "friends");
	refused("(allow system-socket (socket-domain AF_UNX))", "AF_UNX");
	refused("(allow system-socket (socket-type STREAM))", "STREAM");
	refused("(allow process-exec file-read-data (literal \"/x\") (with no-sandbox))", "process-exec only");
	refused("(allow network-outbound (remote tcp \"10.0.0.1:1\"))", "host must be");
	refused("(allow network-outbound (remote tcp \"*:0\"))", "port");
	refused("(allow network-outbound (remote tcp \"*:70000\"))", "port");
	refused("(allow network-outbound (remote icmp))", "remote");
	refused("(allow network-outbound (remote unix-socket (target self)))", "paths");
	refused("(allow process-exec (with no-sandwich) (literal \"/x\"))", "modifier");
	refused("(deny process-exec (with no-sandbox))", "does not go with deny");
	refused("(allow process-exec (with no-log))", "does not go with allow");
	refused("(deny process-exec (with no-log) (with no-log))", "twice");
	refused("(import \"system.sb\")", "import");
	refused("(define (f) x) (f)", "unknown word `x`");
	refused("(version 2)", "version");
	refused("hello", "hello");
	refused("(hello)", "unknown form `hello`");
	refused("(define (f) (f)) (f)", "nested too deep");
	refused("(define (f x) (f2 x)) (define (f2 x) (string-append x x)) (for-each f (list \"a\"))(if)", "if takes");
	refused("(allow file-read-data (subpath (param \"HOME\")))", "-D HOME=VALUE");
	refused("(allow file-read-data (regex \"(\"))", "not closed");
	refused("(define x (list apply '())) (let loop ((i 0)) (if (< i 5000) (begin (set! x (list apply x)) (loop (+ i 1)))))",
		"nested too deep");
	refused("(define x '()) (define (f) (set! x (list x))) (define (g n) (for-each (lambda (i) (f)) n))"
		"(g '(1 2 3 4 5 6 7 8)) (g '(1 2 3 4 5 6 7 8)) (define (h n) (for-each (lambda (i) (g '(1 2 3 4 5 6 7 8))) n))"
		"(h '(1 2 3 4 5 6 7 8 9)) (allow file-read-data x)",
		"lists are nested too deep");
	refused("(define x (literal \"/x\")) (define (f) (set! x (require-not x))) (define l '(1 2 3 4 5 6 7 8 9))"
		"(for-each (lambda (i) (for-each (lambda (k) (f)) l)) l) (allow file-read-data x)",
		"filters are nested too deep");
	refused("(define s (literal \"/a\")) (define (f) (set! s (require-any s s))) (for-each (lambda (i) (f)) '(1 2 3 4 5 6 7 8 9 10 11 12 13"
		" 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40)) (allow file-read-data s)",
		"too many parts");
	refused("(substring \"abc\" 2 1)", "places in it");
	refused("(string-ref \"abc\" 3)", "a place in it");
	refused("(+ 1 \"x\")", "a number");
	refused("(string->number \"12x\")", "not a number");
	refused("(lambda (x . ) x)", "a parameter");
	refused("(allow mach-bootstrap (apply-message-filter))", "a filter of messages without a rule");
	refused("(allow mach-bootstrap (apply-message-filter (allow)))", "a rule without an operation");
	refused("(allow mach-bootstrap (apply-message-filter (allow mach-lookup)))", "unknown operation `mach-lookup` of messages");
	refused("(allow mach-bootstrap (apply-message-filter (allow mach-message-send (message-name 1))))", "unknown filter `message-name` of messages");
	refused("(allow mach-bootstrap (apply-message-filter (allow mach-message-send (message-number \"1\"))))", "`message-number` takes numbers");
	refused("(allow mach-bootstrap (apply-message-filter (allow mach-message-send (message-number))))", "a filter without a value: `message-number`");
	refused("(deny mach-bootstrap (apply-message-filter (deny mach-message-send)))", "does not go with deny");
	refused("(allow mach-bootstrap (apply-message-filter (literal \"/x\")))", "holds (allow ...) and (deny ...)");
	refused("(allow file-read* (process-is-plugin \"x\"))", "`process-is-plugin` takes no value");
	refused("(allow file-read* (with ))", "unknown modifier");
	refused("(with-operations (file-read*) (literal \"/x\"))", "unknown form `with-operations`");
}

Test(seatbelt_eval, refuses_macros_that_go_wrong)
{
	refused("(macro (f form) form) (f)", "nested too deep");
	refused("(macro (f form) `(begin ,form ,form)) (f)", "nested too deep");
	refused("(macro (f a b) a)", "macro takes a name with one parameter");
	refused("(macro f 1)", "a macro is a function");
	refused("(macro (f form) (cdr form)) (f)", "() says nothing");
	refused("(macro (f form) (cons 'begin 1)) (f)", "a list that does not end");
	refused("(macro (f form) `(nothing-known ,@(cdr form))) (f 1)", "t.sb:2:48: unknown form `nothing-known`");
	refused("(map if '(1))", "unknown word `if`");
	refused("(macro (f form) 1) (map f '(1))", "a macro cannot be called");
	refused("(macro (f form) (let loop ((n 0) (x '())) (if (< n 100) (loop (+ n 1) (list x)) x))) (f)", "lists that are nested too deep");
	refused("(define l '(1 2 3 4 5 6 7 8)) (macro (f form) `(list ,@l ,@l ,@l ,@l)) (define m (append l l l l))"
		"(for-each (lambda (i) (for-each (lambda (k) (for-each (lambda (n) (f)) m)) m)) m)",
		"does not come to an end");
	refused("(allow file-read-data ,x)", "unknown filter `unquote`");
	refused("`,@(list 1)", ",@ stands outside of a list");
	refused("`(a `b)", "a quasiquote inside another one");
	refused("`(a ,@1)", ",@ takes a list, not a number");
	refused("(equal? (list 1) (param \"X\" 2))", "`param` takes 1");
	refused("(define (deep n x) (if (> n 0) (deep (- n 1) (list x)) x)) (equal? (deep 90 1) (deep 90 1))", "lists are nested too deep");
	refused("(length 1)", "a list was expected");
	refused("(reverse (cons 1 2))", "a list was expected");
	refused("(list->string (list 1))", "a character was expected");
	refused("(string->list 'x)", "a string was expected");
	refused("(caar '(1))", "a list was expected");
	refused("(let loop ((x \"a\")) (loop (list->string (append (string->list x) (string->list x)))))", "longer than");
}

#define TEN(x) x x x x x x x x x x
#define AS(name, body) "(define (" name ") " body ")"

/* A filter of the home makes two calls: the end of what a profile may do comes before, between or behind them. */
Test(seatbelt_eval, refuses_no_end_within_a_filter)
{
	static const char many[] = AS("a", TEN("(home-regex \"/x\")")) AS("b", TEN("(a)")) AS("c", TEN("(b)")) AS("d", TEN("(c)"))
	    AS("e", TEN("(d)")) TEN("(e)");
	const struct ir_binding home = {"_HOME", "/Users/ann"};
	const char *one_more = "1 1 1 1 "; /* of five steps that a filter takes */

	for (unsigned i = 0; i <= strlen(one_more); i += 2) {
		struct arena *a = arena_new();
		const char *error = NULL;

		cr_expect_null(profile(a, arena_printf(a, "%s%s", one_more + i, many), &home, 1, &error));
		cr_expect(error && strstr(error, "does not come to an end"), "%s", error ? error : "");
		arena_free(a);
	}
}

/* ---- the language ---- */

static const struct {
	const char *body, *yes, *no;
} programs[] = {
    {"(define home \"/h\")(allow file-read-data (subpath home))", "/h/x", "/g"},
    {"(define (home s) (string-append \"/h\" s))(allow file-read-data (subpath (home \"/x\")))", "/h/x", "/h/y"},
    {"(define (open p) (allow file-read-data (literal p)))(open \"/a\")(open \"/b\")", "/b", "/c"},
    {"(define f (subpath \"/f\"))(allow file-read-data f)", "/f/x", "/g"},
    {"(let ((x \"/l\") (y \"/m\")) (allow file-read-data (subpath x) (subpath y)))", "/m", "/n"},
    {"(let* ((x \"/l\") (y (string-append x \"/m\"))) (allow file-read-data (subpath y)))", "/l/m", "/l"},
    {"(for-each (lambda (p) (allow file-read-data (subpath p))) '(\"/a\" \"/b\"))", "/b/c", "/c"},
    {"(allow file-read-data (apply require-any (map (lambda (p) (subpath p)) (list \"/a\" \"/b\"))))", "/b/c", "/c"},
    {"(when #t (allow file-read-data (subpath \"/w\")))", "/w", "/x"},
    {"(macro (reads form) `(allow file-read-data ,@(map (lambda (p) (list 'literal p)) (cdr form)))) (reads \"/a\" \"/b\")", "/b", "/c"},
    {"(macro (reads form) `(allow file-read-data (literal ,(cadr form)))) (define (f p) (reads p)) (f \"/a\")", "/a", "/b"},
    {"(macro (reads form) (list 'allow file-read-data (literal \"/a\"))) (reads)", "/a", "/b"},
    {"(define l '(\"/a\" (\"/b\"))) (allow file-read-data (literal (car (cadr l))) (literal (car l)))", "/a", "/c"},
    {"(if (equal? '(1 (2 \"x\")) '(1 (2 \"x\"))) (allow file-read-data (literal \"/a\")))", "/a", "/b"},
    {"(if (member '(1) '((2) (1))) (allow file-read-data (literal \"/a\")))", "/a", "/b"},
    {"(unless #f (allow file-read-data (subpath \"/w\")))", "/w", "/x"},
    {"(if (string=? \"a\" \"a\") (allow file-read-data (literal \"/y\")) (allow file-read-data (literal \"/n\")))", "/y",
     "/n"},
    {"(if (param \"X\") (allow file-read-data (literal \"/y\")) (allow file-read-data (literal \"/n\")))", "/n", "/y"},
    {"(cond ((equal? 1 2) (allow file-read-data (literal \"/n\"))) (else (allow file-read-data (literal \"/y\"))))", "/y",
     "/n"},
    {"(if (and #t (or #f (not #f))) (allow file-read-data (literal \"/y\")))", "/y", "/n"},
    {"(begin (define x \"/y\") (set! x \"/z\") (allow file-read-data (literal x)))", "/z", "/y"},
    {"(define (walk l) (if (not (null? l)) (begin (allow file-read-data (literal (car l))) (walk (cdr l)))))"
     "(walk '(\"/1\" \"/2\" \"/3\"))",
     "/3", "/4"},
    {"(with-filter (subpath \"/w\") (allow file-read-data (regex \"x$\")) (allow file-read-data (literal \"/w/y\")))",
     "/w/y", "/v/x"},
    {"(with-modifier (with no-report) (deny file-read-data (literal \"/n\")))(allow file-read* (subpath \"/\"))", "/y",
     "/n"},
    {"(allow file-read-data (regex (string-append \"^\" (regex-quote \"/a.b\") \"/\")))", "/a.b/c", "/axb/c"},
    {"(define allow-it 1)(debug deny)(trace \"x\")(allow file-read-data (literal \"/y\"))", "/y", "/n"},
    {"(define (subpath x) (literal x))(allow file-read-data (subpath \"/own\"))", "/own", "/own/x"},
    {"(allow file-read-data (regex #\"^/r/[^/]+\\.txt$\"))", "/r/a.txt", "/r/a/b.txt"},
    {"(allow (with report) file-read-data (literal \"/y\"))", "/y", "/n"},
    {"(define (both op p) (op file-read-data (subpath p)))(both allow \"/w\")(both deny \"/w/no\")", "/w/x", "/w/no"},
    {"(define (all . paths) (allow file-read-data (apply literal paths)))(all \"/1\" \"/2\")", "/2", "/3"},
    {"(define all (lambda paths (allow file-read-data (apply literal paths))))(all \"/1\" \"/2\")", "/1", "/3"},
    {"(let loop ((i 0)) (if (< i 3) (begin (allow file-read-data (literal (string-append \"/\" (number->string i))))"
     "(loop (+ i 1)))))",
     "/2", "/3"},
    {"(define v (string->number \"1300\"))(if (>= v 1013) (allow file-read-data (literal \"/y\")))"
     "(if (< v 1013) (allow file-read-data (literal \"/n\")))",
     "/y", "/n"},
    {"(define (starts s p) (and (>= (string-length s) (string-length p))"
     "(equal? (substring s 0 (string-length p)) p)))"
     "(when (starts \"/System/x\" \"/System\") (allow file-read-data (literal (substring \"/System/x\" 7))))",
     "/x", "/System/x"},
    {"(if (char=? (string-ref \"/a\" 0) #\\/) (allow file-read-data (literal \"/y\")))", "/y", "/n"},
    {"(define l '((\"a\" \"/y\") (\"b\" \"/n\")))(allow file-read-data (literal (cadr (assoc \"a\" l))))", "/y", "/n"},
    {"(if (and (member 2 '(1 2)) (not (member 3 '(1 2))) (list? '()) (zero? (- 3 1 2)))"
     "(allow file-read-data (literal \"/y\")))",
     "/y", "/n"},
    {"(define my-class global-name)(allow mach-lookup (my-class \"x\"))(allow file-read-data (path-literal \"/y\"))", "/y", "/n"},
};

Test(seatbelt_eval, programs)
{
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		struct sbpl_query q = {.op = SBPL_FILE_READ_DATA};
		struct arena *a = arena_new();
		const char *body = arena_printf(a, "(deny default)%s", programs[i].body);

		q.path = programs[i].yes;
		cr_expect(allows(body, q), "%s: %s", body, q.path);
		q.path = programs[i].no;
		cr_expect(!allows(body, q), "%s: %s", body, q.path);
		arena_free(a);
	}
}

Test(seatbelt_eval, a_program_without_an_end)
{
	refused("(define (f l) (append l l))(define (g l n) (if (equal? n 0) l (g (f l) (- n 1))))(g '(1) 60)", "come to an end");
	refused("(define l '(1 2 3 4 5 6 7 8 9 0))"
		"(define (ten f) (for-each (lambda (x) (f)) l))"
		"(ten (lambda () (ten (lambda () (ten (lambda () (ten (lambda () (ten (lambda () (ten (lambda () (ten "
		"(lambda () 1))))))))))))))",
		"come to an end");
}

/* ---- what is not known ---- */

static struct sbpl_verdict asked(struct arena *a, const char *body, struct sbpl_query q)
{
	const char *error = NULL;
	const struct sbpl_profile *p = profile(a, arena_printf(a, "(deny default)%s", body), NULL, 0, &error);

	cr_assert(p, "%s: %s", body, error);
	return sbpl_decide(p, &q);
}

Test(seatbelt_eval, depends_on)
{
	static const struct {
		const char *body;
		struct sbpl_query q;
		bool allow, depends;
	} rows[] = {
#define READ(file) {.op = SBPL_FILE_READ_DATA, .path = (file)}
	    {"(allow file-read-data (extension \"e\"))", READ("/x"), false, true},
	    {"(allow file-read-data (require-all (subpath \"/x\") (extension \"e\")))", READ("/y"), false, false},
	    {"(allow file-read-data (require-any (subpath \"/x\") (extension \"e\")))", READ("/x"), true, false},
	    {"(allow file-read-data (extension \"e\"))(allow file-read-data (subpath \"/x\"))", READ("/x"), true, false},
	    {"(deny file-read-data (extension \"e\"))", READ("/x"), false, false}, /* either way */
	    {"(deny file-read-data (extension \"e\"))(allow file-read-data (subpath \"/x\"))", READ("/x"), true, false},
	    {"(allow file-read-data (subpath \"/x\"))(deny file-read-data (extension \"e\"))", READ("/x"), true, true},
	    {"(allow file-read* (subpath \"/x\"))(deny file-read-data (extension \"e\"))", READ("/x"), true, true},
	    {"(allow file-read* (require-not (extension \"e\")))", READ("/x"), false, true},
	    {"(allow file-read-data (vnode-type DIRECTORY))", READ("/x"), false, true},
	    {"(allow file-read-data (file-mode #o4000))", READ("/x"), false, true},
	    {"(allow file-read-data (subpath \"/x\"))", {.op = SBPL_FILE_READ_DATA}, false, true},
	    {"(allow mach-lookup (local-name \"a\"))", {.op = SBPL_MACH_LOOKUP, .name = "a"}, false, false},
	    {"(allow mach-lookup (local-name \"a\"))", {.op = SBPL_MACH_LOOKUP}, false, true},
	    {"(allow signal (target children))", {.op = SBPL_SIGNAL, .target = "others"}, false, true},
	    {"(allow signal (target others))", {.op = SBPL_SIGNAL, .target = "others"}, true, false},
	    {"(deny signal)", {.op = SBPL_SIGNAL, .target = "self"}, true, false}, /* always allowed */
	    {"(deny signal (target self))", {.op = SBPL_SIGNAL, .target = "self"}, false, false},
#undef READ
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *a = arena_new();
		struct sbpl_verdict v = asked(a, rows[i].body, rows[i].q);

		cr_expect_eq(v.allow, rows[i].allow, "row %zu: %s", i, rows[i].body);
		cr_expect_eq(v.unless != NULL, rows[i].depends, "row %zu: %s", i, rows[i].body);
		cr_expect(!v.unless || sbpl_unsure(a, v.unless->filter, &rows[i].q), "row %zu", i);
		arena_free(a);
	}
}

Test(seatbelt_eval, facts_settle_it)
{
	static const struct sbpl_fact e[] = {{"extension", "e"}}, f[] = {{"extension", "f"}};
	static const struct sbpl_fact stream[] = {{"socket-type", "SOCK_STREAM"}}, xattr[] = {{"xattr", "com.apple.q"}};
	const char *ext = "(allow file-read-data (extension \"e\"))";
	const char *sock = "(allow system-socket (socket-type SOCK_DGRAM))";
	struct arena *a = arena_new();
	struct sbpl_verdict v;

	v = asked(a, ext, (struct sbpl_query){.op = SBPL_FILE_READ_DATA, .path = "/x", .facts = e, .n_facts = 1});
	cr_expect(v.allow && !v.unless);
	v = asked(a, ext, (struct sbpl_query){.op = SBPL_FILE_READ_DATA, .path = "/x", .facts = f, .n_facts = 1});
	cr_expect(!v.allow && v.unless, "it may hold another one too");
	v = asked(a, sock, (struct sbpl_query){.op = SBPL_SYSTEM_SOCKET, .facts = stream, .n_facts = 1});
	cr_expect(!v.allow && !v.unless, "a socket has one type");
	v = asked(a, "(allow file-read-xattr (xattr-prefix \"com.\"))",
		  (struct sbpl_query){.op = SBPL_FILE_READ_XATTR, .path = "/x", .facts = xattr, .n_facts = 1});
	cr_expect(v.allow && !v.unless);
	arena_free(a);
}

Test(seatbelt_eval, lines_of_functions)
{
	struct arena *a = arena_new();
	struct sbpl_query q = {.op = SBPL_FILE_READ_DATA, .path = "/x"};
	struct sbpl_verdict v = asked(a, "\n(define (open p)\n  (allow file-read-data (literal p)))\n(open \"/x\")", q);

	cr_assert_not_null(v.by);
	cr_expect_eq(v.by->at.line, 4);
	cr_expect_eq(v.by->at.col, 3);
	cr_expect_eq(v.by->via.line, 5);
	cr_expect_str_eq(v.by->at.file, "t.sb");
	arena_free(a);
}

Test(seatbelt_eval, address_families)
{
	const char *six = "(deny default)(allow network-outbound (remote tcp6 \"*:443\"))";
	struct sbpl_query q = outbound(PROTO_TCP, false, 443);
	struct arena *a = arena_new();

	q.remote.family = 6;
	cr_expect(allows(six, q));
	q.remote.family = 4;
	cr_expect(!allows(six, q));
	q.remote.family = 0;
	cr_expect_not_null(asked(a, "(allow network-outbound (remote tcp6 \"*:443\"))", q).unless);
	q = outbound(PROTO_TCP, false, 443);
	q.remote.localhost = TRI_UNSURE;
	cr_expect_not_null(asked(a, "(allow network-outbound (remote tcp \"localhost:443\"))", q).unless);
	arena_free(a);
}

/* What an answer costs does not grow with the profile: 500 rules, and few of them are tried. */
Test(seatbelt_eval, few_rules_are_tried)
{
	struct arena *a = arena_new();
	const struct sbpl_profile *p = many_profile(a);
	struct many_sums s;

	cr_assert_not_null(p);
	cr_expect_geq(p->n_rules, MANY_RULES);
	s = many_ask(a, p, 20000);
	cr_expect_leq(s.looked, 15 * s.asked, "%lu for %lu questions", s.looked, s.asked);
	cr_expect(s.allowed > s.asked / 10 && s.allowed < s.asked, "%lu of %lu", s.allowed, s.asked);
	arena_free(a);
}
