//! What dpkg installed: `var/lib/dpkg/status`, one paragraph a package, and the single paragraphs of images without a
//! package manager (`status.d`). Format: deb822(5), deb-control(5).

use std::collections::HashMap;

use palisade_model::Purl;

use super::graph::Graph;
use super::lines::place;
use super::{Manifest, Package};

/// States of packages that are not there: never unpacked, or only their settings left (dpkg(1), "Package states").
const GONE: [&str; 2] = ["not-installed", "config-files"];

/// Reads a list of paragraphs.
pub(super) fn status(text: &str) -> Manifest {
    let mut graph = Graph::locked();
    let mut needs: Vec<(u32, &str)> = Vec::new();
    let mut provided: HashMap<&str, Vec<u32>> = HashMap::new();
    for paragraph in paragraphs(text) {
        let field =
            |name: &str| fields(paragraph).find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        let Some(name) = field("Package") else {
            let first = paragraph.lines().next().unwrap_or(paragraph);
            graph.manifest.gap(place(text, first), "a paragraph without `Package`");
            continue;
        };
        // The third word is the state; packages of a broken or unfinished installation have their files on the disk.
        let state = field("Status").and_then(|status| status.split_ascii_whitespace().nth(2));
        if state.is_some_and(|state| GONE.contains(&state)) {
            continue;
        }
        let version = field("Version").unwrap_or("");
        let Ok(purl) = Purl::in_namespace("deb", "debian", name) else {
            graph.manifest.gap(place(text, name), format!("`{name}` is no name of a package"));
            continue;
        };
        let mut purl = purl.at(version);
        if let Some(architecture) = field("Architecture") {
            purl = purl.with("arch", architecture);
        }
        // Advisories speak of the source that a package was built from.
        if let Some(source) = field("Source") {
            let upstream = match source.split_once(" (") {
                Some((source, version)) => format!("{source}@{}", version.trim_end_matches(')')),
                None => source.to_owned(),
            };
            purl = purl.with("upstream", &upstream);
        }
        let mut package = Package::new(purl, place(text, name));
        package.version_span = (!version.is_empty()).then(|| place(text, version));
        let at = graph.add(name, package);
        for key in ["Pre-Depends", "Depends"] {
            needs.extend(field(key).map(|list| (at, list)));
        }
        for (one, _) in field("Provides").into_iter().flat_map(relations) {
            provided.entry(one).or_default().push(at);
        }
    }
    for (from, list) in needs {
        for alternatives in list.split(',') {
            // Of several that would do, the first that is there is the one that is used.
            let there = alternatives.split('|').find_map(|one| {
                let (name, _) = relations(one).next()?;
                let found = graph.find(name, None).next();
                found.or_else(|| provided.get(name)?.first().copied())
            });
            if let Some(to) = there {
                graph.edge(from, to);
            }
        }
    }
    graph.manifest
}

/// Names in a list of relations, with what is said of their versions.
fn relations(list: &str) -> impl Iterator<Item = (&str, &str)> {
    list.split(',').filter_map(|one| {
        let one = one.trim();
        let end = one.find([' ', '(', ':', '[']).unwrap_or(one.len());
        let (name, rest) = one.split_at_checked(end)?;
        (!name.is_empty()).then_some((name, rest))
    })
}

/// Texts between blank lines.
fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n").map(|paragraph| paragraph.trim_matches('\n')).filter(|paragraph| !paragraph.trim().is_empty())
}

/// The first line of each field: none that is read here goes on behind it.
fn fields(paragraph: &str) -> impl Iterator<Item = (&str, &str)> {
    paragraph
        .lines()
        .filter(|line| !line.starts_with([' ', '\t', '#']))
        .filter_map(|line| line.split_once(':'))
        .map(|(key, value)| (key.trim(), value.trim()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn what_has_files_on_the_disk_is_there() {
        let states = [
            ("install ok installed", true),
            ("install ok unpacked", true),
            ("install reinstreq half-installed", true),
            ("install ok half-configured", true),
            ("install ok triggers-awaited", true),
            ("install ok triggers-pending", true),
            ("hold ok installed", true),
            ("deinstall ok installed", true),
            ("deinstall ok config-files", false),
            ("unknown ok not-installed", false),
        ];
        for (state, there) in states {
            let text = format!("Package: a\nStatus: {state}\nVersion: 1\n");
            check("var/lib/dpkg/status", &text, if there { "pkg:deb/debian/a@1 Runtime" } else { "" });
        }
    }

    #[test]
    fn installed_ones() {
        check(
            "root/var/lib/dpkg/status",
            "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nSource: glibc (2.36-9)\nVersion: 2.36-9+b1\nProvides: libc-api (= 1)\nDescription: c\n Package: no\n\n\
             Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n\
             Package: mine\nStatus: install ok installed\nSource: ours\nVersion: 1:1.0~rc1\nDepends: absent | libc6 (>= 2), libc-api:any,\n\n\
             Status: install ok installed\nVersion: 3\n",
            "pkg:deb/debian/libc6@2.36-9%2Bb1?arch=amd64&upstream=glibc%402.36-9 Runtime
             pkg:deb/debian/mine@1:1.0~rc1?upstream=ours Runtime > libc6
             gap 20 a paragraph without `Package`",
        );
        check("var/lib/dpkg/status.d/base", "Package: base\nVersion: 1\n", "pkg:deb/debian/base@1 Runtime");
        check("var/lib/dpkg/status.d/base.md5sums", "", "no manifest");
    }
}
