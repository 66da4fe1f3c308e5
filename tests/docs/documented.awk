# SPDX-License-Identifier: GPL-2.0-or-later
# What a manual page documents, one a line: key KEY, field FIELD, verb VERB, option VERB OPTION,
# exit CODE, limit NUMBER, signal NAME, variable NAME, default KEY VALUE; and the words (.Cm)
# in the text of a key or field: word KEY WORD.

function is_word(text) {
	return text !~ /^([,.;:=|]|Ns|No|Qq)$/
}

# The arguments of a tag after its macro, as lines `what ARGUMENT`.
function list(what, from) {
	for (i = from; i <= NF && $i != "No"; i++)
		if (is_word($i))
			print what, $i
}

function option(from) {
	for (i = from; i <= NF; i++) {
		if ($i ~ /^(Ns|Ar|Cm)$/)
			return
		if (is_word($i) && $i != "Fl")
			print "option", verb, "-" $i
	}
}

function words() {
	for (i = 1; i <= NF; i++) {
		if ($i ~ /^\.?(It)?$/)
			continue
		if ($i ~ /^\.?[A-Z][a-z]$/)
			inside_word = $i ~ /Cm$/ || ($i ~ /^(Ns|No)$/ && inside_word)
		else if (inside_word && is_word($i))
			print "word", item, $i
	}
	inside_word = 0
}

/^\.\\"/ { next }
/^\.Sh / { section = substr($0, 5); item = "" }
/^\.Ss / {
	verb = ""
	item = ""
	if (section == "DESCRIPTION" && page == "bailiff.8")
		for (i = 2; i <= NF; i++)
			if (is_word($i))
				print "verb", verb = $i
	signals = $2 == "Signals"
}
/^\.Bd -literal/ { display = 1 }
/^\.Ed/ { display = 0 }
display { next }
/^\.It (Ic|Va) / && /^\.It Ic/ == (page !~ /bailiffd/) {
	list($2 == "Ic" ? "key" : "field", 3)
	item = $3
	if ($4 == "No")
		print "default", $3, $NF
	next
}
/^\.It Fl / { option(3) }
/^\.It Dv / && signals { list("signal", 3) }
/^\.It Ev / { list("variable", 3) }
/^\.It [0-9]+$/ && section == "EXIT STATUS" { print "exit", $2 }
/^\.It Li / && section == "LIMITS" { print "limit", $3 }
/Cm/ && item { words() }
