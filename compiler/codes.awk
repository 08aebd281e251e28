# codes.awk - the pages of the diagnostics as a C table: awk -f codes.awk diag.def errors.def docs/codes/*.txt
# A row for each code of the .def files, in their order: {code, slug, description, page or NULL}.
function quoted(s) {
	gsub(/[\\"]/, "\\\\&", s)
	return "\"" s "\\n\""
}
FNR == 1 {
	code = FILENAME
	sub(/.*\//, "", code)
	is_page = sub(/\.txt$/, "", code)
	if (is_page) page[code] = ""
}
is_page { page[code] = page[code] "\n\t" quoted($0); next }
/^\/\*/ { comment = 1 }
comment { if (/\*\//) comment = 0; next }
/^(DIAG|ERR)\(/ { row = 1; n = 0 }
row {
	rest = $0
	while (match(rest, /"([^"\\]|\\.)*"/)) {
		text[++n] = substr(rest, RSTART, RLENGTH)
		rest = substr(rest, RSTART + RLENGTH)
	}
	if (n >= 3) {
		codes[++count] = text[1]
		slug[count] = text[2]
		description[count] = text[3]
		row = 0
	}
}
END {
	for (i = 1; i <= count; i++) {
		name = substr(codes[i], 2, length(codes[i]) - 2)
		known[name] = 1
		printf "{%s, %s, %s, %s},\n", codes[i], slug[i], description[i], name in page ? page[name] : "NULL"
	}
	for (name in page)
		if (!(name in known)) {
			printf "docs/codes/%s.txt explains no code\n", name > "/dev/stderr"
			exit 1
		}
}
