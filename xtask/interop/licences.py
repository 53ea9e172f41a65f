"""Reads a statement of a licence a line, and writes what the library makes of each; an empty line for none."""

import sys

from license_expression import get_spdx_licensing

licensing = get_spdx_licensing()
for line in sys.stdin:
    try:
        print(licensing.parse(line.rstrip("\n"), validate=True, strict=True).render())
    except Exception:  # some faults are an IndexError
        print()
