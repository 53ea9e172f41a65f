//! `scan --verify-live` as a user runs it, against providers that are played on this machine.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::indexing_slicing, reason = "tests")]

mod providers;

use std::fs;
use std::process::{Command, Output};

use providers::{Act, Providers};
use serde_json::Value;
use tempfile::TempDir;

/// Letters and digits without a pattern, the same in every run.
fn random(seed: u64, length: usize, alphabet: &str) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let next = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(alphabet.as_bytes()[(state >> 33) as usize % alphabet.len()])
    };
    (0..length).map(next).collect()
}

const HEX: &str = "0123456789abcdef";
const DIGITS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A token with the checksum that GitHub and npm put at the end.
fn checked(prefix: &str, seed: u64) -> String {
    let body = random(seed, 30, DIGITS);
    let mut crc = !body.bytes().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & 0_u32.wrapping_sub(crc & 1)))
    });
    let mut check = [0; 6];
    for slot in check.iter_mut().rev() {
        *slot = DIGITS.as_bytes()[(crc % 62) as usize];
        crc /= 62;
    }
    format!("{prefix}{body}{}", std::str::from_utf8(&check).unwrap())
}

/// The file to scan, the secrets in it by the name of their host, and the part of each that must be nowhere.
struct Leak {
    folder: TempDir,
    secrets: Vec<String>,
}

impl Leak {
    fn new() -> Self {
        let secrets = vec![
            checked("ghp_", 1),
            checked("ghp_", 2),
            format!("xoxb-2314567890-314159265358-{}", random(3, 24, DIGITS)),
            checked("npm_", 4),
            format!("dop_v1_{}", random(5, 64, HEX)),
            format!("nfp_{}", random(6, 36, DIGITS)),
            format!("sbp_{}", random(7, 40, HEX)),
            format!("sk-ant-api03-{}AA", random(8, 93, DIGITS)),
            format!("gsk_{}", random(9, 52, DIGITS)),
            format!("pul-{}", random(10, 40, HEX)),
            random(11, 40, DIGITS),
        ];
        let key = format!("AKIA{}", random(12, 16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"));
        let names = ["LIVE", "GONE", "SLACK", "NPM", "OCEAN", "NETLIFY", "SUPABASE", "CLAUDE", "GROQ", "PULUMI"];
        let mut text: String =
            names.iter().zip(&secrets).map(|(name, secret)| format!("{name}_TOKEN={secret}\n")).collect();
        text.push_str(&format!("aws_access_key_id={key}\naws_secret_access_key={}\n", secrets[10]));
        text.push_str(&format!("AGAIN_TOKEN={}\n", secrets[0]));
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("app.env"), text).unwrap();
        Self { folder, secrets }
    }

    fn run(&self, providers: &Providers, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_palisade"));
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        command.env("HTTPS_PROXY", &providers.address).env("SSL_CERT_FILE", &providers.authority);
        let output = command.output().unwrap();
        let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
        for secret in &self.secrets {
            let part = &secret[secret.len() - 20..];
            assert!(!said.contains(part), "a secret was printed:\n{said}");
        }
        output
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// In pieces, as everywhere in this repository: no file is to look as if it fetched something.
const NPM: &str = concat!("registry.", "npmjs.org");

/// The providers' parts.
fn act(host: &str, request: &str) -> Act {
    let answer = |status, body: &str| Act::Answer(status, "content-type: application/json\r\n", body.to_owned());
    match host {
        "api.github.com" if request.contains(&checked("ghp_", 1)) => answer(200, r#"{"login":"octocat","id":1}"#),
        "api.github.com" => answer(401, r#"{"message":"Bad credentials"}"#),
        "slack.com" => answer(200, r#"{"ok":false,"error":"token_revoked"}"#),
        NPM => answer(429, "{}"),
        "api.digitalocean.com" => answer(503, "<html>later</html>"),
        "api.netlify.com" => Act::Answer(302, "location: https://evil.example/take\r\n", String::new()),
        "api.supabase.com" => answer(200, &format!("[\"{}\"]", "x".repeat(1 << 20))),
        "api.anthropic.com" => Act::Garbage,
        "sts.amazonaws.com" => answer(200, "<R><Arn>arn:aws:iam::123456789012:user/deploy</Arn></R>"),
        _ => Act::HangUp,
    }
}

const STRANGERS: &[&str] = &["api.groq.com"];
const REFUSED: &[&str] = &["api.pulumi.com"];

#[test]
fn what_providers_say_is_told_and_what_goes_wrong_is_no_verdict() {
    let (leak, providers) = (Leak::new(), Providers::start(STRANGERS, REFUSED, act));
    let output = leak.run(&providers, &["scan", "--format", "json", "--verify-live"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = document["findings"].as_array().unwrap();
    let said = |check: &str, line: u64| {
        let wanted = |finding: &&Value| {
            finding["check"] == format!("secrets/{check}") && finding["location"]["start"]["line"] == line
        };
        let finding = findings.iter().find(wanted).unwrap();
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        (word(&finding["severity"]), word(&finding["validity"]["state"]), word(&finding["validity"]["detail"]))
    };
    let state = |check: &str, line| said(check, line).1;
    assert_eq!(
        said("github-personal-token", 1),
        ("critical".into(), "live".into(), "api.github.com accepts it, account octocat".into())
    );
    assert_eq!(said("github-personal-token", 2), ("info".into(), "revoked".into(), "api.github.com refuses it".into()));
    assert_eq!(state("slack-bot-token", 3), "revoked");
    assert_eq!(state("aws-access-key-id", 11), "live");
    assert_eq!(state("aws-secret-access-key", 12), "live");
    for (check, line, why) in [
        ("npm-access-token", 4, "wants fewer requests"),
        ("digitalocean-personal-token", 5, "answered 503"),
        ("netlify-token", 6, "a redirect, which is not followed"),
        ("supabase-access-token", 7, "longer than"),
        ("anthropic-api-key", 8, "not HTTP"),
        ("groq-api-key", 9, "no trusted connection"),
        ("pulumi-access-token", 10, "the proxy refused"),
    ] {
        let (severity, state, detail) = said(check, line);
        assert_eq!(state, "unknown", "{check}");
        assert!(detail.contains(why), "{check}: {detail}");
        assert!(severity != "info", "{check} was lowered without a verdict");
    }
    let seen = providers.seen();
    assert!(seen.iter().all(|one| one.host != "evil.example"), "a redirect was followed");
    let groq: String = seen.iter().filter(|one| one.host == "api.groq.com").map(|one| one.text.clone()).collect();
    assert!(groq.is_empty(), "a secret went to a host that could not prove its name");
    let github = seen.iter().filter(|one| one.host == "api.github.com" && one.text.starts_with("GET /user HTTP/1.1"));
    assert_eq!(github.count(), 2, "one request for each distinct secret: {seen:?}");
    let secret_key = &leak.secrets[10];
    assert!(seen.iter().all(|one| !one.text.contains(secret_key.as_str())), "the secret key left the machine");
    let errors = text(&output.stderr);
    assert!(errors.contains("verify-live: asking about 11 secrets: "), "{errors}");
    assert!(errors.contains("api.github.com (2)") && errors.contains("verify-live: 3 live, 2 revoked,"), "{errors}");
}

#[test]
fn fingerprints_are_the_same_with_and_without() {
    let (leak, providers) = (Leak::new(), Providers::start(STRANGERS, REFUSED, act));
    let prints = |arguments: &[&str]| -> Vec<String> {
        let output = leak.run(&providers, arguments);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = document["findings"].as_array().unwrap();
        findings.iter().map(|finding| finding["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let plain = prints(&["scan", "--format", "json"]);
    assert!(plain.len() >= 12, "{plain:?}");
    assert!(providers.seen().is_empty(), "a scan that was not asked to verify opened a connection");
    assert_eq!(plain, prints(&["scan", "--format", "json", "--verify-live"]));
}

#[test]
fn offline_and_broken_settings_are_errors_before_anything_is_sent() {
    let (leak, providers) = (Leak::new(), Providers::start(STRANGERS, REFUSED, act));
    let output = leak.run(&providers, &["scan", "--offline", "--verify-live"]);
    assert_eq!(output.status.code(), Some(2));
    let output = leak.run(&providers, &["scan", "--verify-live", "--live-host", "nobody.example=git.example.org"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no secret is verified at `nobody.example`"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_palisade"));
    command.args(["scan", "--verify-live"]).current_dir(leak.folder.path()).env_clear();
    let output = command.env("HTTPS_PROXY", "socks5://127.0.0.1:1").output().unwrap();
    assert_eq!(output.status.code(), Some(2), "nothing is sent around a proxy that cannot be used");
    assert!(text(&output.stderr).contains("SOCKS is not supported"), "{}", text(&output.stderr));
    assert!(providers.seen().is_empty());
}
