<?php
// Versions on stdin, one a line; for each a line of how it stands to every one: `<`, `=`, `>`, or `?` for no version.
// Names of branches are none: Composer lets none of them match a range of an advisory.
require '/usr/share/php/Composer/Semver/autoload.php';

use Composer\Semver\Comparator;
use Composer\Semver\VersionParser;

$parser = new VersionParser();
$versions = [];
while (($line = fgets(STDIN)) !== false) {
    try {
        $version = $parser->normalize(rtrim($line, "\n"));
        $versions[] = strpos($version, 'dev-') === 0 ? null : $version;
    } catch (UnexpectedValueException $error) {
        $versions[] = null;
    }
}
foreach ($versions as $a) {
    $row = '';
    foreach ($versions as $b) {
        if ($a === null || $b === null) {
            $row .= '?';
        } else {
            $row .= Comparator::lessThan($a, $b) ? '<' : (Comparator::greaterThan($a, $b) ? '>' : '=');
        }
    }
    echo $row, "\n";
}
