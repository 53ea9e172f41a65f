"""Versions on stdin, one a line; for each a line of how it stands to every one: `<`, `=`, `>`, or `?` for no version."""

import sys
import warnings

from packaging.version import parse

warnings.simplefilter("ignore")


def read(text):
    try:
        return parse(text)
    except ValueError:
        return None


def sign(a, b):
    if a is None or b is None:
        return "?"
    return "<" if a < b else ">" if a > b else "="


versions = [read(line.rstrip("\n")) for line in sys.stdin]
for a in versions:
    print("".join(sign(a, b) for b in versions))
