/*
 * access_priv.h - what the files of access share: access.c, access_net.c, access_glob.c, access_macos.c, access_syscall.c.
 */
#ifndef SBX_ACCESS_PRIV_H
#define SBX_ACCESS_PRIV_H

#include "resolve_priv.h"

struct access_ctx {
	struct res *r;
	const struct place *p;
	enum access_use use;
	struct access_items *out;
	const struct ast_cond *where; /* SYSCALL */
	struct sys_action action;
};

/* One more item in x->out, with its kind, operations and place. */
struct access_item *access_add(struct access_ctx *x, enum rule_kind kind, uint32_t ops, struct loc loc);
/* Notes that something was reported; false. */
bool access_fail(struct access_ctx *x);
/*
 * if-exists, make-dir, nofollow of an object; those that mean nothing there, and a `via`, are reported. False after a
 * diagnostic.
 */
bool access_modifiers(struct access_ctx *x, const struct ast_object *o, bool is_path, uint32_t *flags);
/* access_net.c: "HOST:PORT", perhaps through a proxy, and the names of Unix sockets. */
void access_endpoint(struct access_ctx *x, const struct ast_object *o, uint32_t op);
void access_socket(struct access_ctx *x, const struct ast_object *o, uint32_t op);
/* access_glob.c: ops matching "GLOB" under "PATH". `ops`: what its words say. */
void access_matching(struct access_ctx *x, const struct ast_access *access);
/* The words of file operations; false after a diagnostic. */
bool access_file_ops(struct access_ctx *x, const struct ast_word *w, uint32_t *ops);
/* access_macos.c: what only macOS has, by its name or as a whole. */
void access_macos(struct access_ctx *x, const struct ast_access *access);
/* Reports that what an access is about (`what`) is missing. */
void access_need_objects(struct access_ctx *x, const struct ast_access *access, const char *what);
/* access_syscall.c: names, groups, condition and action of a system call rule. */
void access_syscalls(struct access_ctx *x, const struct ast_access *access);

#endif
