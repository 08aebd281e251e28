/*
 * certificate.h - the proof of an artifact as a file of the plan.
 *
 *     sbx-proof 1
 *     artifact seccomp-x86_64.bpf sha256 HEX    the bytes that were proved
 *     policy sha256 HEX                         of the lines between `meaning` and `end`
 *     ...                                       one line of counts, which a second proof must find again
 *     meaning
 *     ...                                       what the policy means for this artifact, from which to prove again
 *     end
 */
#ifndef SBX_CERTIFICATE_H
#define SBX_CERTIFICATE_H

#include "../backends/backend.h"
#include "../runtime/sha256.h"

/* The file for one part of a proof: seccomp-x86_64.bpf gives seccomp-x86_64.proof. */
struct artifact certificate_make(struct arena *a, const struct proof_part *part, const struct artifact *of);
const char *certificate_name(struct arena *a, const char *artifact);

struct certificate {
	const char *artifact;
	const char *artifact_hash, *policy_hash;
	const char *head, *meaning;
};
/* Takes exactly what certificate_make() makes: NULL, or what is wrong. Hashes are read, not compared. */
const char *certificate_read(struct arena *a, const char *text, size_t size, struct certificate *out);

#endif
