#!/bin/sh
# trials.sh - the language, claim by claim: tests/trials/claims.tsv lists what the language says, tests/trials/*.trial tries each
# sentence in both directions. trials.py says how a trial is written and what is held.
set -u
cd "$(dirname "$0")" || exit 2
: "${B:=build}"
case $B in /*) ;; *) B=../$B ;; esac
exec python3 trials.py "$B/sbxc" ../policies/std "$@"
