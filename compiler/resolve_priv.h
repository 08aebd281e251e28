/*
 * resolve_priv.h - what the files of the resolver share: load.c, scope.c, access.c, resolve.c, resolve_test.c.
 */
#ifndef SBX_RESOLVE_PRIV_H
#define SBX_RESOLVE_PRIV_H

#include "ast.h"
#include "compile.h"
#include "ir_build.h"
#include "name_map.h"
#include "resolve.h"
#include "template.h"

/* A value of the language: text (a template) and, for numbers, its number. */
struct value {
	enum type type;
	const char *text;  /* canonical template; numbers in decimal */
	uint64_t number;
	bool at_load;      /* known only to the loader: text is "${name}" */
	bool reported;     /* it stands for one that was wrong: its uses are no further errors */
	const struct ast_word *choices; /* it is one of these, or NULL */
};

struct var {
	const char *name;
	struct value value;
	struct loc loc;
	bool used;
};

struct scope {
	const struct scope *up;
	struct scope *next; /* all scopes of the compile: res.scopes */
	struct var *vars;
	unsigned n;
	struct name_map by_name;
};

struct profile {
	const char *name;
	const struct ast_item *item;
	const struct src_file *file;
	struct scope *file_scope; /* lets and params of its file */
	bool in_use;              /* on the stack of uses: meeting it again is a cycle */
	bool used;
};

struct policy { /* one of any file; the main file's is compiled, the others are there to be extended */
	const struct ast_item *item;
	struct scope *file_scope;
	unsigned depth; /* of its file: 0 the main one, 1 imported by that */
	unsigned edition;
	bool used; /* extended */
};

/* A policy of the chain that is compiled: its own level 0, what it extends 1, and so on. */
struct tier {
	const char *name;
	const struct ast_item *item;
	struct scope *file_scope;
	unsigned level;
	uint32_t targets; /* that it names itself */
	bool misnamed;    /* ... and a word that is none, which was reported */
};

struct proxy {
	struct ir_proxy ir;
	const struct ast_item *item;
	bool used, own; /* own: of the main file */
};

struct unit { /* one parsed file */
	const struct ast_file *ast;
	struct scope *scope;
	const struct unit *importer; /* the file whose line brought it in; NULL: the main file, std */
	const struct ast_item *import;
};

struct res {
	struct arena *a;
	struct diags *d;
	struct src *src;
	struct compile *c;
	struct ir_build *build;
	struct unit **units;
	unsigned n_units;
	struct profile **profiles;
	unsigned n_profiles;
	struct name_map profiles_by_name;
	struct scope *scopes;
	const struct ast_item *groups[256]; /* user groups of all files */
	bool group_used[256];
	unsigned n_groups;
	struct policy **policies;
	unsigned n_policies;
	const struct policy *policy; /* the main file's, or the one its tests are of */
	bool tests_apart;            /* the main file holds tests only */
	const struct tier *level;   /* whose lines are walked */
	struct proxy **proxies;
	unsigned n_proxies;
	struct name_map proxies_by_name;
	struct drop_index *drops; /* of drop.c, on the rules of `build`: no profile drops; NULL: nothing was dropped yet */
	bool *set_used; /* per --set */
	bool asking;     /* the words are those of a question: a shell has read them */
	bool base_wrong; /* a base has errors: that a `drop` finds nothing in it is no further one */
	struct loc used_on_arch; /* the `use` inside `on arch` that was reported last */
};

/* Where a statement stands. */
struct place {
	struct scope *scope;
	uint32_t targets, arches;
	bool on_arch;         /* inside of `on arch`, also where that names all ABIs of the policy */
	const char *profile;  /* name, or NULL inside the policy */
	struct loc used_at;   /* the use line in the policy that led here */
	unsigned depth;
	bool all_choices;     /* in the check of a library: also the lines that no default chooses */
};

/* load.c: files and their top-level items. */
struct unit *load_main(struct res *r, const struct ast_file *ast);
/* The profile of this name; std/NAME is read from the library when first used. NULL after a diagnostic. */
struct profile *load_profile(struct res *r, const struct ast_word *name);
/*
 * The type of what is only known at load: a built-in, a param of the scope, or, where the scope has no such name, one of
 * another file (a base). False when there is none.
 */
bool load_time_type(const struct res *r, const struct scope *s, const char *name, enum type *out);
/* A word to its type; false after a diagnostic. */
bool param_type(struct res *r, const struct ast_word *w, enum type *out);
/* The group of this name, which counts as used then. */
const struct ast_item *load_group(struct res *r, const char *name);

/* profile_args.c: what is wrong with the parameters themselves, said once, where the profile is, and not at each use. */
void profile_check_params(struct res *r, const struct ast_item *item);
/* The first declaration of this parameter, or NULL. */
const struct ast_arg *profile_declares(const struct ast_item *item, const char *name);
/* Defines the parameters by what `use` gives in the scope of its caller; without one by their defaults. */
void profile_bind(struct res *r, struct scope *callee, const struct scope *caller, const struct ast_item *profile,
		  const struct ast_stmt *use);
/* `on NAME == "..."`: is that the value? False after a diagnostic. */
bool profile_choice(struct res *r, const struct place *p, const struct ast_stmt *s, bool *chosen);

/* extend.c: the policy and what it extends, itself first; 0 after a diagnostic. */
enum { MAX_LEVELS = SRC_MAX_DEPTH + 1 };
unsigned extend_chain(struct res *r, struct tier levels[MAX_LEVELS]);
/* A deny may take nothing of what a base allows for ever. */
void extend_check_final(struct res *r);
/* drop.c */
void stmt_drop(struct res *r, const struct place *p, const struct ast_stmt *s);

/* proxy.c: `proxy NAME = ...` of all files. */
void proxy_define(struct res *r, const struct scope *s, const struct ast_item *item, bool own);
/* The proxy of a `via`, from now on used; NULL after a diagnostic. */
const struct ir_proxy *proxy_use(struct res *r, const struct ast_word *name);
/* Where the proxies of the relays listen: what the program itself may connect to. After the last line of the policy. */
void proxy_add_endpoints(struct res *r);
/* A proxy of the main file that no line uses is reported. */
void proxy_check_used(struct res *r);

/* scope.c: variables and values. */
struct scope *scope_new(struct res *r, const struct scope *up);
/* Reports a second definition in the same scope. */
void scope_define(struct res *r, struct scope *s, const struct ast_word *name, struct value value);
const struct var *scope_find(const struct scope *s, const char *name, size_t len);
/* lint_unused.c: warns of names, profiles and imports of the main file that nothing uses; after everything else. */
void lint_unused(struct res *r, const struct ast_file *main_file);
/* The value of a literal or of a named variable. False after a diagnostic. */
bool scope_eval(struct res *r, const struct scope *s, const struct ast_word *w, struct value *out);
/* A string with its escapes and ${variables} resolved, as template. NULL after a diagnostic. */
const char *scope_string(struct res *r, const struct scope *s, const struct ast_word *w);
/* The same, and it must be a canonical absolute path. */
const char *scope_path(struct res *r, const struct scope *s, const struct ast_word *w);
/* A string without load-time variables, as plain bytes. */
const char *scope_plain(struct res *r, const struct scope *s, const struct ast_word *w);
/* How a value of the type is written. */
extern const char *const type_example[TYPE_COUNT];
/* A value from the command line read as this type. False when it does not fit. */
bool value_parse(struct res *r, enum type type, const char *text, struct value *out);
/* What stands for a value that was wrong and has been reported, so that its uses are no further errors. */
struct value value_stand_in(enum type type);
/* The param at load that holds the value, or NULL: it is known. */
const char *value_param(struct res *r, const struct value *v);
/* Is the value usable where this type is wanted? Reports at w otherwise. */
bool value_fits(struct res *r, enum type want, const struct value *v, const struct ast_word *w);

/* access.c: what allow, deny and expect speak about, flattened. */
struct access_item {
	struct ir_rule rule;   /* kind, ops, object, ports, flags, holes; targets and origins are the caller's */
	struct loc loc;        /* the object */
	const char *because;   /* of an entry of a list, or NULL */
};
struct access_items {
	struct access_item *v;
	unsigned n;
	bool ok; /* false: something was reported; v holds the rest */
};
/* The operations of a word like `read`, added; false for a word that is none. */
bool access_file_op(const char *word, uint32_t *ops);
enum access_use { ACCESS_ALLOW, ACCESS_DENY, ACCESS_EXPECT, ACCESS_DROP, ACCESS_NEVER };
struct access_items access_resolve(struct res *r, const struct place *p, const struct ast_access *access,
				   enum access_use use);
/* access_net.c: "HOST:PORT" into object and ports of the rule; the host is not looked at. False after a diagnostic. */
bool endpoint_parse(struct res *r, const struct scope *s, const struct ast_word *w, struct ir_rule *rule);

/*
 * resolve_cond.c: false after a diagnostic. A condition is canonical, and neither always nor never
 * true.
 */
struct syscall_desc;
bool cond_resolve(struct res *r, const struct ast_cond *where, const struct syscall_desc *call,
		  enum arch arch, const struct sys_cond **out);
bool action_resolve(struct res *r, const struct ast_action *act, struct sys_action *out);

/* resolve_test.c */
void resolve_test(struct res *r, const struct place *p, const struct ast_test *t);
/* CAP words to caps; false and a diagnostic for an unknown one. */
bool resolve_cap(struct res *r, const struct ast_word *w, enum cap *out);
/* `on linux, macos` to bits, all of the policy's targets when there is no list. */
uint32_t resolve_targets(struct res *r, const struct ast_word *list);


/* The because text of a word, decoded, or NULL. */
const char *because_text(struct res *r, const struct ast_word *because);

/* resolve_words.c */
struct origin *origin_new(struct res *r, const struct place *p, struct loc loc, const char *because);
/* A word to its bit; false after a diagnostic. */
bool resolve_target(struct res *r, const struct ast_word *w, uint32_t *out);
bool resolve_arch(struct res *r, const struct ast_word *w, uint32_t *out);

/* resolve_rule.c, resolve_setting.c: one statement into the builder. */
void stmt_never(struct res *r, const struct place *p, const struct ast_stmt *s);
void stmt_access(struct res *r, const struct place *p, const struct ast_stmt *s);
bool limit_by_name(struct res *r, const struct ast_word *w, enum limit *out);
void stmt_limit(struct res *r, const struct place *p, const struct ast_stmt *s);
/* Two params for one limit are reported. */
void resolve_check_limits(struct res *r);
void stmt_want(struct res *r, const struct place *p, const struct ast_stmt *s);
void stmt_env_set(struct res *r, const struct place *p, const struct ast_stmt *s);
void stmt_default(struct res *r, const struct place *p, const struct ast_stmt *s);
void stmt_setting(struct res *r, const struct place *p, const struct ast_stmt *s);
/* The `abi` line of the policy, before all others: which ABIs a rule is about unless it says so. */
void resolve_abis(struct res *r, const struct ast_stmt *block);
void stmt_entry(struct res *r, const struct place *p, const struct ast_stmt *s);
/* resolve_around.c, from the table of setting.def. */
void set_isolate(struct res *r, const struct place *p, const struct ast_stmt *s);
void set_choice(struct res *r, const struct place *p, const struct ast_stmt *s);
void set_mount(struct res *r, const struct place *p, const struct ast_stmt *s);
void set_discard(struct res *r, const struct place *p, const struct ast_stmt *s);
void set_scratch(struct res *r, const struct place *p, const struct ast_stmt *s);
void set_directory(struct res *r, const struct place *p, const struct ast_stmt *s);
void set_hostname(struct res *r, const struct place *p, const struct ast_stmt *s);
void set_user(struct res *r, const struct place *p, const struct ast_stmt *s);
/* Defaults that follow from other lines, and lines that contradict each other. */
void resolve_finish_around(struct res *r);
/* What to do about a line that says again what `first` says. */
void twice_help(struct res *r, struct diag_rec *rec, const struct origin *first);
/* Is `first` there, a line that said it before? Reports it then (E0203). */
bool setting_twice(struct res *r, const struct ast_stmt *s, const struct origin *first, const char *what);
void stmt_refuse_in_profile(struct res *r, const struct place *p, const struct ast_stmt *s);
/* True where a statement about the whole policy may stand: not in a profile, not inside `on`. */
bool stmt_whole_policy(struct res *r, const struct place *p, const struct ast_stmt *s);
/* A plain `prefer X` beside a plain `require X` is reported. */
void resolve_check_wants(struct res *r);

#endif
