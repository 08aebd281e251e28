#!/bin/sh
# capabilities.sh - the matrix of `sbxc caps` against plans: capabilities.py.
cd "$(dirname "$0")/.." || exit 2
exec python3 tests/capabilities.py "${B:=build}/sbxc" policies/std tests/capabilities.tsv
