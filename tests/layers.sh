#!/bin/sh
# layers.sh - who may include whom. Reads the #include "..." lines of every source and compares them with the table;
# then checks itself on a line that breaks the rules.
#
#   grammar   may see compiler/{ast,diag,src,arena,str}.h and itself
#   compiler  may see itself, grammar/parse.h, backends/{backend,profile}.h, runtime/{plan,sha256}.h
#   backends  may see backends/{backend,profile}.h, their own folder, compiler/{ir,decide,sysmean,syscalls,cond,guarantee,at_load,
#             path_set,needles,glob,glob_pick,diag,src,arena,str,template,yaml_out}.h, runtime/plan.h; never ast.h, never another back end
#   runtime   may see itself only
set -u
cd "$(dirname "$0")/.." || exit 2
status=0

# allowed FROM TO: both are paths from the top; 0 when FROM may include TO
allowed() {
	case $1 in
	grammar/*) case $2 in
		grammar/* | compiler/ast.h | compiler/diag.h | compiler/src.h | compiler/arena.h | compiler/str.h) return 0 ;;
		build/gen/*) return 0 ;;
		esac ;;
	compiler/*) case $2 in
		compiler/* | grammar/parse.h | backends/backend.h | backends/profile.h | runtime/plan.h | runtime/sha256.h) return 0 ;;
		build/gen/*) return 0 ;;
		esac ;;
	backends/registry.c | backends/backend.h | backends/profile.h) case $2 in
		backends/* | compiler/*) return 0 ;;
		esac ;;
	backends/*) case $2 in
		backends/backend.h | backends/profile.h | "$(dirname "$1")"/* | runtime/plan.h) return 0 ;;
		compiler/ir.h | compiler/decide.h | compiler/sysmean.h | compiler/syscalls.h | compiler/guarantee.h | compiler/cond.h | compiler/at_load.h | compiler/path_set.h | compiler/name_map.h | compiler/needles.h | compiler/glob.h | compiler/glob_pick.h) return 0 ;;
		compiler/diag.h | compiler/src.h | compiler/arena.h | compiler/str.h | compiler/template.h | compiler/yaml_out.h) return 0 ;;
		compiler/*.def) return 0 ;;
		esac ;;
	runtime/*) case $2 in runtime/*) return 0 ;; esac ;;
	esac
	return 1
}

# check FILE TEXT: every include in the text obeys the table
check() {
	file=$1
	bad=
	for inc in $(printf '%s\n' "$2" | sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\([^"]*\)".*/\1/p'); do
		to=$(realpath -m --relative-to=. "$(dirname "$file")/$inc")
		case $inc in sbx.tab.h | sbx.lex.h | syscalls.inc | sysargs.inc | consts.inc | report_css.inc | codes.inc | new.inc) to=build/gen/$inc ;; esac
		allowed "$file" "$to" || bad="$bad $inc"
	done
	[ -z "$bad" ] || { echo "$bad"; return 1; }
}

for file in grammar/*.[chly] compiler/*.[ch] backends/*.[ch] backends/*/*.[ch] runtime/*.[ch] runtime/pack/*.[ch] runtime/macos/*.[ch]; do
	if bad=$(check "$file" "$(cat "$file")"); then
		echo "PASS layers $file"
	else
		echo "FAIL layers $file: it may not include$bad"
		status=1
	fi
done

# The check itself must be able to fail.
for case in 'runtime/bad.c ../compiler/ir.h' 'backends/landlock/bad.c ../seccomp/seccomp.h' \
    'backends/cgroup/bad.c ../../compiler/ast.h' 'compiler/bad.c ../runtime/conf.h' 'grammar/bad.y ../compiler/ir.h'; do
	if check "${case% *}" "#include \"${case#* }\"" >/dev/null; then
		echo "FAIL layers self-test: $case was not noticed"
		status=1
	else
		echo "PASS layers self-test ${case% *}"
	fi
done
exit $status
