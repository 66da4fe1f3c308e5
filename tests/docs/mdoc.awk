# SPDX-License-Identifier: GPL-2.0-or-later
# Turns the literal displays of a manual page into blocks as the README has them, line for
# line: a file begins with "# /PATH", a console with "$ ", anything else is a part of a policy.

function text(line) {
	sub(/^\\&/, "", line)
	gsub(/\\e/, "\\", line)
	return line
}

function kind(line) {
	if (line ~ /^# \//)
		return "libconfig"
	return line ~ /^\$ / ? "console" : "policy"
}

# One line late, since the first line of a display says what it is.
function put(line) {
	if (FNR > 1)
		print before
	before = line
}

/^\.Bd -literal/ { put("```"); inside = 1; first = 1; next }
/^\.Ed/ { put(inside ? "```" : ""); inside = 0; next }
inside && first { before = before kind($0); first = 0 }
{ put(inside ? text($0) : "") }
END { print before }
