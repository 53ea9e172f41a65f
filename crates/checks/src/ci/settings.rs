//! `[ci]` in `palisade.toml`.

use serde::Deserialize;

/// `[ci]` in `palisade.toml`. Actions are named as `owner/repository`, `owner/*` or `*`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct CiSettings {
    /// Actions that need no pinned commit.
    pub trusted_actions: Vec<String>,
    /// When not empty, the only actions that may be used.
    pub allowed_actions: Vec<String>,
    /// Actions that may not be used.
    pub forbidden_actions: Vec<String>,
    /// Days that Dependabot waits before it proposes a new release.
    pub cooldown_days: u32,
    /// Kinds of scans that some workflow must run: `secrets`, `code`, `dependencies`.
    pub required_scans: Vec<String>,
}

impl Default for CiSettings {
    fn default() -> Self {
        Self {
            trusted_actions: Vec::new(),
            allowed_actions: Vec::new(),
            forbidden_actions: Vec::new(),
            cooldown_days: 7,
            required_scans: ["secrets", "code", "dependencies"].map(str::to_owned).into(),
        }
    }
}
