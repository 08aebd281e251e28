# syscalls.tsv -> syscalls.inc, which syscalls.c includes three times: the size of the index, the rows
# (struct syscall_desc, in the order of the file: sorted by name) and for each arch number -> row + 1.
# The header row names the columns: a column that arch.def does not know does not compile.
BEGIN { FS = "\t" }
/^#/ { next }
!columns {
	columns = NF
	for (i = 3; i <= NF; i++)
		arch[i] = toupper($i)
	next
}
{
	split($2 == "-" ? "0.0" : $2, since, ".")
	row[++rows] = sprintf("{ .name = \"%s\", .since_major = %d, .since_minor = %d, .nr = {",
			      $1, since[1], since[2])
	for (i = 3; i <= columns; i++) {
		row[rows] = row[rows] sprintf(" [ARCH_%s] = %s,", arch[i],
					      $i == "-" ? "SYSCALL_NONE" : $i)
		if ($i == "-")
			continue
		index_of[i] = index_of[i] sprintf(" [%d] = %d,", $i, rows)
		if ($i + 0 > top)
			top = $i + 0
	}
}
END {
	print "#ifdef SYSCALLS_SIZE\nenum { SYSCALLS_NR_END = " top + 1 " };\n#endif"
	print "#ifdef SYSCALLS_ROWS"
	for (i = 1; i <= rows; i++)
		print row[i] " } },"
	print "#endif\n#ifdef SYSCALLS_INDEX"
	for (i = 3; i <= columns; i++)
		print "[ARCH_" arch[i] "] = {" index_of[i] " },"
	print "#endif"
}
