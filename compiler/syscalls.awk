# syscalls.tsv -> syscalls.inc, which syscalls.c includes twice: the rows (struct syscall_desc, in the order of the
# file: sorted by name) and for each arch its numbers, ascending, with their rows. The header row names the columns: a
# column that arch.def does not know does not compile.
BEGIN {
	FS = "\t"
	rows = 0
	# where numbers can be: the tables proper, private ones of arm, those of x32
	base[1] = 0
	base[2] = 983040
	base[3] = 1073741824
}
/^#/ { next }
!columns {
	columns = NF
	for (i = 3; i <= NF; i++)
		arch[i] = toupper($i)
	next
}
{
	split($2 == "-" ? "0.0" : $2, since, ".")
	row[rows] = sprintf("{ .name = \"%s\", .since_major = %d, .since_minor = %d, .nr = {",
			    $1, since[1], since[2])
	for (i = 3; i <= columns; i++) {
		row[rows] = row[rows] sprintf(" [ARCH_%s] = %s,", arch[i],
					      $i == "-" ? "SYSCALL_NONE" : $i)
		if ($i == "-")
			continue
		row_of[i, $i] = rows
		left[i]++
	}
	rows++
}
END {
	print "#ifdef SYSCALLS_ROWS"
	for (i = 0; i < rows; i++)
		print row[i] " } },"
	print "#endif\n#ifdef SYSCALLS_INDEX"
	for (i = 3; i <= columns; i++) {
		printf "INDEX(ARCH_%s", arch[i]
		for (b = 1; b <= 3; b++)
			for (nr = base[b]; nr < base[b] + 1024; nr++) {
				key = sprintf("%d", nr)
				if (!((i, key) in row_of))
					continue
				printf ", { %s, %d }", key, row_of[i, key]
				left[i]--
			}
		print ")"
		if (left[i])
			exit 1 # numbers at a place that is not known
	}
	print "#endif"
}
