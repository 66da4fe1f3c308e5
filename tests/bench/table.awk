# SPDX-License-Identifier: GPL-2.0-or-later
# Prints bench.tsv as a table for each kernel: the instructions of the bare operation, what
# each condition adds, and three ratios of confined-100.

# what is added over what `peer` adds, where that is at least 1% of the operation
function ratio(kernel, operation, peer) {
	if (added[kernel, operation, peer] * 100 < total[kernel, operation, "bare"])
		return sprintf("%9s", "-")
	return sprintf("%9.2f", added[kernel, operation, "confined-100"] / added[kernel, operation, peer])
}

function row(kernel, operation, i) {
	printf "%-19s%8d", operation, total[kernel, operation, "bare"]
	for (i = 1; i <= shown; i++)
		if ((kernel, operation, condition[i]) in added)
			printf "%+9d", added[kernel, operation, condition[i]]
		else
			printf "%9s", "-"
	if ((kernel, operation, "confined-100") in total)
		printf "%9.2f", total[kernel, operation, "confined-100"] / total[kernel, operation, "bare"]
	else
		printf "%9s", "-"
	print ratio(kernel, operation, "apparmor") ratio(kernel, operation, "landlock")
}

BEGIN {
	FS = "\t"
	shown = split("landlock apparmor unconfined beside elsewhere confined-10 confined-100 confined-1000 confined-beside audit audit-with-agent", condition, " ")
	head = "                       bare landlock apparmor unconfnd   beside elsewhre  conf-10 conf-100 conf-1000 conf-bsd    audit +agent's    /bare  /apparm  /landlk"
}

!seen[$1]++ { kernels[++n] = $1 }
!seen[$1, $2]++ { operations[$1, ++count[$1]] = $2 }
{ total[$1, $2, $3] = $4; added[$1, $2, $3] = $5 }

END {
	for (k = 1; k <= n; k++) {
		print "Linux " kernels[k]
		print head
		for (i = 1; i <= count[kernels[k]]; i++)
			row(kernels[k], operations[kernels[k], i])
	}
}
