//! The template of a detector for secrets.

/// The made-up value, with the dot that keeps scanners away.
const VALUE: &str = "acme_live_·Qm8Zt2Vx7·Lp4Kd9Rw3·Hn6Bc";

pub(super) fn source(provider: &str, name: &str) -> String {
    let constant = provider.to_ascii_uppercase();
    let title = name.replace('-', " ");
    format!(
        "//! {provider}: formats and sources are on the page `{provider}.md`.\n\n\
         use super::super::detector::{{Detector, Provider}};\n\n\
         const {constant}: Provider =\n    \
         Provider {{ page: include_str!(\"{provider}.md\"), advice: \"revoke it where the provider lists its keys\" }};\n\n\
         // `token` is for a shape that nothing else has; `keyed` for one that only counts beside the provider's name.\n\
         pub(in crate::secrets) static DETECTORS: &[Detector] =\n    \
         &[{constant}.token(\"secrets/{name}\", \"{title}\", &[\"acme_live_\"], r\"acme_live_[0-9A-Za-z]{{23}}\").critical()];\n"
    )
}

pub(super) fn page(provider: &str, name: &str) -> String {
    let variable = name.replace('-', "_").to_ascii_uppercase();
    let title = name.replace('-', " ");
    format!(
        "# secrets/{name}\n\n## What it finds\n\nSecrets of {provider}, by the formats that the provider documents:\n\n\
         | check | what | shape |\n|---|---|---|\n| `{name}` | {title} | `acme_live_[0-9A-Za-z]{{23}}` |\n\n\
         Source: name the provider's own page.\n\n\
         Examples, masks and sequences (`EXAMPLE`, `xxxx`, `123456`) are turned away.\n\n\
         ## Why it matters\n\nSay who can do what with it. A secret in a commit stays in the history of every clone, so \
         taking the line out is not enough: revoke it where the provider lists its keys.\n\n\
         ## Fails\n\n```sh .env\n{variable}={VALUE} ←\n```\n\n\
         ## Passes\n\n```sh .env\n{variable}=${{{variable}}}\n```\n\n\
         ## When to except\n\nA value that was revoked, or one that the provider publishes for everybody. Say which in \
         the reason, and scope the exception to the file.\n"
    )
}
