# SPDX-License-Identifier: GPL-2.0-or-later
# For cells.sh: what each operation gave in the container of one column, and what its record has
# to be. A `verdict` of "-": there is none.
BEGIN {
	FS = "|"
	while ((getline text <rules) > 0) {
		number++
		if (match(text, /# [a-z-]+ [^ ]+$/))
			at[substr(text, RSTART + 2)] = number
	}
	kind = container == "dry" ? "deny" : container == "verbs-dry" ? "verbs" : container
	mode = column == "audit" ? "audit" : "enforce"
}

function has(list, word) {
	return word != "" && index("," list ",", "," word ",")
}

{
	getline got <results
	neighbour = got
	if (column != "neighbour")
		getline neighbour <free
	cell = " {" $1 " " $2 " " column "}"
	lacks = has($5, neighbour)
	wanted = column == "deny" ? $3 : column == "kill" ? "SIGKILL" : lacks ? neighbour : "ok"
	name = "cells: " container ": " $6
	if (got != wanted)
		print "not ok " name ": " wanted cell "\n#   got: " got
	else if (lacks && (column == "neighbour" || column == "allow"))
		print "impossible " name cell ": this kernel has none (" neighbour ")"
	else
		print "ok " name ": " wanted cell
	# its other name is allowed, by a rule without a record
	if (verdict == "-" || (verdict == "allowed" && ($2 ~ /hard_link/ || lacks)))
		next
	total++
	if ($1 == "process") {
		verb[substr($2, 1, index($2, "/") - 1)]++
		next
	}
	rule = "default"
	if ((kind " " $2) in at || (kind " x/" $2) in at)
		rule = "cells.cfg:" ((kind " " $2) in at ? at[kind " " $2] : at[kind " x/" $2])
	keys = $4
	if ($2 ~ /append_/)
		keys = keys ",bailiff.access=w"
	gsub(/,/, "\t", keys)
	printf "cells: %s: %s: 1 record%s\t1\tcontainer.name=%s%s\t%s\t--\tbailiff.verdict=%s\trule.name=%s\tbailiff.mode=%s\n",
		container, $2, cell, prefix, container, keys, verdict, rule, mode >>expected
}

END {
	for (name in verb)
		printf "cells: %s: %s: %d records {process %s/* %s}\t%d\tcontainer.name=%s%s\trule.name=cells.cfg:%s\t--\tbailiff.verdict=%s\n",
			container, name, verb[name], name, column, verb[name], prefix, container, at[kind " " name], verdict >>expected
	if (verdict != "-")
		print container, total >>totals
}
