//! What was found out about the use of a package, in one sentence for a tired person.

use palisade_inventory::imports::Language;
use palisade_model::{Place, Route, Use};

use super::looking::{Ground, Seen};
use super::project::VENDORED;
use super::{Case, ROUTES_SHOWN_MAX};

/// Parts of a package that are named one by one.
const PARTS_SHOWN_MAX: usize = 3;
/// Packages of one way that are shown, the first and the last among them.
const WAY_SHOWN_MAX: usize = 6;

/// What was found, on its way into words.
pub(super) struct Told<'a> {
    pub(super) case: &'a Case,
    pub(super) names: &'a [String],
    pub(super) own: &'a Seen,
    pub(super) through: &'a Seen,
    pub(super) routes: &'a [Route],
    pub(super) more_routes: usize,
    pub(super) files: usize,
    pub(super) grounds: &'a [Ground],
}

impl Told<'_> {
    pub(super) fn text(&self, verdict: Use, at: Option<&Place>, parts: &[String], parts_at: Option<&Place>) -> String {
        let at = at.map(ToString::to_string).unwrap_or_default();
        let mut text = match verdict {
            Use::Imported => match parts_at {
                Some(part) => format!("{part} imports a part that the advisory names"),
                None => format!("{at} imports it"),
            },
            Use::OtherParts => {
                format!("{at} imports it, but no file imports {}, which the advisory names", listed(parts))
            }
            Use::TypesOnly => format!("only its types are imported, first at {at}"),
            Use::TestsOnly => format!("only tests or examples import it, first at {at}"),
            Use::Through => {
                let route = self.routes.first();
                let first = route.and_then(|route| route.packages.first()).map_or("", String::as_str);
                let place = route.and_then(|route| route.at.as_ref()).map(ToString::to_string).unwrap_or_default();
                format!("{place} imports `{first}`, which brings it{}", self.way())
            }
            Use::NotSeen => self.not_seen(),
            Use::NotLookedAt => {
                let name = self.case.language.name();
                return format!("not looked at: no {name} file lies beside or below {}", self.case.path);
            }
        };
        if verdict == Use::Through && self.routes.len() + self.more_routes > 1 {
            let more = self.routes.len().min(ROUTES_SHOWN_MAX) + self.more_routes - 1;
            text.push_str(&format!(
                "; {more} more {} it",
                if more == 1 { "dependency brings" } else { "dependencies bring" }
            ));
        }
        if self.case.language == Language::Rust && !parts.is_empty() {
            text.push_str(&format!("; at fault in it: {}", listed(parts)));
        }
        if verdict != Use::Imported {
            self.doubts(verdict, parts, &mut text);
        }
        text
    }

    fn not_seen(&self) -> String {
        let (files, name) = (self.files, self.case.language.name());
        let seen = format!("seen in {files} {name} {}", if files == 1 { "file" } else { "files" });
        let names: Vec<String> = self.names.iter().map(|name| format!("`{name}`")).collect();
        let own = self.case.own.map(|_| names.join(" or "));
        let mut firsts: Vec<String> = Vec::new();
        for route in self.routes {
            let first = route.packages.first().map(|name| format!("`{name}`")).unwrap_or_default();
            if !firsts.contains(&first) {
                firsts.push(first);
            }
        }
        let more = firsts.len().saturating_sub(ROUTES_SHOWN_MAX) + self.case.more_routes;
        firsts.truncate(ROUTES_SHOWN_MAX);
        let brings = if firsts.len() + more == 1 { "which brings it" } else { "which bring it" };
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let (firsts, way) = (firsts.join(", "), self.way());
        match (own, firsts.is_empty()) {
            (None, true) => format!("nothing in {} asks for it", self.case.path),
            (Some(own), true) if files == 0 => format!("only tests or examples could import {own}"),
            (Some(own), true) => format!("no import of {own} {seen}"),
            (_, false) if files == 0 => format!("only tests or examples could import {firsts}{more}, {brings}{way}"),
            (Some(own), false) => format!("no import of {own} {seen}, nor of {firsts}{more}, {brings}{way}"),
            (None, false) => format!("no import of {firsts}{more}, {brings}, {seen}{way}"),
        }
    }

    /// The first way in brackets, where it says more than its ends.
    fn way(&self) -> String {
        let Some(route) = self.routes.first() else { return String::new() };
        let mut parts: Vec<&str> =
            route.root.as_deref().into_iter().chain(route.packages.iter().map(String::as_str)).collect();
        if parts.len() < 3 {
            return String::new();
        }
        if parts.len() > WAY_SHOWN_MAX {
            let last = parts.len() - 2;
            parts.splice(WAY_SHOWN_MAX - 3..last, ["…"]);
        }
        format!(" ({})", parts.join(" → "))
    }

    /// Of Go, whether dependencies use it, of which `go.mod` says nothing.
    fn dependencies(&self, parts: &[String]) -> String {
        let Some(built) = &self.case.built else {
            return format!("; whether dependencies use it, {} does not tell", self.file());
        };
        let names = if parts.is_empty() { self.names } else { parts };
        let is_of = |package: &str, name: &String| {
            package
                .strip_prefix(name.as_str())
                .is_some_and(|rest| rest.is_empty() || parts.is_empty() && rest.starts_with('/'))
        };
        match built.iter().find(|package| names.iter().any(|name| is_of(package, name))) {
            Some(package) => format!("; {VENDORED} lists `{package}`: a dependency or a test uses it"),
            None if self.case.standard => format!("; whether dependencies use it, {VENDORED} does not tell"),
            None => format!("; {VENDORED} does not list it, so that no dependency uses it"),
        }
    }

    /// The last part of the path of the file of packages.
    fn file(&self) -> &str {
        self.case.path.rsplit('/').next().unwrap_or(&self.case.path)
    }

    /// What speaks against taking it for unused.
    fn doubts(&self, verdict: Use, parts: &[String], text: &mut String) {
        let tests = self.own.tests.as_ref().filter(|_| !matches!(verdict, Use::TestsOnly | Use::OtherParts));
        if let Some(at) = tests {
            text.push_str(&format!("; tests import it ({at})"));
        }
        if verdict == Use::Through {
            return;
        }
        let through = self.through.tests.as_ref().or(self.through.types.as_ref());
        if let Some(at) = through.filter(|_| verdict == Use::NotSeen) {
            text.push_str(&format!("; tests or types of what brings it are imported ({at})"));
        }
        if verdict == Use::OtherParts {
            text.push_str(&self.dependencies(parts));
            return;
        }
        if let Some(at) = &self.own.text {
            text.push_str(&format!("; {at} names it in a text"));
        }
        if self.case.language == Language::Go {
            text.push_str(&self.dependencies(parts));
        } else if !self.case.direct && self.routes.is_empty() && !self.case.tells_needs {
            text.push_str(&format!("; {} does not tell what brings it", self.file()));
        }
        if let Some(at) = self.grounds.iter().find_map(|ground| ground.computed.as_ref()) {
            text.push_str(&format!("; {at} imports by a name that is known at run time only"));
        }
        let unread: usize = self.grounds.iter().map(|ground| ground.unread).sum();
        if unread > 0 {
            let files = if unread == 1 { "file was" } else { "files were" };
            text.push_str(&format!("; {unread} {files} too large or not readable"));
        }
    }
}

/// Names in quotes, the first few.
fn listed(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(PARTS_SHOWN_MAX).map(|name| format!("`{name}`")).collect();
    if names.len() > PARTS_SHOWN_MAX {
        shown.push(format!("{} more", names.len() - PARTS_SHOWN_MAX));
    }
    let last = shown.pop().unwrap_or_default();
    if shown.is_empty() { last } else { format!("{} or {last}", shown.join(", ")) }
}
