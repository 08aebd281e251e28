# guest-differential.sh - random policies (tests/escape/differential.py): each command of the probe, bare and under the plan, must
# answer what decide() and the models of the artifacts said on the host; a plan that `sbxc check --for` refuses must not start. Then the plans
# for one guarantee each (measures.tsv), whose commands all succeed bare.
. /t/lib.sh
mkdir -p /d/v /d/w
chown -R 1000:1000 /d
su -s /bin/sh user -c "exec /t/escape world /d/w 7101" >/tmp/victim 2>/tmp/world &
su -s /bin/sh user -c "exec /t/escape world /d/v 7111" >/tmp/other 2>&1 &
n=0 # until both are told, at most a minute
until [ -s /tmp/victim ] && [ -s /tmp/other ] || [ $n -ge 600 ]; do n=$((n + 1)); sleep 0.1; done
victim=$(cat /tmp/victim)
[ -n "$victim" ] || { fail "the world" "$(cat /tmp/world)"; finish; }

# The folders as they were, for the user.
fresh() {
	rm -rf /d/a /d/e /d/e-x /d/f
	mkdir -p /d/a/b/c /d/e /d/e-x /d/f
	for d in /d/a /d/a/b /d/a/b/c /d/e /d/e-x /d/f; do
		echo text >$d/file
		cp /t/nothing $d/prog
		touch $d/gone
		echo key >$d/x.key
	done
	rm -rf /srv/* /opt/tools
	mkdir -p /srv/private /opt/tools/private
	touch /srv/a.txt /srv/gone /srv/private/file
	touch /run/srv.sock
	cp /t/nothing /opt/tools/prog
	cp /t/nothing /opt/tools/private/prog
	chown -R 1000:1000 /d/a /d/e /d/e-x /d/f /srv /opt/tools
}
probe() { # [COMMAND...]: in front of the probe; the answers are in /tmp/got
	fresh
	su -s /bin/sh user -c "exec $* /t/probe $(awk -F'\t' -v v="$victim" '{ gsub(/%v/, v, $4); printf "%s%s", (NR > 1 ? " , " : ""), $4 }' "$ask")" >/tmp/got 2>/tmp/err
	code=$?
}

total=0
for ask in /t/differential/ask/*; do
	name=${ask##*/}
	probe
	mv /tmp/got /tmp/bare
	probe /t/sbx-run /t/differential/plans/$name --
	if grep -q "^$name	refused" /t/differential/host; then
		case $code$(cat /tmp/err) in
		125*E0601* | 125*E0628*) [ ! -s /tmp/got ] && pass "differential $name: refused here, as predicted" ;;
		*) fail "differential $name: refused" "exit $code $(cat /tmp/err)" ;;
		esac
		continue
	fi
	# What a denied pattern fits is known when the plan is loaded: a place that another line names in there is a refusal.
	if [ $code = 125 ] && [ ! -s /tmp/got ] && grep -q 'error.E0630' /tmp/err && grep -q '^    deny .* matching' /t/differential/plans/$name.sbx; then
		pass "differential $name: refused, as a pattern takes out what another line names"
		continue
	fi
	# Landlock before ABI 3 keeps all of fs.write.scope but truncation, where a line opens the calls for it.
	# In a tree of its own the program does not even find what is not shown, or finds it read only.
	awk -F'\t' -v name="$name" -v abi="$(cat /t/landlock-abi)" -v own="$(grep -c '^root private' /t/differential/plans/$name/launch.conf)" -v hostfile=/t/differential/host '
	FILENAME == "/tmp/bare" { free[FNR] = $1; next }
	FILENAME == "/tmp/got" { got[FNR] = $1; n = FNR; next }
	FILENAME == hostfile { if ($1 == name) without[$3] = 1; next }
	{
		want = $1
		kept = abi > 0 && $3 == "fs.write.scope" && $4 !~ /^truncate/
		if ($2 == "landlock" && $3 in without && !kept) want = "given"
		if (name ~ /^cap-/ && free[FNR] != "ok")
			print "FAIL differential " name ": " $4 ": bare it answers " free[FNR]
		else if (want == "given" && own && $4 ~ /^truncate/ && index("," $1 ",", "," got[FNR] ","))
			right++
		else if (want == "given" ? got[FNR] != free[FNR] : index("," want ",", "," got[FNR] ",") == 0)
			print "FAIL differential " name ": " $4 ": " got[FNR] ", predicted " (want == "given" ? free[FNR] " as bare" : want " by " $2)
		else
			right++
		if (want != "given" && got[FNR] != free[FNR]) stopped++
	}
	END {
		if (n != FNR) print "FAIL differential " name ": " n " answers to " FNR " questions"
		print "     differential " name ": " right " right, " (stopped + 0) " of them stopped with a control"
	}' /tmp/bare /tmp/got /t/differential/host "$ask" >/tmp/lines
	[ "$name" != cap-fs.write.ephemeral ] || is "differential $name: what was made is gone" "$(ls /srv/made 2>&1)" "ls: /srv/made: No such file or directory"
	if grep '^FAIL' /tmp/lines; then
		sed 's/^/     | /' /t/differential/plans/$name.sbx /tmp/err
		failed=1
	elif [ -s /tmp/got ] && [ "$code" -lt 125 ]; then
		pass "differential $name: $(sed -n 's/.*: //p' /tmp/lines)"
	else
		fail "differential $name" "exit $code $(cat /tmp/err)"
	fi
done
kill $(jobs -p) 2>/dev/null
finish
