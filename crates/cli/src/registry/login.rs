//! Passwords for registries, where `docker login` and `podman login` keep them: in a file, or with a program that the
//! file names (`docker-credential-NAME`).

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::exit::printable;
use crate::program;

/// A file of passwords is some lines.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// A program that keeps passwords may ask its user to unlock them, and no longer.
const HELPER_TIME_MAX: Duration = Duration::from_secs(30);
/// What it says is a name and a password or token.
const HELPER_BYTES_MAX: u64 = 256 << 10;

/// What is shown to a registry.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Login {
    /// A name and a password.
    Password(String, String),
    /// A token that stands for both.
    Token(String),
}

/// The login that is kept for a host.
pub(super) fn of(host: &str) -> Option<Login> {
    // Docker keeps that of its own registry under an older address.
    let keys: Vec<String> = match host {
        "registry-1.docker.io" => {
            ["https://index.docker.io/v1/", "docker.io", "index.docker.io"].map(str::to_owned).into()
        }
        host => vec![host.to_owned(), format!("https://{host}"), format!("https://{host}/v2/")],
    };
    files().into_iter().find_map(|file| {
        let size = std::fs::metadata(&file).ok()?.len();
        let bytes = (size <= FILE_BYTES_MAX).then(|| std::fs::read(&file).ok()).flatten()?;
        let settings: Value = serde_json::from_slice(&bytes).ok()?;
        keys.iter().find_map(|key| kept(&settings, key, &asked))
    })
}

/// The files, in the order in which they count.
fn files() -> Vec<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let mut files: Vec<PathBuf> = folder("REGISTRY_AUTH_FILE").into_iter().collect();
    files.extend(folder("DOCKER_CONFIG").map(|at| at.join("config.json")));
    files.extend(folder("XDG_RUNTIME_DIR").map(|at| at.join("containers/auth.json")));
    files.extend(folder("HOME").map(|at| at.join(".docker/config.json")));
    files
}

/// What settings have for a key: by a program of its own, in the file, or by the program for all.
fn kept(settings: &Value, key: &str, ask: &dyn Fn(&str, &str) -> Option<Login>) -> Option<Login> {
    let host = key.trim_start_matches("https://").split('/').next().unwrap_or(key);
    if let Some(helper) = settings.get("credHelpers").and_then(|all| all.get(host)?.as_str()) {
        return ask(helper, host);
    }
    let entry = settings.get("auths").and_then(|all| all.get(key));
    let text = |name: &str| entry?.get(name)?.as_str().filter(|text| !text.is_empty());
    if let Some(token) = text("identitytoken") {
        return Some(Login::Token(token.to_owned()));
    }
    let decoded = text("auth").and_then(|auth| String::from_utf8(STANDARD.decode(auth).ok()?).ok());
    if let Some((user, password)) = decoded.as_deref().and_then(|pair| pair.split_once(':')) {
        return Some(Login::Password(user.to_owned(), password.trim_end_matches('\0').to_owned()));
    }
    // Programs know their entries by the key under which Docker keeps them.
    entry.and(settings.get("credsStore")).and_then(Value::as_str).and_then(|helper| ask(helper, key))
}

/// What a program of the user's keeps for a server
/// (<https://github.com/docker/docker-credential-helpers#development>). One that fails, hangs or floods keeps nothing; that
/// it took too long is told, since whoever waits for a registry would wonder.
fn asked(helper: &str, server: &str) -> Option<Login> {
    if helper.is_empty() || !helper.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
        return None;
    }
    let mut command = Command::new(format!("docker-credential-{helper}"));
    command.arg("get");
    let answer = match program::answer(command, server, HELPER_TIME_MAX, HELPER_BYTES_MAX) {
        Ok(answer) => answer,
        Err(reason) => {
            // What it says of its own may hold what it keeps.
            if reason.starts_with("docker-credential-") {
                eprintln!("warning: no password for {}: {}", printable(server), printable(&reason));
            }
            return None;
        }
    };
    let said: Value = serde_json::from_str(&answer).ok()?;
    let text = |name: &str| said.get(name).and_then(Value::as_str).map(str::to_owned);
    match (text("Username")?, text("Secret")?) {
        (user, token) if user == "<token>" => Some(Login::Token(token)),
        (user, password) => Some(Login::Password(user, password)),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    #[test]
    fn logins_are_found_where_they_are_kept() {
        let settings = json!({
            "auths": {
                "one.example": {"auth": STANDARD.encode("me:a:b")},
                "two.example": {"identitytoken": "t"},
                "https://three.example": {},
                "odd.example": {"auth": "%"},
            },
            "credHelpers": {"four.example": "ecr"},
            "credsStore": "desktop",
        });
        let ask = |helper: &str, server: &str| Some(Login::Password(helper.to_owned(), server.to_owned()));
        let of = |key: &str| kept(&settings, key, &ask);
        let password = |user: &str, password: &str| Some(Login::Password(user.to_owned(), password.to_owned()));
        assert!(of("one.example") == password("me", "a:b"));
        assert!(of("two.example") == Some(Login::Token("t".to_owned())));
        assert!(of("https://three.example") == password("desktop", "https://three.example"));
        assert!(of("four.example") == password("ecr", "four.example"));
        assert!(of("https://four.example/v2/") == password("ecr", "four.example"));
        assert!(of("five.example").is_none(), "nobody is asked for hosts that were never logged in to");
        for odd in [json!([]), json!({"auths": 1}), json!({"auths": {"x": {"auth": 2}}})] {
            assert!(kept(&odd, "x", &|_, _| None).is_none());
        }
        assert!(asked("../../bin/sh", "x").is_none());
        let json: Value = serde_json::from_str("{}").unwrap();
        assert!(kept(&json, "x", &ask).is_none());
    }
}
