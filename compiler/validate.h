/*
 * validate.h - compares what the artifacts would do with what the policy means.
 */
#ifndef SBX_VALIDATE_H
#define SBX_VALIDATE_H

#include "../backends/backend.h"
#include "guarantee.h"

enum { MAX_MODELS = 16 };

struct validator {
	struct arena *arena;
	struct diags *diags;
	const struct src *src;
	const struct meaning *meaning;
	const struct guarantees *guarantees;
	struct {
		const struct backend *backend;
		const void *model;
		void *memo; /* of its excuses */
	} models[MAX_MODELS];
	unsigned n_models;
	struct artifact *certificates; /* of what was proved: further files of the plan */
	unsigned n_certificates;
	struct arena *scratch;     /* emptied now and then */
	unsigned scratch_uses;
	unsigned long n_asked;     /* requests compared */
	unsigned long n_covered;   /* differences that the answer of a back end explains */
	bool failed;               /* a difference was reported; the rest is not */
};

/* Opens the models of all artifacts. NULL, or the one that cannot be read, and why. */
const char *validator_read(struct validator *v, const struct artifact *artifacts, unsigned n);
/* The same for artifacts just made: false after a diagnostic. */
bool validator_open(struct validator *v, const struct artifact *artifacts, unsigned n);
/*
 * Proves what can be proved over all inputs: n artifacts, the same as above. False after a diagnostic with the
 * counterexample.
 */
bool validator_prove(struct validator *v, const struct artifact *artifacts, unsigned n);
/* Compares what no request asks about: the facts of every back end. False after a diagnostic. */
bool validator_facts(struct validator *v);
/* Compares at every witness point of every target. False after a diagnostic with the counterexample. */
bool validator_run(struct validator *v);
/* Compares one request; false (and a diagnostic, once) on a difference nothing covers. */
bool validator_ask(struct validator *v, const struct request *r);
/* What the artifacts together would do. */
struct model_verdict validator_verdict(struct validator *v, const struct request *r);
/* Is keeping a request of this kind out left to somebody else (a proxy, the command that starts the program)? */
bool validator_delegated(const struct validator *v, const struct request *r);
/* Does some back end let this through whatever the policy says? *why: the sentence. */
bool validator_baseline(const struct validator *v, const struct request *r, const char **why);
/*
 * Of a request that the policy denies and the artifacts let pass: the guarantee that is only preferred and by whose answer
 * that is so; NULL: a fault.
 */
const struct guarantee *validator_excuse(struct validator *v, const struct request *r);
/* Does some back end stop this although the policy allows it, as the answers for its guarantees say? */
bool validator_narrower(struct validator *v, const struct request *r, const char **why);
void validator_close(struct validator *v);
/* The guarantees that a request of this kind is about. */
const enum cap *validator_caps(enum op op, unsigned *n);

/* A request in words: "connect tcp 192.0.2.1:80", "syscall ptrace(0, 0, ...) on x86_64". From the arena. */
const char *request_text(struct arena *a, const struct request *r);

#endif
