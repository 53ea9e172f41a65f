// Versions on stdin, one a line; for each a line of how it stands to every one: `<`, `=`, `>`, or `?` for no version.
// The argument is the folder of the npm package `semver`.
const semver = require(process.argv[2]);

const lines = require('fs').readFileSync(0, 'utf8').split('\n').slice(0, -1);
// Four numbers are no SemVer, and the loose parser takes the fourth for a prerelease.
const versions = lines.map((line) => (/^v?\d+(\.\d+){3}/.test(line) ? null : semver.parse(line, { loose: true })));
for (const a of versions) {
  console.log(versions.map((b) => (a && b ? '<=>'[semver.compare(a, b, true) + 1] : '?')).join(''));
}
