/*
 * sbx.h - libsbx: a plan of sbxc loaded once, programs launched under it many times.
 *
 *     struct sbx_error error;
 *     struct sbx_plan *plan = sbx_plan_open("plan", NULL, &error);
 *     struct sbx_options options = {.size = sizeof(options), .argv = argv, .set = (const char *const[]){"in=/srv/x", NULL}};
 *     struct sbx_process *process = plan ? sbx_launch(plan, &options, &error) : NULL;
 *     if (!process)
 *             fputs(error.text, stderr);
 *     else if (sbx_wait(process, -1, &status) == 1)
 *             ...
 *     sbx_process_close(process);
 *     sbx_plan_close(plan);
 *
 * What holds for all of it:
 *  - No global state, no handlers, no threads, nothing at exit. A plan may be used by many threads at once; a process and
 *    a pool belong to one thread at a time.
 *  - Fail closed: whatever the plan requires and the host cannot give is an error, and the program was not started. There
 *    is no way to ask for less.
 *  - After the new process exists it calls nothing but async-signal-safe functions and allocates nothing.
 *  - Nothing of the caller reaches the program but what is named: descriptors from 3 on, signal handlers, blocked and
 *    ignored signals, the environment (the plan filters it) and capabilities stay behind.
 *  - Functions that fail return NULL or -1, with *error filled when it is not NULL. Only a program that cannot allocate
 *    can make them fail without a reason in it (code "E0626").
 *
 * Link with -lsbx; `pkg-config --cflags --libs sbx`. Manual: sbx(3).
 */
#ifndef SBX_H
#define SBX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SBX_API __attribute__((visibility("default")))
#else
#define SBX_API
#endif

/* "0.1.0" of the library that is loaded. A string that lives for ever. */
SBX_API const char *sbx_version(void);

/* ---- errors ---- */

struct sbx_error {
	char code[8];   /* "E0601": see sbx-run(1) */
	int exit_code;  /* what sbx-run would end with: 125, 126 or 127 */
	char text[6656]; /* the message, several lines, ends with a newline */
};

/* ---- plans ---- */

struct sbx_plan;

/*
 * Reads and proves the plan directory: hashes, grammar, one id for all files, the filter of this machine. digest: NULL, or
 * "sha256:HEX" that SHA256SUMS must have: the plan that was reviewed and no other. Nothing is read again later.
 */
SBX_API struct sbx_plan *sbx_plan_open(const char *directory, const char *digest, struct sbx_error *error);
/* When no launch is under way and no pool of it is open. Processes may live on. NULL does nothing. */
SBX_API void sbx_plan_close(struct sbx_plan *plan);

/* As the policy says; "" when it says none. They live as long as the plan. */
SBX_API const char *sbx_plan_policy(const struct sbx_plan *plan);
SBX_API const char *sbx_plan_policy_version(const struct sbx_plan *plan);
/* 32 hex digits: the id that all files of the plan carry. */
SBX_API const char *sbx_plan_id(const struct sbx_plan *plan);

struct sbx_guarantee {
	char name[64];	     /* "res.memory" */
	char mechanisms[128]; /* "cgroup:memory", joined by + */
	char where[128];     /* "policy.sbx:12" */
	int required;	     /* 0: preferred */
	int kept;	     /* does this host have the mechanisms? Always 1 when a launch succeeds and it is required */
};
/* The guarantee with this number, from 0; -1 when there is none of that number. */
SBX_API int sbx_plan_guarantee(const struct sbx_plan *plan, unsigned number, struct sbx_guarantee *out);

/* ---- launching ---- */

struct sbx_options {
	size_t size;		/* sizeof(struct sbx_options); later versions add members at the end */
	char *const *argv;	/* the program and its arguments, ended by NULL; argv[0] as sbx-run takes PROGRAM */
	char *const *envp;	/* NULL: environ. Only what the plan allows gets in */
	const char *const *set; /* "NAME=VALUE" of load-time parameters, ended by NULL; or NULL */
	const int *stdio;	/* three descriptors for 0, 1 and 2; -1: /dev/null. NULL: the caller's own */
	const char *directory;	/* NULL: the caller's working directory; what ${CWD} of the policy means */
	/*
	 * "NAME=PATH", ended by NULL; or NULL: the program gets a copy of PATH as NAME in a scratch folder of the plan. NAME is
	 * a name, or the whole path of one directly in such a folder.
	 */
	const char *const *file;
};

struct sbx_process;

/*
 * Proves everything that depends on this host and these options, then starts the program. Returns when it runs (the kernel
 * took the exec) or cannot. Blocks for the set-up only. Threads of the caller go on meanwhile.
 */
SBX_API struct sbx_process *sbx_launch(const struct sbx_plan *plan, const struct sbx_options *options,
				       struct sbx_error *error);
/*
 * The child of the caller: the program, or its supervisor where the plan needs one, which ends as the program ends. It has
 * no other owner: do not wait for it by number, and do not set SIGCHLD to SIG_IGN, or its end cannot be told.
 */
SBX_API pid_t sbx_process_pid(const struct sbx_process *process);
/* For poll(): readable when it ended. Belongs to the process; do not close it. */
SBX_API int sbx_process_pidfd(const struct sbx_process *process);

struct sbx_status {
	int exited;  /* 1: `code` is the exit code, 124 after a limit on time or output; 0: `signal` ended it */
	int code;
	int signal;
	const char *limit; /* the limit that ended it, by its word: "wall", "output", "memory", "cpu-time", "file-size"; or NULL */
	uint64_t wall_us;  /* since the launch */
	uint64_t user_us, system_us; /* cpu_of_job: of the whole job; else of the program and what it waited for */
	uint64_t peak_bytes;	     /* memory_of_job: of the whole job; else the largest resident size of one process */
	int cpu_of_job, memory_of_job; /* 1: a cgroup counted */
	uint64_t pids_peak, oom_kills, pids_refused; /* as a cgroup counted them; 0: none, or nobody counted */
};
/*
 * Waits for the end, at most timeout_ms (-1: as long as it takes; 0: only looks). 1: it ended and *status is filled, again
 * and again; 0: not yet; -1: its end cannot be told, with errno (ECHILD: somebody else took it).
 */
SBX_API int sbx_wait(struct sbx_process *process, int timeout_ms, struct sbx_status *status);
/*
 * Of a process that ended (sbx_wait() said 1): what `sbx-run --report` writes, one JSON object with a newline. plan: the one it
 * was launched with. Fills buf up to size with a NUL at the end, and returns the whole length without it, as snprintf()
 * does; -1 with errno: EBUSY when it has not ended, ENOMEM.
 */
SBX_API long sbx_process_report(const struct sbx_process *process, const struct sbx_plan *plan, char *buf, size_t size);
/*
 * SIGKILL. With a supervisor the whole tree is gone; without one (isolate none, no limits that need one) it is this one
 * process, and what it has started goes on under the same rules. -1 with errno.
 */
SBX_API int sbx_kill(struct sbx_process *process);
/* Kills what still runs, takes its status and frees. NULL does nothing. */
SBX_API void sbx_process_close(struct sbx_process *process);

/* ---- confining oneself ---- */

/*
 * Puts the calling process under the plan: limits, capabilities, no_new_privs, Landlock, the filter. For a process of one
 * thread, and for plans without namespaces, cgroups and supervisors. options: only `set` is read; NULL: nothing is set.
 * Descriptors, environment, signals and working directory stay as they are: they are the caller's own.
 *
 * 0: confined, for good. -1: an error; when error.code is "E0626" some steps may be applied already, so do not go on.
 */
SBX_API int sbx_apply_self(const struct sbx_plan *plan, const struct sbx_options *options, struct sbx_error *error);

/* ---- warm pools ---- */

struct sbx_pool;

/*
 * Processes that stand ready: everything is applied but the filter and the exec. A launch from the pool hands one its
 * arguments and descriptors, and costs little more than the exec. Each is used once and never again.
 *
 * size: how many stand ready, 1 to 256. options: as for sbx_launch(); argv[0] and the environment are those of all
 * launches, argv and stdio are replaced at each. What options points to must live as long as the pool. The files that the plan names are opened here, once for each process that
 * stands ready: what is moved there later is not seen.
 */
SBX_API struct sbx_pool *sbx_pool_open(const struct sbx_plan *plan, const struct sbx_options *options, unsigned size,
				       struct sbx_error *error);
/*
 * Launches argv (argv[0] is the pool's program whatever it says) with these descriptors (as in struct sbx_options) from
 * the pool. When none stands ready it is made first. Arguments take at most 64 KiB together.
 */
SBX_API struct sbx_process *sbx_pool_launch(struct sbx_pool *pool, char *const *argv, const int *stdio,
					    struct sbx_error *error);
/* Makes processes until `size` stand ready; what a caller does between requests. -1 when one could not be made. */
SBX_API int sbx_pool_fill(struct sbx_pool *pool, struct sbx_error *error);
/* How many stand ready now; those that died meanwhile are found here and dropped. */
SBX_API unsigned sbx_pool_ready(struct sbx_pool *pool);
/* Ends those that stand ready and frees. Launched processes live on. NULL does nothing. */
SBX_API void sbx_pool_close(struct sbx_pool *pool);

#ifdef __cplusplus
}
#endif

#endif
