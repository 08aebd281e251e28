/*
 * random_policy.h - policies by chance, of all kinds of statements, for tests of properties. Most of them resolve.
 */
#ifndef SBX_TEST_RANDOM_POLICY_H
#define SBX_TEST_RANDOM_POLICY_H

#include <stdint.h>

#include "compiler/str.h"

struct gen {
	uint64_t state;
	struct buf text;
};

static inline unsigned roll(struct gen *g, unsigned n)
{
	g->state = g->state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(g->state >> 33) % n;
}

static inline const char *pick(struct gen *g, const char *const *v, unsigned n)
{
	return v[roll(g, n)];
}
#define PICK(g, ...) pick((g), (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static inline const char *some_path(struct gen *g)
{
	return PICK(g, "/", "/a", "/a/b", "/a/b/c", "/ab", "/a/bc", "/tmp", "/tmp/x", "/private/tmp", "/etc/hosts", "${d}",
		    "${d}/o", "${HOME}", "${HOME}/.x", "${TMPDIR}/y", "/home", "/home/user/.x", "/u${UID}/z",
		    "/v/${s}", "/q \\\"\\\\\\$");
}

static inline void add_ops(struct gen *g)
{
	static const char *const ops[] = {"read", "list", "write", "modify", "create", "delete", "exec", "ioctl"};
	unsigned n = 1 + roll(g, 3);
	for (unsigned i = 0; i < n; i++)
		buf_printf(&g->text, " %s", roll(g, 2) ? "read" : pick(g, ops, 8));
}

static inline void add_path_rule(struct gen *g)
{
	bool deny = roll(g, 4) == 0;
	buf_printf(&g->text, "    %s", deny ? "deny" : "allow");
	add_ops(g);
	const char *path = some_path(g);
	buf_printf(&g->text, " \"%s\"", path);
	if (!deny && roll(g, 4) == 0)
		buf_printf(&g->text, " %s", PICK(g, "if-exists", "make-dir", "nofollow", "discard"));
	if (!deny && roll(g, 5) == 0)
		buf_printf(&g->text, " except \"%s%s\"", path, PICK(g, "/b", "/h/i", "/.ssh"));
	buf_puts(&g->text, "\n");
}

static inline void add_pattern_rule(struct gen *g)
{
	buf_printf(&g->text, "    %s", roll(g, 3) ? "deny" : "allow");
	add_ops(g);
	buf_printf(&g->text, " matching \"%s\" under \"%s\"\n", PICK(g, "*.k", "b*", ".x", "c"), some_path(g));
}

static inline void add_net_rule(struct gen *g)
{
	buf_printf(&g->text, "    %s %s\n", roll(g, 4) ? "allow" : "deny",
		   PICK(g, "connect tcp \"*:443\"", "connect tcp \"*:*\"", "connect tcp \"*:${p}\"", "listen tcp \"*:80\"",
			"connect udp \"*:53\"", "listen udp \"*:53\"", "connect unix \"/run/s\"", "connect unix \"@abs\"",
			"listen unix \"/run/s\"", "connect tcp \"localhost:9\"", "net"));
}

static inline void add_call_rule(struct gen *g)
{
	const char *target = roll(g, 3) ? "linux" : "arch aarch64";
	buf_printf(&g->text, "    on %s {\n        %s syscall %s\n    }\n", target, PICK(g, "allow", "deny"),
		   PICK(g, "ptrace", "@file-meta", "@mount", "kill", "socket", "clone3", "memfd_create", "read", "openat",
			"execve", "io_uring_setup", "chmod, fchmodat", "@process", "mmap where prot lacks PROT_EXEC",
			"socket where domain == AF_UNIX", "openat where dfd == AT_FDCWD and flags lacks O_CREAT",
			"ioctl where cmd in (TCGETS, FIONREAD)", "prctl where option < PR_SET_NAME"));
}

static inline void add_other(struct gen *g)
{
	buf_printf(&g->text, "    %s\n",
		   PICK(g, "allow env LANG", "allow env \"LC_*\"", "deny env LANG", "set env A = \"${d}\"", "limit memory 64MiB",
			"limit cpu 150%", "limit pids 9", "limit open-files 77", "limit file-size 1MiB", "limit cpu-time 3s",
			"limit stack 1MiB", "limit swap 1MiB",
			"on linux {\n        scratch \"/tmp\" size 1MiB\n    }",
			"on linux {\n        mount \"/data\" at \"/a/b\" read\n    }",
			"on linux {\n        directory \"/a\"\n        stdin null\n    }", "on macos {\n        allow mach \"com.x\"\n    }"));
}

static inline const char *random_policy(struct gen *g, struct arena *a)
{
	g->text = buf_new(a);
	buf_printf(&g->text, "sbx 1\nparam d: path at load\nparam p: port at load\nparam s: string = \"w\"\npolicy t {\n"
			     "    targets %s\n    isolate %s\n",
		   PICK(g, "linux", "macos", "linux, macos"), PICK(g, "none", "all", "pid, ipc"));
	if (roll(g, 3))
		buf_printf(&g->text, "    entry \"%s\"\n", PICK(g, "/bin/t", "/a/b/c", "${d}/run"));
	for (unsigned n = 1 + roll(g, 8); n > 0; n--) {
		unsigned kind = roll(g, 10);
		if (kind < 6)
			add_path_rule(g);
		else if (kind < 7)
			add_net_rule(g);
		else if (kind < 8)
			add_call_rule(g);
		else if (kind < 9 && roll(g, 2))
			add_pattern_rule(g);
		else
			add_other(g);
	}
	/* Prefer what may be missing, so that more policies reach the artifacts. */
	buf_puts(&g->text,
		 "    prefer fs.read.scope, fs.read.deny, fs.write.scope, fs.write.deny, fs.write.deny-path, fs.exec.scope, "
		 "fs.exec.deny, fs.ioctl.scope, fs.glob.live, proc.no_exec, net.disable, net.outbound, net.connect.port, net.listen.port, "
		 "net.udp, unix.path, unix.abstract, signal.scope, ipc.restrict, tty.no_inject, ns.isolate, fs.hide, "
		 "fs.write.ephemeral, "
		 "res.memory, res.swap, res.cpu, res.pids, res.cpu_time, res.files, res.file_size, res.stack because \"t\"\n}\n");
	return buf_str(&g->text);
}

#endif
