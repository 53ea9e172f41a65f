# Versions on stdin, one a line; for each a line of how it stands to every one: `<`, `=`, `>`, or `?` for no version.
require "rubygems"

versions = $stdin.map do |line|
  text = line.chomp
  Gem::Version.correct?(text) ? Gem::Version.new(text) : nil
end
versions.each do |a|
  puts versions.map { |b| a && b ? "<=>"[(a <=> b) + 1] : "?" }.join
end
