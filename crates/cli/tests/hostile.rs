//! Images that are made to harm whoever reads them, and registries that lie: a clear error or a line in the coverage, never
//! a clean result.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::indexing_slicing, reason = "tests")]
#![cfg(unix)]

mod common;
mod server;

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use base64::Engine as _;
use common::{POD, Place};
use palisade_testkit::tar;
use serde_json::json;
use server::Server;
use sha2::{Digest as _, Sha256};

fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The blobs of an image: its configuration, its layer, its manifest.
fn image(layer: &[u8]) -> [Vec<u8>; 3] {
    let config =
        json!({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [digest(layer)]}});
    let config = config.to_string().into_bytes();
    let of = |bytes: &[u8]| json!({"mediaType": "x", "digest": digest(bytes), "size": bytes.len()});
    let manifest = json!({"schemaVersion": 2, "config": of(&config), "layers": [of(layer)]}).to_string().into_bytes();
    [config, layer.to_vec(), manifest]
}

fn both(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Serves an image as `team/app:1`; the paths of its configuration, layer and manifest.
fn serve(server: &Server, blobs: &[Vec<u8>; 3]) -> [String; 3] {
    let [config, layer, _] = blobs.each_ref().map(|bytes| format!("/v2/team/app/blobs/{}", digest(bytes)));
    let paths = [config, layer, "/v2/team/app/manifests/1".to_owned()];
    for (path, bytes) in paths.iter().zip(blobs) {
        server.put(path, "", bytes.clone());
    }
    paths
}

#[test]
fn a_registry_that_lies_is_an_error() {
    let (place, server, elsewhere) = (Place::new(&[("pod.yaml", POD)]), Server::start(), Server::start());
    let blobs = image(&tar(&[("var/lib/dpkg/status", b"Package: a\nStatus: install ok installed\nVersion: 1\n\n")]));
    let [_, bytes, _] = &blobs;
    let paths = serve(&server, &blobs);
    let [_, blob, manifest] = &paths;
    let name = format!("{}/team/app:1", server.host);
    let docker = place.home.join("docker");
    fs::create_dir_all(&docker).unwrap();
    let auth = base64::engine::general_purpose::STANDARD.encode("ann:letmein");
    fs::write(docker.join("config.json"), json!({"auths": {&server.host: {"auth": auth}}}).to_string()).unwrap();
    let run = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_palisade"));
        command.args(["sbom", &name]).current_dir(&place.root).env_clear().env("DOCKER_CONFIG", &docker);
        command.env("PATH", format!("{}:/usr/bin:/bin", place.home.join("bin").display())).output().unwrap()
    };
    assert_eq!(run().status.code(), Some(0), "{}", both(&run()));

    let location = |to: &str| format!("location: {to}\r\ncontent-length: 0\r\n");
    let bearer =
        |host: &str| format!("www-authenticate: Bearer realm=\"http://{host}/token\"\r\ncontent-length: 0\r\n");
    let basic = "www-authenticate: Basic realm=\"x\"\r\ncontent-length: 0\r\n";
    elsewhere.raw("/store", "401 Unauthorized", basic, "");
    elsewhere.raw("/tokens", "401 Unauthorized", &bearer(&elsewhere.host), "");
    elsewhere.put("/token", "", "{\"token\": \"x\"}");
    server.put("/token", "", "{\"token\": \"for-nothing\"}");
    let nested = |depth: usize| json!({"manifests": [{"digest": format!("sha256:{depth:064}")}]}).to_string();
    for depth in 0..20 {
        server.put(&format!("/v2/team/app/manifests/sha256:{depth:064}"), "", nested(depth + 1));
    }
    let cases: Vec<(&str, &'static str, String, Vec<u8>, &str)> = vec![
        (blob, "200 OK", format!("content-length: {}\r\n", bytes.len()), bytes[..700].to_vec(), "cannot read layer"),
        // Cut off in what fills the last file up: all files are whole, the layer is not.
        (blob, "200 OK", "content-length: 700\r\n".to_owned(), bytes[..700].to_vec(), "digest"),
        (blob, "200 OK", "content-length: 530\r\n".to_owned(), bytes[..530].to_vec(), "cannot read layer"),
        (blob, "200 OK", "content-length: 1536\r\n".to_owned(), bytes[..1536].to_vec(), "digest"),
        (
            blob,
            "200 OK",
            format!("content-length: {}\r\n", bytes.len() + 512),
            [&bytes[..], &[7; 512]].concat(),
            "digest",
        ),
        (blob, "200 OK", "content-length: 0\r\n".to_owned(), Vec::new(), "digest"),
        (blob, "302 Found", location(blob), Vec::new(), "without end"),
        (blob, "302 Found", location("http://mirror.example/x"), Vec::new(), "without HTTPS"),
        (blob, "302 Found", location("file:///etc/passwd"), Vec::new(), "without HTTPS"),
        (blob, "302 Found", location(&elsewhere.url("/store")), Vec::new(), "does not show it"),
        (blob, "302 Found", location(&elsewhere.url("/tokens")), Vec::new(), "does not show it"),
        (blob, "401 Unauthorized", bearer(&server.host), Vec::new(), "does not show it"),
        (blob, "401 Unauthorized", basic.to_owned(), Vec::new(), "does not show it"),
        (blob, "404 Not Found", "content-length: 0\r\n".to_owned(), Vec::new(), "no such image"),
        (manifest, "401 Unauthorized", bearer(&server.host), Vec::new(), "does not show it"),
        (manifest, "302 Found", location(manifest), Vec::new(), "answered 302"),
        (manifest, "200 OK", "content-length: 9000000\r\n".to_owned(), vec![b' '; 9_000_000], "longer"),
        (manifest, "200 OK", "content-length: 5\r\n".to_owned(), b"<html".to_vec(), "cannot be understood"),
        (manifest, "200 OK", format!("content-length: {}\r\n", nested(0).len()), nested(0).into_bytes(), "digest"),
    ];
    for (path, status, headers, body, reason) in cases {
        serve(&server, &blobs);
        server.raw(path, status, &headers, body);
        server.asked();
        let output = run();
        let told = both(&output);
        assert_eq!(output.status.code(), Some(2), "{path} {status} {headers}: {told}");
        assert!(told.contains(reason) && !told.contains("letmein") && output.stdout.is_empty(), "{headers}{told}");
        assert!(server.asked().len() < 20, "it is asked again and again");
    }
    serve(&server, &blobs);
    server.remove(manifest);
    assert!(both(&run()).contains("no such image"));
    let seen = elsewhere.requests().join("").to_ascii_lowercase();
    assert!(seen.contains("get /store") && seen.contains("get /tokens"), "{seen}");
    assert!(!seen.contains("authorization") && !seen.contains("get /token "), "{seen}");

    // A program that keeps passwords and floods: nobody waits for it to end.
    serve(&server, &blobs);
    fs::write(docker.join("config.json"), json!({"credHelpers": {&server.host: "flood"}}).to_string()).unwrap();
    let helper = place.home.join("bin/docker-credential-flood");
    fs::create_dir_all(helper.parent().unwrap()).unwrap();
    fs::write(&helper, "#!/bin/sh\nexec yes\n").unwrap();
    fs::set_permissions(&helper, fs::Permissions::from_mode(0o755)).unwrap();
    let start = Instant::now();
    let output = run();
    assert_eq!(output.status.code(), Some(0), "{}", both(&output));
    assert!(both(&output).contains("docker-credential-flood gave more than 256 KiB"), "{}", both(&output));
    assert!(start.elapsed() < Duration::from_secs(25));
}

#[test]
fn archives_that_are_made_to_burst_are_told_and_the_rest_is_read() {
    let place = Place::new(&[]);
    let maven = |name: &str| format!("groupId=org.example\nartifactId={name}\nversion=1.0\n").into_bytes();
    let good = zip(&[("META-INF/maven/org.example/good/pom.properties", &maven("good"))]);
    let out = zip(&[("../../../META-INF/maven/org.example/out/pom.properties", &maven("out"))]);
    let bomb = zip(&[("META-INF/maven/a/b/pom.properties", &vec![b'\n'; 100 << 20])]);
    let mut nested = zip(&[("META-INF/maven/a/deep/pom.properties", &maven("deep"))]);
    for _ in 0..5 {
        nested = zip(&[("inner.jar", &nested)]);
    }
    let cut = &good[..good.len() - 30];
    let many: Vec<String> = (0..200).map(|number| format!("{number}.jar")).collect();
    let many = zip(&many.iter().map(|name| (name.as_str(), cut)).collect::<Vec<_>>());
    // Both members of the directory say that they are all of the file.
    let mut overlapping = zip(&[("a", &[0; 1000]), ("b", &[0; 1000])]);
    let from = overlapping.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    let length = u32::try_from(overlapping.len()).unwrap().to_le_bytes();
    overlapping[from + 20..from + 24].copy_from_slice(&length);
    let layer = tar::<&str, &[u8]>(&[
        ("app/good.jar", &good),
        ("app/out.jar", &out),
        ("app/bomb.jar", &bomb),
        ("app/nested.jar", &nested),
        ("app/overlapping.jar", &overlapping),
        ("app/many.jar", &many),
        ("app/cut.jar", &good[..good.len() - 30]),
        ("app/none.jar", b"not an archive"),
        (
            "app/package-lock.json",
            b"{\"lockfileVersion\": 3, \"packages\": {\"node_modules/ansi\": {\"version\": \"1.0.0\"}}}",
        ),
    ]);
    let [config, layer, manifest] = image(&layer);
    let root = place.root.join("image");
    fs::create_dir_all(root.join("blobs/sha256")).unwrap();
    fs::write(root.join("oci-layout"), r#"{"imageLayoutVersion": "1.0.0"}"#).unwrap();
    let index = json!({"manifests": [{"digest": digest(&manifest), "size": manifest.len()}]});
    fs::write(root.join("index.json"), index.to_string()).unwrap();
    for bytes in [config, layer, manifest] {
        fs::write(root.join("blobs").join(digest(&bytes).replace(':', "/")), bytes).unwrap();
    }
    let output = place.run(&["sbom", "--all", "image"]);
    let told = both(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    for (file, reason) in [
        ("app/bomb.jar", "unpacks to too much for its size"),
        ("app/nested.jar", "4 deep"),
        ("app/overlapping.jar", "overlap"),
        ("app/cut.jar", "does not read"),
        ("app/none.jar", "not an archive"),
    ] {
        let after = told.split_once(file).map(|(_, rest)| rest.lines().take(2).collect::<String>()).unwrap_or_default();
        assert!(after.contains("could not be read") && after.contains(reason), "{file}: {told}");
    }
    assert!(told.contains("180 more of its parts are not read"), "{told}");
    let bill = place.json(&["sbom", "image"], 0);
    let names: Vec<&str> =
        bill["components"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["good", "out", "ansi"], "{bill}");
    assert_eq!(bill["compositions"][0]["aggregate"], "incomplete");
}
