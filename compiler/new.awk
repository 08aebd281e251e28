# new.awk - the starting policies as a C table: awk -f new.awk policies/new/*.sbx.in
# A row for each file: {kind, text}. The first line is a comment that says what the kind is for.
FNR == 1 {
	kind = FILENAME
	sub(/.*\//, "", kind)
	sub(/\..*/, "", kind)
	printf("%s{\"%s\",", (NR > 1 ? "},\n" : ""), kind)
}
{
	gsub(/[\\"]/, "\\\\&")
	printf "\n\t\"%s\\n\"", $0
}
END { print "}," }
