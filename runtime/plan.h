/*
 * plan.h - the plan directory: the only thing the compiler and the loader share.
 *
 *     plan.yaml               manifest for people and pipelines; the loader never reads it
 *     seccomp-ARCH.bpf        raw struct sock_filter[], native byte order of ARCH
 *     seccomp-ARCH.txt        the same for people
 *     seccomp-ARCH.calls      below; only when the loader is to say calls (observe, notify)
 *     seccomp-ARCH.proof      what the filter was proved to do, for `sbxc verify` (compiler/certificate.h)
 *     landlock.conf launch.conf cgroup.conf    below; cgroup.conf only when the policy limits something there
 *     seatbelt.sb launch-macos.conf            macOS: the profile, and what the loader sets up there
 *     egress.yaml             which hosts each proxy may connect to, for the proxies; the loader does not read it
 *     SHA256SUMS              "HEX  NAME\n" for every file above, sorted by name
 *
 * The .conf grammar. Bytes are ASCII or UTF-8; a line ends with \n; words are separated by exactly one space; there
 * are no comments, no empty lines, no other white space. First line: `sbx-KIND VERSION ID` (KIND launch, landlock or
 * cgroup, or calls; VERSION 1; ID 32 lower-case hex digits, the same in all files of a plan). Last line: `end`. Nothing after it.
 * Directives come in the order listed here; a directive that may repeat is sorted by its text as the compiler wrote it
 * (readers need not check the order of repeats). Anything else is refused as a whole: unknown word, wrong count, bad
 * number, repeated single directive, missing `end`, a NUL.
 *
 * TMPL is the rest of the line (spaces included): a template. `${name}` is a load-time variable: a param of
 * launch.conf (lower case) or a built-in (HOME CWD TMPDIR RUNTIME_DIR UID EXE). `\\` is a backslash, `\$` a dollar,
 * `\xHH` (lower-case hex) one of the bytes 01..1f and 7f. A backslash before anything else, a raw byte of those, or a
 * bare `$` is an error. An empty template ends the line after the word before it, without a blank. Canonical: each
 * text has exactly one spelling. WHERE is `file:line`, one word (a space in the file's name is written \x20, a
 * backslash \\).
 *
 * launch.conf
 *     policy NAME VERSION                       VERSION is - when not written
 *     target linux
 *     arch x86_64 aarch64 riscv64 s390x         the machines a seccomp file exists for, in this order, at least one
 *     isolate none                              or words of: user pid mount net ipc uts cgroup, in this order
 *     root private                              0 or 1, needs isolate mount: the tree holds only the path, entry and cover
 *                                               places of landlock.conf and what its globs fit, each where the host has it, and the places of
 *                                               mount, scratch and discard below. Without it: the host's tree, and the
 *                                               places below and the covers on it
 *     hostname NAME                             0 or 1, needs isolate uts
 *     param NAME TYPE required                  TYPE path string port count size duration percent; sorted by name
 *     param NAME TYPE default TMPL              (the default value, as --set takes it: sizes, times and shares carry a
 *                                               unit; no variables in it)
 *     range NAME MIN MAX WHERE                  0 or 1 for a param, sorted by name: the values that the lines below take of
 *                                               it, in bytes, milliseconds, percent or as a count
 *     user UID                                  0 or 1, needs isolate user: the number inside of user and group
 *     guarantee CAP LEVEL MECHANISMS WHERE      LEVEL required or preferred. MECHANISMS joined by +, all are needed:
 *                                               launch rlimit seccomp landlock:N (least ABI) cgroup:CONTROLLER or cgroup:kill
 *                                               namespace supervisor, or the single word none (preferred only)
 *     entry WHERE TMPL                          0 or 1: the only program this plan starts
 *     exec-fd N                                 0 or 1, needs entry: exec the entry with execveat() from descriptor N,
 *                                               close-on-exec; N must lie at or beyond the hard nofile limit set below
 *     directory WHERE TMPL                      0 or 1: where the program starts, in the tree that it sees
 *     mount ACCESS WORD WHERE TMPL              ACCESS ro or rw. WORD is the TMPL of a place of the host, in which each
 *                                               blank is written \x20; it is seen at TMPL. Needs isolate mount
 *     scratch BYTES WHERE TMPL                  an empty folder in memory. Needs isolate mount
 *     discard BYTES WHERE TMPL                  what is written below is thrown away at the end, and so much of it fits.
 *                                               Needs isolate mount
 *     env-allow NAME                            or PREFIX*; taken from the caller's environment (HOME: from passwd)
 *     env-deny NAME                             or PREFIX*: not taken from the caller, whatever env-allow says
 *     env-set NAME TMPL                         wins over env-allow
 *     rlimit NAME VALUE                         nofile core fsize cpu stack as memlock nproc; soft and hard; bytes,
 *                                               seconds (cpu) or a count
 *     rlimit-fallback NAME VALUE CAP            the same, used only when the preferred CAP is not enforced on this host
 *     wall MS WHERE                             0 or 1: everything ends that many milliseconds after the start
 *     output BYTES WHERE                        0 or 1: everything ends when stdout and stderr together had more
 *     stdin null                                0 or 1; without it: the caller's
 *     terminal inherit                          0 or 1, or new; without it: none
 *     observe denied                            0 or 1, or all; without it: off
 *     notify report WHERE                       0 or 1: the filter hands some calls over to whoever supervises the start:
 *                                               each is reported and fails with EPERM; WHERE: the first such line
 *     session new                               setsid() before the program starts
 *     end
 *
 * UID, BYTES, MS and VALUE may be ${NAME}: a param of type size (bytes), duration (ms; of `rlimit cpu` seconds, rounded
 * up) or count, whose `range` lies in what the line takes and, of nofile, at or below exec-fd.
 *
 * launch-macos.conf: the lines of launch.conf that macOS has something for, with the same grammar and first line
 *     policy NAME VERSION
 *     target macos
 *     param, range, guarantee, entry            as above; mechanisms launch rlimit supervisor seatbelt none
 *     need MISSING WHERE TMPL                   a place that has to be there when the program starts (error), or that is
 *                                               made with mode 0700 when it is not (make)
 *     directory, env-allow, env-deny, env-set, rlimit, wall, stdin    as above
 *     session new
 *     end
 *
 * landlock.conf
 *     handle-fs RIGHT...                        names of PLAN_FS_RIGHTS, in that order
 *     handle-net RIGHT...                       0 or 1
 *     scope WORD...                             0 or 1: abstract_unix_socket signal
 *     entry RIGHT,... WHERE TMPL                0 or 1: rights on the entry program and on the ELF interpreter it names
 *     path MISSING LINKS RIGHT,... WHERE TMPL   MISSING error, skip or make (mkdir 0700); LINKS follow or nofollow (the
 *                                               last component may not be a symbolic link)
 *     glob RIGHT,... WHERE GLOB TMPL            rights on each file and folder below TMPL, at any depth, whose name fits
 *                                               GLOB when the program starts; * in it is any run of bytes. No symbolic
 *                                               links; nothing below a folder that fits needs to fit
 *     port RIGHT,... PORT WHERE                 PORT a number 0..65535 or ${name}
 *     assert RIGHT,... WHERE TMPL               with the real paths of this host, no path or entry line may give one of
 *                                               these rights on this place or on anything below it
 *     assert-outside RIGHT,... WHERE N HOLE... TMPL    an assert that does not count lines whose real place lies in one of
 *                                               the N HOLEs, each a TMPL as one word: a blank is written \x20
 *     assert-port RIGHT,... PORT WHERE          with the values of the start, no port line may give one of these rights on
 *                                               this port
 *     cover HOW WHERE TMPL                      needs isolate mount: a mount on a place inside what path lines give. HOW hide
 *                                               (nothing can be opened there), or how the place is shown: rw, ro,
 *                                               rw,noexec or ro,noexec. A path line whose real place lies in that of a
 *                                               cover needs a cover of its own: on the same TMPL
 *     cover-glob HOW WHERE GLOB TMPL            needs isolate mount: such a cover (HOW as above, but rw) on each file and
 *                                               folder below TMPL, at any depth, whose name fits GLOB when the program
 *                                               starts, and on what a symbolic link of such a name leads to
 *     end
 *
 * The loader clears rights the host's Landlock does not know; the guarantee lines say whether it may.
 *
 * cgroup.conf
 *     FILE VALUE                                the kernel's own file names and units, in the order to be written;
 *                                               io.max without a device is for every disk: `io.max rbps=N wbps=N`.
 *                                               A number may be ${NAME}, a param of launch.conf: a size, a count, or for
 *                                               cpu.max a percent, 1000 us of a period of 100000
 *     end
 *
 * seccomp-ARCH.calls
 *     WORD ABI NUMBER TEXT                      WORD used or refused: TEXT, the rest of the line, is what the loader says of
 *                                               the call with this NUMBER when it is let through or refused: its name and
 *                                               the lines of the policy. ABI: AUDIT_ARCH_* in decimal, as the kernel tells it
 *     end
 */
#ifndef SBX_PLAN_H
#define SBX_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define PLAN_VERSION 1
#define PLAN_ID_LEN 32

enum {
	PLAN_MAX_CONF = 32 * 1024 * 1024, /* bytes of one .conf file */
	PLAN_MAX_LINE = 16 * 1024,        /* bytes of one line */
	PLAN_MAX_PATH = 4095,             /* bytes of an expanded path: PATH_MAX of Linux less its NUL */
	PLAN_MAX_VALUE = 4095,            /* bytes of an expanded value or of a --set value */
	PLAN_MAX_PARAMS = 64,
	PLAN_MAX_ENV = 512,               /* env-allow, env-deny and env-set lines together */
	PLAN_MAX_GUARANTEES = 64,
	PLAN_MAX_PLACES = 256,            /* mount, scratch and discard lines together */
	PLAN_MAX_GLOB_DEPTH = 64,         /* folders inside folders that a glob line looks into */
	PLAN_MAX_GLOB_ENTRIES = 1000000,  /* names it looks at */
	PLAN_MAX_GLOB_MATCHES = 4096,     /* and finds */
	PLAN_MAX_BPF = 4096,              /* instructions of a filter: BPF_MAXINSNS */
	PLAN_MAX_EXEC_FD = 1024 * 1024,
};

/* RIGHT(constant of <linux/landlock.h> without its prefix, word, bit, first ABI, valid on files that are no directory) */
#define PLAN_FS_RIGHTS(RIGHT) \
	RIGHT(EXECUTE, "execute", 0, 1, 1) \
	RIGHT(WRITE_FILE, "write_file", 1, 1, 1) \
	RIGHT(READ_FILE, "read_file", 2, 1, 1) \
	RIGHT(READ_DIR, "read_dir", 3, 1, 0) \
	RIGHT(REMOVE_DIR, "remove_dir", 4, 1, 0) \
	RIGHT(REMOVE_FILE, "remove_file", 5, 1, 0) \
	RIGHT(MAKE_CHAR, "make_char", 6, 1, 0) \
	RIGHT(MAKE_DIR, "make_dir", 7, 1, 0) \
	RIGHT(MAKE_REG, "make_reg", 8, 1, 0) \
	RIGHT(MAKE_SOCK, "make_sock", 9, 1, 0) \
	RIGHT(MAKE_FIFO, "make_fifo", 10, 1, 0) \
	RIGHT(MAKE_BLOCK, "make_block", 11, 1, 0) \
	RIGHT(MAKE_SYM, "make_sym", 12, 1, 0) \
	RIGHT(REFER, "refer", 13, 2, 0) \
	RIGHT(TRUNCATE, "truncate", 14, 3, 1) \
	RIGHT(IOCTL_DEV, "ioctl_dev", 15, 5, 1) \
	RIGHT(RESOLVE_UNIX, "resolve_unix", 16, 9, 1)

#define PLAN_NET_RIGHTS(RIGHT) \
	RIGHT(BIND_TCP, "bind_tcp", 0, 4, 0) \
	RIGHT(CONNECT_TCP, "connect_tcp", 1, 4, 0) \
	RIGHT(BIND_UDP, "bind_udp", 2, 10, 0) \
	RIGHT(CONNECT_SEND_UDP, "connect_send_udp", 3, 10, 0)

#define PLAN_SCOPES(RIGHT) \
	RIGHT(ABSTRACT_UNIX_SOCKET, "abstract_unix_socket", 0, 6, 0) \
	RIGHT(SIGNAL, "signal", 1, 6, 0)

/*
 * ABI(number, the Linux that brought it): Landlock, as rust-landlock's table and the kernel's documentation say up to 9,
 * and as kernels answered for the rest.
 */
#define PLAN_LANDLOCK_ABIS(ABI) \
	ABI(1, "5.13") ABI(2, "5.19") ABI(3, "6.2") ABI(4, "6.7") ABI(5, "6.10") ABI(6, "6.12") ABI(7, "6.15") \
	ABI(8, "7.0") ABI(9, "7.1") ABI(10, "7.2") ABI(11, "7.3")

/* RLIMIT(word, constant) */
#define PLAN_RLIMITS(RLIMIT) \
	RLIMIT("nofile", RLIMIT_NOFILE) \
	RLIMIT("core", RLIMIT_CORE) \
	RLIMIT("fsize", RLIMIT_FSIZE) \
	RLIMIT("cpu", RLIMIT_CPU) \
	RLIMIT("stack", RLIMIT_STACK) \
	RLIMIT("as", RLIMIT_AS) \
	RLIMIT("memlock", RLIMIT_MEMLOCK) \
	RLIMIT("nproc", RLIMIT_NPROC)

/* Exit codes of the loader; every other code is the program's own. */
enum {
	EXIT_LIMIT = 124,     /* a limit that the supervisor keeps (wall, output) ended the program */
	EXIT_SANDBOX = 125,   /* the sandbox could not be set up; nothing was started */
	EXIT_NOT_EXEC = 126,  /* the program cannot be executed */
	EXIT_NOT_FOUND = 127, /* the program was not found */
};

/*
 * Reading the .conf grammar: lines, and words of a line. `at` is one past `eol` when all of the line was taken, so
 * that a space at its end is seen as a word that is missing.
 */
struct plan_reader {
	const char *next, *end; /* what was not read yet */
	const char *at, *eol;   /* what is left of the line */
};

/* The next line; false at the end, and for a line that is empty, too long, not ended or holds a control byte. */
static inline bool plan_line(struct plan_reader *r)
{
	size_t left = (size_t)(r->end - r->next);
	const char *nl = left ? (const char *)memchr(r->next, '\n', left) : NULL;

	if (!nl || nl == r->next || nl - r->next > PLAN_MAX_LINE)
		return false;
	for (const char *c = r->next; c < nl; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return false;
	r->at = r->next;
	r->eol = nl;
	r->next = nl + 1;
	return true;
}

static inline bool plan_word(struct plan_reader *r, const char **word, size_t *len)
{
	if (r->at >= r->eol || *r->at == ' ')
		return false;
	const char *sp = (const char *)memchr(r->at, ' ', (size_t)(r->eol - r->at));
	*word = r->at;
	*len = (size_t)((sp ? sp : r->eol) - r->at);
	r->at = sp ? sp + 1 : r->eol + 1;
	return true;
}

/* All that is left of the line, spaces included. */
static inline bool plan_rest(struct plan_reader *r, const char **text, size_t *len)
{
	if (r->at >= r->eol)
		return false;
	*text = r->at;
	*len = (size_t)(r->eol - r->at);
	r->at = r->eol + 1;
	return true;
}

static inline bool plan_line_done(const struct plan_reader *r)
{
	return r->at == r->eol + 1;
}

#endif
