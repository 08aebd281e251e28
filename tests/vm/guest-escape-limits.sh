# guest-escape-limits.sh - the attacks that could harm a machine (attacks.tsv: guest:), each bare and then under limits of the
# whole job, by a user in a leaf of the cgroup that is delegated to them.
. /t/lib.sh
CG=/sys/fs/cgroup/user
case $(cat /t/landlock-abi) in 0) skip "harmful attacks" "this kernel has no Landlock, so no plan starts"; finish ;; esac
echo core >/proc/sys/kernel/core_pattern
mkdir -p /w/l/in $CG/leaf $CG/other
chmod 1777 /w
chown -R 1000:1000 /w/l $CG/leaf $CG/other
echo '+memory +pids +cpu +io' >$CG/cgroup.subtree_control
chown 1000:1000 $CG/leaf/memory.max

# In the leaf, as the user: out, err, rc. What it prints is `ATTACK ANSWER`.
leaf() { # COMMAND
	sh -c 'echo $$ >/sys/fs/cgroup/user/leaf/cgroup.procs; ulimit -c unlimited; exec su -s /bin/sh user -c "exec $*"' sh "$@" >/tmp/out 2>/tmp/err
	rc=$? out=$(cat /tmp/out) err=$(cat /tmp/err)
}
bare() { leaf "/t/escape run /w/l 1 1 $1"; }
limited() { leaf "/t/sbx-run /t/plans/$2 -- /t/escape run /w/l 1 1 $1"; }
orphans() { n=0; for p in /proc/[0-9]*; do [ "$(cat "$p/comm" 2>/dev/null)" != orphan ] || { n=$((n + 1)); [ -z "$1" ] || kill -9 "${p#/proc/}"; }; done; echo $n; }

for pair in fork-bomb=EAGAIN memfd-hog=EPERM raise-rlimit=EPERM core-dump=EFBIG cgroup-memory-max=EACCES cgroup-leave=EACCES \
	cgroup-clone-into=ENOSYS; do
	attack=${pair%=*}
	bare "$attack"
	is "bare $attack" "$out" "$attack ok"
	limited "$attack" limits
	is "limits $attack: ${pair#*=}" "$out" "$attack ${pair#*=}"
done

bare memory-hog
is "bare memory-hog" "$out" "memory-hog ok"
limited memory-hog limits
is "limits memory-hog: the job is killed" "$rc $out" "137 "
case $err in
*"ended by \`limit memory\`"*) pass "limits memory-hog: its supervisor lives and says so" ;;
*) fail "limits memory-hog: its supervisor lives and says so" "$err" ;;
esac

bare orphan
is "bare orphan: it outlives who started it" "$out $(orphans)" "orphan ok 1"
orphans kill >/dev/null
limited orphan wall
is "wall orphan: it ends with the job" "$out $(orphans)" "orphan ok 0"
leaf "/t/sbx-run /t/plans/wall -- /bin/sh -c '/t/escape run /w/l 1 1 orphan; exec /bin/sleep 100'"
is "wall orphan: and with the time" "$rc $(orphans)" "124 0"

echo '-memory -pids -cpu -io' >$CG/cgroup.subtree_control
sleep 1
rmdir $CG/leaf $CG/other
finish
