# SPDX-License-Identifier: GPL-2.0-or-later
# Takes the examples out of the README's section `section`. In `dir` it makes
#   guest     a shell script that writes the files and runs the commands, each with its output to /out/N
#   N.expect  what the README says that example N prints
#   list      a line for each example: N, the README's line, the command
# A libconfig block is a file, whose path is in the comment of its first line. A console block
# is commands, each after "$ ", and what they print. Other blocks are errors.

function fail(what) {
	printf "%s:%d: %s\n", FILENAME, FNR, what > "/dev/stderr"
	failed = 1
	exit 1
}

function begin_file(line) {
	if (line !~ /^# \/[^ ']+$/)
		fail("the first line of a libconfig block is '# /PATH'")
	guest = dir "/guest"
	printf "mkdir -p \"$(dirname '%s')\"\ncat >'%s' <<'END OF THE BLOCK'\n", substr(line, 3), substr(line, 3) > guest
	block = "file"
}

function begin_command(line) {
	count++
	expect = dir "/" count ".expect"
	printf "" > expect
	printf "exec >/out/%d 2>&1\n%s\n", count, line > (dir "/guest")
	printf "%d %d %s\n", count, FNR, line > (dir "/list")
	block = "console"
}

BEGIN { print "exec </dev/null" > (dir "/guest") }

/^## / { inside = $0 == "## " section; next }
!inside { next }

block == "" && /^```/ {
	if ($0 == "```libconfig")
		block = "new file"
	else if ($0 == "```console")
		block = "new console"
	else
		fail("a block of another kind than libconfig or console")
	next
}
block == "" { next }

/^```$/ {
	if (block ~ /^new/)
		fail("an empty block")
	if (block == "file")
		print "END OF THE BLOCK" > (dir "/guest")
	block = ""
	next
}
block == "new file" { begin_file($0) }
block == "file" { print > (dir "/guest"); next }
/^\$ / { begin_command(substr($0, 3)); next }
block == "new console" { fail("a console block begins with '$ '") }
{ print > expect }

END {
	if (failed)
		exit 1
	if (block != "") {
		printf "%s: a block without an end\n", FILENAME > "/dev/stderr"
		exit 1
	}
	if (!count) {
		printf "%s: no example in section '%s'\n", FILENAME, section > "/dev/stderr"
		exit 1
	}
}
