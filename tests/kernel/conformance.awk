# SPDX-License-Identifier: GPL-2.0-or-later
# For conformance, which says what it reads. `list`: only the operations.
BEGIN {
	FS = "\t"
	columns = split("allow deny audit kill neighbour", column, " ")
	kernels = split("6.1 6.12", kernel, " ")
	classes = split("exec file process capabilities network device sysctl seccomp", class, " ")
	for (i = 1; i <= classes; i++)
		known[class[i]] = 1
	while ((getline <wanted) > 0)
		if ($0 !~ /^#/)
			asked[$1 " " $2] = 1
	while ((getline <language) > 0)
		begins[$1 " " $2] = 1
}

# The kernel stands in brackets behind the scenario or row, and is there once.
match($0, /\{[^ {}]+ [^ {}]+ [^ {}]+\}/) {
	split(substr($0, RSTART + 1, RLENGTH - 2), part, " ")
	after = substr($0, RSTART + RLENGTH + 2)
	if (!match($0, /\[6\.12?\]/))
		next
	version = substr($0, RSTART + 1, RLENGTH - 2)
	if (!known[part[1]])
		fail("unknown class " part[1])
	split($0, word, " ")
	if (part[2] ~ /\*$/) {
		many[part[1] " " substr(part[2], 1, length(part[2]) - 1) "\t" version " " part[3] "\t" word[1]]++
		next
	}
	operation[part[1] " " part[2]] = 1
	for (i = 1; i <= columns; i++)
		if (part[3] == "*" || part[3] == column[i])
			take(version " " part[1] " " part[2] " " column[i], word[1], after)
}

function fail(what) {
	print "conformance: " what >"/dev/stderr"
	failed = 1
}

function take(cell, said, why) {
	if (said == "ok")
		right[cell]++
	else if (said == "impossible")
		reason[cell] = why
	else if (said == "not" || said == "skip")
		wrong[cell]++
}

# What was said of all operations that begin alike.
function spread(key, part, which, place, found) {
	for (key in many) {
		split(key, part, "\t")
		split(part[2], place, " ")
		found = 0
		for (which in operation)
			if (index(which, part[1]) == 1 && ++found)
				if (part[3] != "ok")
					take(place[1] " " which " " place[2], part[3])
		if (!found)
			fail("no operation begins with " part[1])
	}
}

function compare(key, which, found) {
	for (key in asked)
		if (!(key in operation))
			fail("not tested: " key)
	for (key in operation)
		if (!(key in asked))
			fail("conformance.tsv does not have " key)
	for (key in begins) {
		found = 0
		for (which in asked)
			if (index(which, key) == 1)
				found = 1
		if (!found)
			fail("conformance.tsv has nothing on " key)
	}
}

function note(text, i) {
	for (i = 1; i <= notes; i++)
		if (noted[i] == text)
			return i
	noted[++notes] = text
	return notes
}

function show(cell) {
	if (cell in wrong) {
		fail("a check failed or was skipped: " cell)
		return "**wrong**"
	}
	if (cell in reason && cell in right) {
		fail("both possible and impossible: " cell)
		return "**both**"
	}
	if (cell in reason)
		return "no (" note(reason[cell]) ")"
	if (cell in right)
		return "yes"
	fail("not tested: " cell)
	return "**untested**"
}

function line(which, k, c, text) {
	text = which
	sub(/ /, " | ", text)
	text = "| " text
	for (k = 1; k <= kernels; k++)
		for (c = 1; c <= columns; c++)
			text = text " | " show(kernel[k] " " which " " column[c])
	print text " |"
}

function sorted(of, n, i, j, key) {
	n = 0
	for (key in operation) {
		if (index(key, of " ") != 1)
			continue
		for (i = ++n; i > 1 && sorts[i - 1] > key; i--)
			sorts[i] = sorts[i - 1]
		sorts[i] = key
	}
	return n
}

function head(k, c, names, rule) {
	print "<!-- SPDX-License-Identifier: GPL-2.0-or-later -->"
	print "<!-- Written by tests/kernel/conformance; tests/kernel/run compares. -->"
	print "# Conformance\n"
	print "What the tests have seen on each kernel. *allow*: a rule, or a policy without one on it, lets it pass. *deny*, *kill*:"
	print "a rule with this action decides (of sockets the default, of what is appended to and of accept too), and the record"
	print "says so. *audit*: under `mode = \"audit\"` the same policy lets it pass and it is recorded as `would-deny`. *neighbour*:"
	print "a process that is not confined does the same. Before the slash stands the policy's word (access letter, verb,"
	print "operation), behind it how it was done, as tests/kernel calls it. What seccomp does the kernel records itself.\n"
	names = "| class | operation"
	rule = "|---|---"
	for (k = 1; k <= kernels; k++)
		for (c = 1; c <= columns; c++) {
			names = names " | " kernel[k] " " column[c]
			rule = rule "|---"
		}
	print names " |\n" rule "|"
}

END {
	if (!list) {
		spread()
		compare()
		head()
	}
	for (i = 1; i <= classes; i++) {
		n = sorted(class[i])
		for (j = 1; j <= n; j++)
			if (list)
				print class[i] "\t" substr(sorts[j], length(class[i]) + 2)
			else
				line(sorts[j])
	}
	if (list)
		exit
	for (i = 1; i <= notes; i++)
		print (i == 1 ? "\n" : "") "(" i ") " noted[i] (i < notes ? "  " : "")
	exit failed
}
