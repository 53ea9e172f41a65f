//! Steps that restore or save a cache of GitHub Actions, openly or inside a set-up action.

use palisade_inventory::workflow::Step;
use palisade_inventory::yaml::Entry;
use palisade_model::{Edit, Span};

/// What a step does with a cache.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    /// What its key starts with before the first expression; empty when the action makes the key.
    pub key: String,
    /// Whether it is read.
    pub restores: bool,
    /// Whether it is written.
    pub saves: bool,
    /// Whether an expression decides if the cache is used.
    pub conditional: bool,
    /// Where: the input that switches it on, or the action.
    pub span: Span,
}

/// How an action's input switches its cache.
#[derive(Clone, Copy)]
enum Switch {
    /// Always on.
    Always,
    /// On when the input is given and neither empty nor false.
    On(&'static str),
    /// On unless the input is false (from this major version on).
    OnUnlessFalse(&'static str, u32),
    /// On unless the input is true.
    OffWhen(&'static str),
    /// On when the input is given; else, from this major version on, unless the second one is false.
    OnOrAuto(&'static str, &'static str, u32),
    /// On when the input mentions this text.
    Mentions(&'static str, &'static str),
}

const CACHING: [(&str, Switch); 37] = [
    ("actions/cache", Switch::OffWhen("lookup-only")),
    ("actions/cache/restore", Switch::OffWhen("lookup-only")),
    ("actions/cache/save", Switch::Always),
    ("buildjet/cache", Switch::Always),
    ("useblacksmith/cache", Switch::Always),
    ("namespacelabs/nscloud-cache-action", Switch::Always),
    ("actions/setup-node", Switch::OnOrAuto("cache", "package-manager-cache", 5)),
    ("actions/setup-python", Switch::On("cache")),
    ("actions/setup-java", Switch::On("cache")),
    ("actions/setup-dotnet", Switch::On("cache")),
    ("actions/setup-go", Switch::OnUnlessFalse("cache", 4)),
    ("swatinem/rust-cache", Switch::OffWhen("lookup-only")),
    ("actions-rust-lang/setup-rust-toolchain", Switch::OnUnlessFalse("cache", 0)),
    ("astral-sh/setup-uv", Switch::OnUnlessFalse("enable-cache", 5)),
    ("ruby/setup-ruby", Switch::On("bundler-cache")),
    ("gradle/actions/setup-gradle", Switch::OffWhen("cache-disabled")),
    ("gradle/gradle-build-action", Switch::OffWhen("cache-disabled")),
    ("burrunan/gradle-cache-action", Switch::Always),
    ("mozilla-actions/sccache-action", Switch::Always),
    ("hendrikmuhs/ccache-action", Switch::Always),
    ("determinatesystems/magic-nix-cache-action", Switch::Always),
    ("nix-community/cache-nix-action", Switch::Always),
    ("docker/build-push-action", Switch::Mentions("cache-from", "type=gha")),
    ("docker/bake-action", Switch::Mentions("set", "cache-from=type=gha")),
    ("pnpm/action-setup", Switch::On("cache")),
    ("jdx/mise-action", Switch::OnUnlessFalse("cache", 0)),
    ("mlugg/setup-zig", Switch::OnUnlessFalse("use-cache", 2)),
    ("graalvm/setup-graalvm", Switch::On("cache")),
    ("ramsey/composer-install", Switch::OffWhen("ignore-cache")),
    ("awalsh128/cache-apt-pkgs-action", Switch::Always),
    ("julia-actions/cache", Switch::Always),
    ("coursier/cache-action", Switch::Always),
    ("subosito/flutter-action", Switch::On("cache")),
    ("bazel-contrib/setup-bazel", Switch::On("disk-cache")),
    ("goto-bus-stop/setup-zig", Switch::OnUnlessFalse("cache", 0)),
    ("bahmutov/npm-install", Switch::OnUnlessFalse("uselockfile", 0)),
    ("erlef/setup-beam", Switch::On("cache")),
];

/// The cache that a step uses.
pub(super) fn of_step(step: &Step<'_>) -> Option<Cache> {
    let uses = step.uses?;
    let (_, switch) = CACHING.iter().find(|(action, _)| uses.is(action))?;
    let input = |name: &str| step.input(name).and_then(|node| Some((node, node.as_str()?.trim().to_ascii_lowercase())));
    let mut span = uses.node.span();
    let mut conditional = false;
    match *switch {
        Switch::Always => {}
        Switch::On(name) => {
            let (node, value) = input(name)?;
            if value.is_empty() || value == "false" {
                return None;
            }
            conditional = value.contains("${{");
            span = node.span();
        }
        Switch::OnOrAuto(name, automatic, since) => match (input(name), input(automatic)) {
            (Some((_, value)), _) if value.is_empty() || value == "false" => return None,
            (Some((node, value)), _) => {
                conditional = value.contains("${{");
                span = node.span();
            }
            (None, Some((_, value))) if value == "false" => return None,
            (None, automatic) => {
                if uses.major_version().is_none_or(|major| major < since) {
                    return None;
                }
                conditional = automatic.is_some_and(|(_, value)| value.contains("${{"));
            }
        },
        Switch::OnUnlessFalse(name, since) => match input(name) {
            Some((_, value)) if value == "false" => return None,
            Some((node, value)) => {
                conditional = value.contains("${{");
                span = node.span();
            }
            None if uses.major_version().is_some_and(|major| major < since) => return None,
            None => {}
        },
        Switch::OffWhen(name) => {
            if let Some((_, value)) = input(name) {
                if value == "true" {
                    return None;
                }
                conditional = value.contains("${{");
            }
        }
        Switch::Mentions(name, text) => {
            let (node, value) = input(name)?;
            if !value.contains(text) {
                return None;
            }
            span = node.span();
        }
    }
    let key = step.input_str("key").unwrap_or("");
    let key = key.split("${{").next().unwrap_or("").trim().to_owned();
    let read_only = uses.is("actions/cache/restore") || step.input_str("save-if") == Some("false");
    Some(Cache { key, restores: !uses.is("actions/cache/save"), saves: !read_only, conditional, span })
}

/// Whether the cache is switched off, by an expression, for what is released.
pub(super) fn is_off_for_releases(step: &Step<'_>, cache: &Cache) -> bool {
    let asked = step.condition().and_then(|condition| condition.as_str()).is_some_and(|text| {
        ["refs/tags", "ref_type", "event_name", "is_release", "release"].iter().any(|word| text.contains(word))
    });
    cache.conditional || asked
}

/// An edit that switches the cache of a step off, where its action has a switch.
pub(super) fn off(step: &Step<'_>) -> Option<Edit> {
    let uses = step.uses?;
    let (_, switch) = CACHING.iter().find(|(action, _)| uses.is(action))?;
    let given = |name: &str| step.with.iter().find(|entry| entry.key.as_str() == Some(name));
    let set = |name: &str, value: &str| match given(name) {
        Some(entry) => entry.value.replace_with(value),
        None => step.node.add_under("with", "uses", &format!("{name}: {value}")),
    };
    match *switch {
        Switch::Always => None,
        Switch::On(name) => {
            // `true` has an opposite; the name of a package manager has none but nothing.
            let whether = given(name)?.value.as_bool().is_some();
            set(name, if whether { "false" } else { "''" })
        }
        Switch::OnUnlessFalse(name, _) => set(name, "false"),
        Switch::OffWhen(name) => set(name, "true"),
        // From then on, no name is not enough.
        Switch::OnOrAuto(name, automatic, since) if uses.major_version().is_none_or(|major| major >= since) => {
            match (given(name), given(automatic)) {
                (Some(named), None) => replaced(named, &format!("{automatic}: false")),
                (None, _) => set(automatic, "false"),
                (Some(_), Some(_)) => None,
            }
        }
        Switch::OnOrAuto(name, ..) => set(name, "''"),
        Switch::Mentions(name, text) => {
            let whole = given(name)?.value.as_str()?.trim() == text;
            whole.then(|| step.node.get("with")?.drop_entry(name)).flatten()
        }
    }
}

/// An edit that puts another line in place of an entry that is one line.
pub(super) fn replaced(entry: &Entry<'_>, line: &str) -> Option<Edit> {
    let span = entry.key.span().to(entry.value.span());
    let raw = span.of(entry.key.yaml().text());
    let plain = entry.value.is_scalar() && !raw.contains('\n') && !raw.contains(['&', '*']);
    plain.then(|| Edit { path: None, span, replacement: line.to_owned() })
}
