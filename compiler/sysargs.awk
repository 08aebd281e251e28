# sysargs.tsv -> sysargs.inc, included by sysargs.c: the rows in the order of syscalls.tsv, as text
# that sysargs.c reads a cell at a time. The header row names the columns.
BEGIN { FS = "\t" }
/^#/ { next }
!columns {
	columns = NF
	for (i = 2; i <= NF; i++)
		arch[i] = toupper($i)
	next
}
{
	printf "{ .name = \"%s\", .args = {", $1
	for (i = 2; i <= columns; i++)
		printf " [ARCH_%s] = \"%s\",", arch[i], $i
	print " } },"
}
