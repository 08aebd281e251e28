/*
 * seatbelt.c - the back end for macOS as the compiler sees it.
 */
#include "seatbelt.h"

extern const struct backend seatbelt_backend;

const struct backend seatbelt_backend = {
    .name = "seatbelt",
    .about = "a Seatbelt profile (SBPL) for macOS: files, programs, network, Mach services",
    .targets = TARGET_BIT(TARGET_MACOS),
    .answer = seatbelt_answer,
    .lower = seatbelt_lower,
    .model_open = seatbelt_model_open,
    .model_decide = seatbelt_model_decide,
    .witness = seatbelt_witness,
    .baseline = seatbelt_baseline,
    .facts = seatbelt_facts,
};
