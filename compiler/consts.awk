# consts.tsv -> consts.inc, included twice by consts.c: the names, one after the other in one string,
# and the rows, sorted by name, with the place of their name in it. No pointers, so that nothing has to be relocated
# when the program starts.
BEGIN { FS = "\t" }
/^#/ { next }
!columns {
	columns = NF
	for (i = 3; i <= NF; i++)
		arch[i] = toupper($i)
	next
}
{
	has = value = ""
	for (i = 3; i <= columns; i++) {
		if ($i == "-")
			continue
		value = value sprintf(" [ARCH_%s] = 0x%s,", arch[i], $i)
		has = has (has ? " | " : "") "ARCH_BIT(ARCH_" arch[i] ")"
	}
	names[++rows] = $1
	row[rows] = sprintf("{ .name = %d, .rank = %d, .arches = %s, .value = {%s } },", at, $2, has, value)
	at += length($1) + 1
}
END {
	print "#ifdef CONSTS_NAMES"
	for (i = 1; i <= rows; i++)
		print "\"" names[i] "\\0\""
	print "#endif\n#ifdef CONSTS_ROWS"
	for (i = 1; i <= rows; i++)
		print row[i]
	print "#endif"
}
