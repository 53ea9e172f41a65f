//! `palisade fix --update` against a registry on this machine: no other traffic.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

const MANIFEST: &str = "{\"schemaVersion\": 2}";

fn sha256(body: &str) -> String {
    let hex: String = Sha256::digest(body.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// A registry that writes down what it was asked.
struct Registry {
    host: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Registry {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (at, log) = (host.clone(), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let request = request(&stream);
                let reply = reply(&request, &at);
                let line = request.lines().next().unwrap_or("").to_owned();
                log.lock().unwrap().push(line);
                let mut stream = stream;
                let _ = stream.write_all(reply.as_bytes());
            }
        });
        Self { host, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn request(mut stream: &TcpStream) -> String {
    let (mut bytes, mut one) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n\r\n") && stream.read(&mut one).unwrap_or(0) == 1 {
        bytes.extend(one);
    }
    String::from_utf8_lossy(&bytes).to_ascii_lowercase()
}

fn reply(request: &str, host: &str) -> String {
    let line = request.lines().next().unwrap_or("");
    let head = line.starts_with("head ");
    let path = line.split(' ').nth(1).unwrap_or("");
    let allowed = request.contains("authorization: bearer for-anybody");
    let (status, headers, body) = match path.strip_prefix("/v2/team/").and_then(|rest| rest.split('/').next()) {
        None if path.starts_with("/token?service=here&scope=repository%3ateam%2fapp%3apull") => {
            ("200 OK", String::new(), "{\"token\": \"for-anybody\"}")
        }
        Some("app") if !allowed => {
            let challenge = format!("www-authenticate: Bearer realm=\"http://{host}/token\",service=\"here\"\r\n");
            ("401 Unauthorized", challenge, "")
        }
        Some("app") => ("200 OK", format!("docker-content-digest: {}\r\n", sha256("app")), "app"),
        Some("old") if head => ("405 Method Not Allowed", String::new(), ""),
        Some("old") => ("200 OK", String::new(), MANIFEST),
        Some("liar") if head => ("200 OK", String::new(), ""),
        Some("liar") => ("200 OK", format!("docker-content-digest: {}\r\n", sha256("other")), MANIFEST),
        Some("moved") => ("307 Temporary Redirect", format!("location: http://{host}/elsewhere\r\n"), ""),
        Some("greedy") => {
            ("401 Unauthorized", "www-authenticate: Bearer realm=\"http://tokens.example/\"\r\n".to_owned(), "")
        }
        _ => ("404 Not Found", String::new(), ""),
    };
    let shown = if head { "" } else { body };
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{shown}", body.len())
}

fn palisade(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_palisade"));
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(variable);
    }
    command.args(words).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn images_are_pinned_to_what_their_registry_has() {
    let registry = Registry::start();
    let (folder, host) = (TempDir::new().unwrap(), registry.host.as_str());
    let dockerfile = format!("FROM {host}/team/app:1.2 AS build\nFROM build\nFROM {host}/team/old:3\nUSER 1000\n");
    let compose = format!("services:\n  app:\n    image: \"{host}/team/app:1.2\" # ours\n");
    let pod = format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n  - name: a\n    image: {host}/team/app:1.2\n"
    );
    let workflow = format!(
        "on: push\npermissions: {{}}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    container: {host}/team/app:1.2\n    steps:\n      - uses: docker://{host}/team/old:3\n"
    );
    let files = [
        ("Dockerfile", &dockerfile),
        ("compose.yaml", &compose),
        ("pod.yaml", &pod),
        (".github/workflows/ci.yml", &workflow),
    ];
    fs::create_dir_all(folder.path().join(".github/workflows")).unwrap();
    for (path, text) in files {
        fs::write(folder.path().join(path), text).unwrap();
    }
    let checks =
        "ci/unpinned-image,container/unpinned-base-image,container/unpinned-service-image,kubernetes/undigested-image";
    let words: Vec<&str> = checks.split(',').flat_map(|check| ["--check", check]).collect();
    let words = [&["fix", "--unsafe", "--update", "--write"], words.as_slice()].concat();
    let output = palisade(folder.path(), &words);
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    let lock = fs::read_to_string(folder.path().join("palisade.lock")).unwrap();
    assert!(lock.contains(&format!("[images.\"{host}/team/app:1.2\"]\ndigest = \"{}\"\n", sha256("app"))), "{lock}");
    for (path, before) in files {
        let expected = before
            .replace("/team/app:1.2", &format!("/team/app:1.2@{}", sha256("app")))
            .replace("/team/old:3", &format!("/team/old:3@{}", sha256(MANIFEST)));
        assert_eq!(fs::read_to_string(folder.path().join(path)).unwrap(), expected);
    }
    // Without the network the lock file is enough.
    fs::write(folder.path().join("Dockerfile"), &dockerfile).unwrap();
    let before = registry.asked().len();
    let output = palisade(folder.path(), &["fix", "--unsafe", "--check", "container", "--write"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(fs::read_to_string(folder.path().join("Dockerfile")).unwrap().contains(&sha256(MANIFEST)));
    assert_eq!(registry.asked().len(), before);
}

#[test]
fn what_a_registry_does_not_prove_is_left_to_a_person() {
    let registry = Registry::start();
    let (folder, host) = (TempDir::new().unwrap(), registry.host.as_str());
    for (image, reason) in [
        ("liar", "a manifest of another digest"),
        ("moved", "answered 307"),
        ("greedy", "nobody to ask for a token over HTTPS"),
        ("none", "has no such image"),
    ] {
        let dockerfile = format!("FROM {host}/team/{image}:1\nUSER 1000\n");
        fs::write(folder.path().join("Dockerfile"), &dockerfile).unwrap();
        let output = palisade(folder.path(), &["fix", "--unsafe", "--update", "--write", "--check", "container"]);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{image}: {said}");
        assert!(said.contains(reason), "{image}: {said}");
        assert_eq!(fs::read_to_string(folder.path().join("Dockerfile")).unwrap(), dockerfile);
    }
    assert!(!registry.asked().iter().any(|line| line.contains("elsewhere")), "{:?}", registry.asked());
}
