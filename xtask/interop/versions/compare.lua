-- Versions on stdin, one a line; for each a line of how it stands to every one: `<`, `=` or `>`.
local versions = {}
for line in io.lines() do versions[#versions + 1] = line end
for _, a in ipairs(versions) do
  local row = {}
  for place, b in ipairs(versions) do
    local order = rpm.vercmp(a, b)
    row[place] = order < 0 and "<" or order > 0 and ">" or "="
  end
  io.stdout:write(table.concat(row), "\n")
end
