// Versions on stdin, one a line; for each a line of how it stands to every one: `<`, `=`, `>`, or `?` for no version.
package main

import (
	"bufio"
	"fmt"
	"os"

	"golang.org/x/mod/semver"
)

func main() {
	var versions []string
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		versions = append(versions, lines.Text())
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, a := range versions {
		for _, b := range versions {
			sign := byte('?')
			if semver.IsValid(a) && semver.IsValid(b) {
				sign = "<=>"[semver.Compare(a, b)+1]
			}
			fmt.Fprintf(out, "%c", sign)
		}
		fmt.Fprintln(out)
	}
}
