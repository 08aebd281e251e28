#!/bin/sh
# formats.sh - `--format json|sarif|github` over every policy of tests/errors, all in one run: formats.py says what is held;
# colour.py, where colour is shown; schema.py, that the JSON of other commands is what docs/schema says.
set -u
cd "$(dirname "$0")/errors" || exit 2
: "${B:=build}"
case $B in /*) ;; *) B=../../$B ;; esac
files=$(for f in *.sbx; do [ -e "${f%.sbx}.args" ] || case $f in lib-*) ;; *) echo "$f" ;; esac; done)
status=0
python3 ../formats.py "$B/sbxc" ../../policies/std $files || status=1
python3 ../colour.py "$B/sbxc" E0100-action.sbx || status=1
python3 ../schema.py "$B/sbxc" ../../policies/std || status=1
exit $status
