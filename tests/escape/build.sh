#!/bin/bash
# build.sh FILE - the attacking program, static, so that no permission is needed for its start but the program itself.
set -eu
cd "$(dirname "$(readlink -f "$0")")/program"
exec "${ESCAPE_CC:-${CC:-gcc}}" -std=gnu11 -O1 -Wall -Wextra -Werror -static -no-pie -o "$1" ./*.c
