cp ../tests/errors/lib-apart.sbx $tmp/x.sbx
printf 'sbx 1\nimport "x.sbx"\nlet secret = "/etc/shadow"\ntest "apart" {\n    given data = "/data"\n    expect allow read "${data}/x", "${www}"\n    expect deny read "${secret}"\n}\n' >$tmp/x_test.sbx
sbxc check $tmp/x_test.sbx
sbxc $tmp/x_test.sbx -o $tmp/plan
