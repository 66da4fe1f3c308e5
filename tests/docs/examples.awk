# SPDX-License-Identifier: GPL-2.0-or-later
# Takes the examples out of a text, or out of its section `section`. In `dir` it makes
#   guest         a shell script that writes the files and runs the commands, each with its
#                 output to `out`/N
#   N.expect      what the text says that example N prints
#   list          a line for each command: N, the line in the text, the command
#   policy-N.cfg  a part of a policy, N being its line, made whole
# A libconfig block is a file, whose path is in the comment of its first line. A console block
# is commands, each after "$ ", and what they print. A policy block stands within the braces
# of a policy. Other blocks are errors.

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
	printf "exec >%s/%d 2>&1\n%s\n", out, count, line > (dir "/guest")
	printf "%d %d %s\n", count, FNR, line > (dir "/list")
	block = "console"
}

function begin_policy(line) {
	policy = dir "/policy-" FNR ".cfg"
	print "policies = ( { name = \"base\"; }, { name = \"example\";" > policy
	block = "policy"
}

BEGIN {
	print "exec </dev/null" > (dir "/guest")
	printf "" > (dir "/list")
	inside = !section
}

section && /^## / { inside = $0 == "## " section; next }
!inside { next }

block == "" && /^```/ {
	if ($0 == "```libconfig")
		block = "new file"
	else if ($0 == "```console")
		block = "new console"
	else if ($0 == "```policy")
		block = "new policy"
	else
		fail("a block of another kind than libconfig, console or policy")
	next
}
block == "" { next }

/^```$/ {
	if (block ~ /^new/)
		fail("an empty block")
	if (block == "file")
		print "END OF THE BLOCK" > (dir "/guest")
	if (block == "policy")
		print "} );" > policy
	block = ""
	next
}
block == "new file" { begin_file($0) }
block == "file" { print > (dir "/guest"); next }
block == "new policy" { begin_policy($0) }
block == "policy" { print > policy; next }
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
		printf "%s: no example\n", FILENAME > "/dev/stderr"
		exit 1
	}
}
