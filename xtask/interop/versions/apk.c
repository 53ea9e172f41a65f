/* Versions on stdin, one a line; for each a line of how it stands to every one: `<`, `=`, `>`, or `?` for no version.
 * Built with the sources of apk-tools. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "apk_defines.h"
#include "apk_blob.h"
#include "apk_version.h"

enum { VERSIONS_MAX = 4096, BYTES_MAX = 2048 };

int main(void)
{
	static apk_blob_t versions[VERSIONS_MAX];
	static char line[BYTES_MAX];
	int count = 0;
	while (count < VERSIONS_MAX && fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = 0;
		versions[count++] = APK_BLOB_STR(strdup(line));
	}
	for (int a = 0; a < count; a++) {
		for (int b = 0; b < count; b++) {
			int known = apk_version_validate(versions[a]) && apk_version_validate(versions[b]);
			int order = known ? apk_version_compare(versions[a], versions[b]) : 0;
			putchar(!known ? '?' : order == APK_VERSION_LESS ? '<' : order == APK_VERSION_GREATER ? '>' : '=');
		}
		putchar('\n');
	}
	return 0;
}
