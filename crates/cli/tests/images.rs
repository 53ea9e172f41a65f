//! Container images as targets: packages and secrets of layers, what later layers remove, and registries that lie.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::indexing_slicing, reason = "tests")]
#![cfg(unix)]

mod common;

use std::collections::HashMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use common::{POD, Place};
use palisade_testkit::tar;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const RECORD: &str = r#"{"id": "EX-9", "modified": "2026-01-01T00:00:00Z", "summary": "Writes beyond the end",
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    "affected": [{"package": {"ecosystem": "Debian:12", "name": "libz"},
    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9"}]}]},
    {"package": {"ecosystem": "Debian:12", "name": "gone"},
    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9"}]}]}]}"#;

fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

fn status(packages: &[(&str, &str)]) -> String {
    let one = |(name, version): &(&str, &str)| {
        format!("Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n\n")
    };
    packages.iter().map(one).collect()
}

/// An image of two layers: blobs by digest, its manifest and that one's digest.
struct Built {
    blobs: HashMap<String, Vec<u8>>,
    manifest: Vec<u8>,
    layers: Vec<String>,
}

fn built() -> Built {
    // In two parts, so that this file holds no password.
    let secret = format!("DB_{}=q8Zr2LkT0v{}\n", "PASSWORD", "Xc5Wm1Qp");
    let first = tar::<&str, &str>(&[
        ("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n"),
        ("var/lib/dpkg/status", &status(&[("libz", "1.2-1"), ("gone", "1-1"), ("still", "1-1")])),
        ("srv/.env", &secret),
    ]);
    let second = tar::<&str, &str>(&[
        ("var/lib/dpkg/status", &status(&[("libz", "1.2-1"), ("still", "1-1"), ("late", "2-1")])),
        ("srv/.wh..env", ""),
    ]);
    image(vec![first, second], secret.trim_end().replace("Zr2", "Wd7"))
}

fn image(layers: Vec<Vec<u8>>, variable: String) -> Built {
    let ids: Vec<String> = layers.iter().map(|layer| digest(layer)).collect();
    let config = json!({"os": "linux", "architecture": "amd64", "config": {"Env": [variable]},
        "rootfs": {"type": "layers", "diff_ids": ids}, "history": [{"created_by": "RUN true"}]})
    .to_string()
    .into_bytes();
    let of = |bytes: &[u8]| json!({"mediaType": "x", "digest": digest(bytes), "size": bytes.len()});
    let listed: Vec<Value> = layers.iter().map(|layer| of(layer)).collect();
    let manifest = json!({"schemaVersion": 2, "config": of(&config), "layers": listed});
    let blobs = layers.into_iter().chain([config]).map(|bytes| (digest(&bytes), bytes)).collect();
    Built { blobs, manifest: manifest.to_string().into_bytes(), layers: ids }
}

impl Built {
    /// As a layout in the folder `image`.
    fn write(&self, place: &Place) {
        let root = place.root.join("image");
        fs::create_dir_all(root.join("blobs/sha256")).unwrap();
        fs::write(root.join("oci-layout"), r#"{"imageLayoutVersion": "1.0.0"}"#).unwrap();
        let annotations = json!({"org.opencontainers.image.ref.name": "team/app:1"});
        let (size, digest) = (self.manifest.len(), digest(&self.manifest));
        let index = json!({"manifests": [{"digest": digest, "size": size, "annotations": annotations}]});
        fs::write(root.join("index.json"), index.to_string()).unwrap();
        let manifest = (digest, self.manifest.clone());
        for (digest, bytes) in self.blobs.clone().into_iter().chain([manifest]) {
            fs::write(root.join("blobs").join(digest.replace(':', "/")), bytes).unwrap();
        }
    }
}

fn both(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn licences_of_what_is_installed_are_judged_by_the_settings_of_the_folder_one_is_in() {
    let settings = "[packages.licences]\nallow = ['MIT']\ndeny = ['AGPL-3.0']\n";
    let place = Place::new(&[("palisade.toml", settings)]);
    let site = "usr/lib/python3/dist-packages";
    let wheel = |name: &str, licence: &str| format!("Name: {name}\nVersion: 1.0\nLicense-Expression: {licence}\n");
    let (fine, gone, bad) = (wheel("fine", "MIT"), wheel("gone", "AGPL-3.0-only"), wheel("bad", "AGPL-3.0-or-later"));
    let first = tar::<&str, &str>(&[
        ("etc/os-release", "ID=alpine\nVERSION_ID=3.20\n"),
        (
            "lib/apk/db/installed",
            "P:musl\nV:1-r0\nA:x86_64\nL:MIT\n\nP:tool\nV:2-r0\nA:x86_64\nL:GPL-2.0-only\nD:musl\n\n",
        ),
        (&format!("{site}/fine-1.0.dist-info/METADATA"), &fine),
        (&format!("{site}/gone-1.0.dist-info/METADATA"), &gone),
    ]);
    let second = tar::<&str, &str>(&[
        (&format!("{site}/.wh.gone-1.0.dist-info"), ""),
        (&format!("{site}/bad-1.0.dist-info/METADATA"), &bad),
    ]);
    image(vec![first, second], "A=b".to_owned()).write(&place);
    let scan = place.json(&["scan", "image", "--select", "packages"], 0);
    let told: Vec<String> = scan["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", one["check"].as_str().unwrap(), one["message"].as_str().unwrap()))
        .map(|line| line.split(" (").next().unwrap().to_owned())
        .collect();
    assert_eq!(
        told,
        [
            "packages/unreviewed-licence `alpine/tool` 2-r0 is under `GPL-2.0-only`, which is on no list of the policy; \
             from layer 1 of 2",
            "packages/denied-licence `bad` 1.0 is under `AGPL-3.0-or-later`, which is denied; from layer 2 of 2",
        ]
    );
    assert_eq!(scan["licences"]["packages"], 4);
    // The same from a bill of the image.
    place.expect(&["sbom", "image", "--format", "spdx", "-o", "bill"], 0);
    let scan = place.json(&["scan", "bill", "--select", "packages"], 0);
    let ids: Vec<&Value> = scan["findings"].as_array().unwrap().iter().map(|one| &one["check"]).collect();
    assert!(ids.contains(&&json!("packages/denied-licence")), "{scan}");
}

#[test]
fn layers_bring_packages_and_secrets_and_take_them_away() {
    let place = Place::new(&[("../db/EX-9.json", RECORD)]);
    let built = built();
    built.write(&place);
    place.expect(&["db", "update", "--from", "../db"], 0);

    let scan = place.json(&["scan", "image"], 0);
    assert_eq!(scan["target"]["kind"], "image");
    let text = scan.to_string();
    assert!(text.contains(&digest(&built.manifest)) && text.contains(&built.layers[1]), "{text}");
    let findings = scan["findings"].as_array().unwrap();
    let of = |family: &str| -> Vec<&Value> {
        findings.iter().filter(|one| one["check"].as_str().unwrap().starts_with(family)).collect()
    };
    let packages = of("packages/");
    assert_eq!(packages.len(), 1, "what was removed is not compared: {text}");
    let message = packages[0]["message"].as_str().unwrap();
    assert!(message.contains("libz") && message.contains("EX-9") && message.contains("layer 1 of 2"), "{message}");
    assert_eq!(packages[0]["location"]["path"], "var/lib/dpkg/status");
    let secrets = Value::from(of("secrets/").into_iter().cloned().collect::<Vec<_>>()).to_string();
    assert!(secrets.contains("srv/.env") && secrets.contains("still has the layer below"), "{secrets}");
    assert!(secrets.contains("environment"), "{secrets}");
    assert!(!text.contains("q8Zr2LkT0v"), "the value is shown");

    let only = place.json(&["scan", "image", "--select", "packages"], 0);
    assert_eq!(only["findings"].as_array().unwrap().len(), 1);
    let bill = place.json(&["sbom", "oci:image:team/app:1"], 0);
    let names = |excluded: bool| -> Vec<String> {
        let of_scope = |one: &&Value| (one["scope"] == "excluded") == excluded;
        let components = bill["components"].as_array().unwrap().iter().filter(of_scope);
        components.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        (names(false), names(true)),
        (["late", "libz", "still"].map(str::to_owned).into(), vec!["gone".to_owned()])
    );
    assert!(bill.to_string().contains("palisade:removed-by-layer"), "{bill}");
    assert!(both(&place.run(&["sbom", "oci:image:team/other:1"])).contains("team/app:1"));
}

#[test]
fn an_image_that_is_not_whole_is_an_error_and_never_clean() {
    let place = Place::new(&[("pod.yaml", POD)]);
    let built = built();
    for (number, digest) in built.layers.iter().enumerate() {
        built.write(&place);
        let path = place.root.join("image/blobs").join(digest.replace(':', "/"));
        let sound = fs::read(&path).unwrap();
        for length in [0, 512, 700, sound.len() - 512] {
            fs::write(&path, &sound[..length]).unwrap();
            let output = place.run(&["scan", "image"]);
            assert_eq!(output.status.code(), Some(2), "layer {number} cut at {length}: {}", both(&output));
        }
    }
}

/// What a server does.
#[derive(Clone)]
enum Serve {
    /// A registry that wants a password, and sends those who want layers elsewhere.
    Registry { built: Arc<Built>, elsewhere: String },
    /// Bytes by digest, the one of some digest changed.
    Store { built: Arc<Built>, wrong: Option<String> },
}

/// Starts a server; its address and the requests that it got.
fn serve(what: Serve) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let log = Arc::new(Mutex::new(Vec::new()));
    let asked = Arc::clone(&log);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let request = request(&stream);
            let (status, headers, body) = reply(&what, &request);
            asked.lock().unwrap().push(request);
            let head =
                format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        }
    });
    (host, log)
}

fn request(mut stream: &TcpStream) -> String {
    let (mut bytes, mut one) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n\r\n") && stream.read(&mut one).unwrap_or(0) == 1 {
        bytes.extend(one);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn reply(what: &Serve, request: &str) -> (&'static str, String, Vec<u8>) {
    let path = request.split(' ').nth(1).unwrap_or("");
    let blob = path.rsplit('/').next().unwrap_or("");
    let missing = ("404 Not Found", String::new(), Vec::new());
    match what {
        Serve::Registry { .. } if !request.to_ascii_lowercase().contains("authorization: basic ") => {
            ("401 Unauthorized", "www-authenticate: Basic realm=\"x\"\r\n".to_owned(), Vec::new())
        }
        Serve::Registry { built, .. } if path.starts_with("/v2/team/app/manifests/") => {
            ("200 OK", String::new(), built.manifest.clone())
        }
        Serve::Registry { elsewhere, .. } if path.starts_with("/v2/team/app/blobs/") => {
            ("307 Temporary Redirect", format!("location: http://{elsewhere}/{blob}\r\n"), Vec::new())
        }
        Serve::Registry { .. } => missing,
        Serve::Store { built, wrong } => match built.blobs.get(blob) {
            Some(bytes) if wrong.as_deref() == Some(blob) => {
                let text = String::from_utf8(bytes.clone()).unwrap();
                ("200 OK", String::new(), text.replace("Package: late", "Package: lame").into_bytes())
            }
            Some(bytes) => ("200 OK", String::new(), bytes.clone()),
            None => missing,
        },
    }
}

#[test]
fn a_registry_is_asked_with_the_password_that_is_kept_for_it_and_checked_byte_for_byte() {
    let place = Place::new(&[("a.txt", "")]);
    let built = Arc::new(built());
    let run = |host: &str, extra: &[&str]| {
        let folder = place.home.join("docker");
        fs::create_dir_all(&folder).unwrap();
        let auth = base64::engine::general_purpose::STANDARD.encode("ann:letmein");
        fs::write(folder.join("config.json"), json!({"auths": {host: {"auth": auth}}}).to_string()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_palisade"));
        for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "REGISTRY_AUTH_FILE"] {
            command.env_remove(variable);
        }
        command.args(["sbom", &format!("{host}/team/app:1"), "--format", "json"]).args(extra);
        command.env("DOCKER_CONFIG", &folder).env("HOME", &place.home).current_dir(&place.root).output().unwrap()
    };
    let start = |wrong: Option<&str>| {
        let (elsewhere, store) = serve(Serve::Store { built: Arc::clone(&built), wrong: wrong.map(str::to_owned) });
        let (host, log) = serve(Serve::Registry { built: Arc::clone(&built), elsewhere });
        (host, log, store)
    };
    let (host, log, store) = start(None);
    let output = run(&host, &["--offline"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(both(&output).contains("--offline") && log.lock().unwrap().is_empty());

    let output = run(&host, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", both(&output));
    let bill: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(bill["components"].as_array().unwrap().iter().filter(|one| one["scope"] != "excluded").count(), 3);
    assert!(log.lock().unwrap().iter().any(|request| request.to_ascii_lowercase().contains("authorization: basic")));
    let elsewhere = store.lock().unwrap().join("\n").to_ascii_lowercase();
    assert!(elsewhere.contains("get /sha256:") && !elsewhere.contains("authorization"), "{elsewhere}");

    let (host, ..) = start(Some(&built.layers[1]));
    let output = run(&host, &[]);
    assert_eq!(output.status.code(), Some(2));
    let told = both(&output);
    assert!(told.contains("digest") && !told.contains("letmein") && output.stdout.is_empty(), "{told}");
}
