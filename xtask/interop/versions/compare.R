# Versions on stdin, one a line; for each a line of how it stands to every one: `<`, `=`, `>`, or `?` for no version.
# Operators on numeric_version say something else before R 4.4: they took `1.0` and `1.0.0` for equal.
lines <- readLines(file("stdin"))
valid <- !is.na(numeric_version(lines, strict = FALSE))
for (a in seq_along(lines)) {
  row <- rep("?", length(lines))
  if (valid[[a]]) {
    order <- vapply(lines[valid], function(b) utils::compareVersion(lines[[a]], b), 0)
    row[valid] <- c("<", "=", ">")[order + 2]
  }
  cat(row, "\n", sep = "")
}
