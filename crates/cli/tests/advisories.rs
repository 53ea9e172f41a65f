//! `db update --from` over the network: mirrors, conditional requests, artifacts, and servers that lie. Whatever goes
//! wrong, the index that was there stays.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, clippy::indexing_slicing, reason = "tests")]
#![cfg(unix)]

mod common;
mod providers;
mod server;

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::process::Output;

use common::{POD, Place};
use providers::{Act, Providers};
use serde_json::{Value, json};
use server::Server;
use sha2::{Digest as _, Sha256};

/// A record of a package of Go.
fn record(id: &str, modified: &str, fixed: &str) -> String {
    json!({"id": id, "modified": modified, "summary": "Reads beyond the end", "affected": [{
        "package": {"ecosystem": "Go", "name": format!("example.org/{}", id.to_lowercase())},
        "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]})
    .to_string()
}

fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

fn both(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn update(place: &Place, words: &[&str], code: i32) -> String {
    let output = place.run(&[&["db", "update"], words].concat());
    let told = both(&output);
    assert_eq!(output.status.code(), Some(code), "{words:?}: {told}");
    told
}

fn index(place: &Place) -> Vec<u8> {
    fs::read(place.home.join("data/palisade/advisories.index")).unwrap()
}

/// What is kept beside the index.
fn kept(place: &Place) -> Vec<String> {
    let folder = place.home.join("data/palisade/advisories.sources");
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_has_not_changed_is_not_fetched_again() {
    let (place, server) = (Place::new(&[]), Server::start());
    server.put(
        "/all.zip?key=s3cret",
        "etag: \"one\"\r\n",
        zip(&[("GO-1.json", &record("GO-1", "2026-01-01T00:00:00Z", "1.2.0"))]),
    );
    let scores = "#model_version:v2026\ncve,epss,percentile\nCVE-2026-1,0.5,0.9\n";
    server.put("/scores", "", gzip(scores.as_bytes()));
    let from = [server.url("/all.zip?key=s3cret"), server.url("/scores")];
    let words = ["--from", from[0].as_str(), "--from", from[1].as_str()];
    let told = update(&place, &words, 0);
    assert!(told.contains("/all.zip?… (1 record, 0 refused)") && !told.contains("s3cret"), "{told}");
    let names = kept(&place);
    assert_eq!(names.len(), 2, "without a validator nothing is kept: {names:?}");
    assert!(names[0].ends_with(".note") && names[1].ends_with(".zip"), "{names:?}");
    assert!(
        !fs::read_to_string(place.home.join("data/palisade/advisories.sources").join(&names[0]))
            .unwrap()
            .contains("s3cret")
    );

    // The same again, without its bytes.
    let size = |place: &Place| place.json(&["db", "status"], 0)["advisories"].clone();
    server.raw("/all.zip?key=s3cret", "200 OK", "etag: \"one\"\r\ncontent-length: 9\r\n", b"<nothing>");
    update(&place, &words, 0);
    assert_eq!(size(&place), 1);
    // What is kept is not believed when it was changed.
    let file = place.home.join("data/palisade/advisories.sources").join(&names[1]);
    let mut bytes = fs::read(&file).unwrap();
    bytes[40] ^= 1;
    fs::write(&file, bytes).unwrap();
    assert!(update(&place, &words, 2).contains("page of HTML"));
    let two = [
        ("GO-1.json", record("GO-1", "2026-01-01T00:00:00Z", "1.2.0")),
        ("x/GO-2.json", record("GO-2", "2026-01-02T00:00:00Z", "1.0.0")),
    ];
    server.put("/all.zip?key=s3cret", "etag: \"two\"\r\n", zip(&[(two[0].0, &two[0].1), (two[1].0, &two[1].1)]));
    update(&place, &words, 0);
    assert_eq!(size(&place), 2);
    assert_eq!(kept(&place).len(), 2);
    fs::remove_dir_all(place.home.join("data/palisade/advisories.sources")).unwrap();
    let told = update(&place, &["--from", &from[0], "--from", &from[0]], 0);
    assert!(!told.contains("warning") && kept(&place).len() == 2, "{told}");
    // An index without that source does not keep its file.
    place.write("GO-1.json", &two[0].1);
    update(&place, &["--from", "GO-1.json"], 0);
    assert_eq!(kept(&place), Vec::<String>::new());
    assert!(update(&place, &["--offline", "--from", &from[0]], 2).contains("--offline forbids it"));
}

#[test]
fn a_server_that_lies_changes_nothing() {
    let (place, server) = (Place::new(&[]), Server::start());
    let elsewhere = Server::start();
    let sound = zip(&[("GO-1.json", &record("GO-1", "2026-01-01T00:00:00Z", "1.2.0"))]);
    server.put("/all.zip", "", sound.clone());
    update(&place, &["--from", &server.url("/all.zip")], 0);
    let before = index(&place);

    server.put("/page.zip", "", "<!doctype html><title>Sign in</title>");
    server.put("/nothing.zip", "", "");
    server.put("/text.json", "", "not found\n");
    server.raw("/short.zip", "200 OK", &format!("content-length: {}\r\n", sound.len() + 1), sound.clone());
    server.raw("/endless.zip", "200 OK", "content-length: 9999999999999\r\n", sound.clone());
    server.raw("/unmeasured.zip", "200 OK", "", sound.clone());
    let piece = [format!("{:x}\r\n", sound.len()).into_bytes(), sound.clone(), b"\r\n".to_vec()].concat();
    server.raw("/pieces.zip", "200 OK", "transfer-encoding: chunked\r\n", piece.clone());
    server.raw("/whole-pieces.zip", "200 OK", "transfer-encoding: chunked\r\n", [&piece[..], b"0\r\n\r\n"].concat());
    server.put("/cut.zip", "", &sound[..sound.len() - 30]);
    server.put("/empty.zip", "", zip(&[("README.md", "nothing")]));
    server.put(
        "/bomb.csv.gz",
        "",
        gzip(&[b"#model_version:1\ncve,epss,percentile\n".to_vec(), vec![b'0'; 300 << 20]].concat()),
    );
    server.raw("/loop", "302 Found", "location: /loop\r\ncontent-length: 0\r\n", "");
    server.raw("/away", "302 Found", "location: http://mirror.example/all.zip\r\ncontent-length: 0\r\n", "");
    server.raw("/file", "302 Found", "location: file:///etc/passwd\r\ncontent-length: 0\r\n", "");
    server.raw("/nowhere", "302 Found", "content-length: 0\r\n", "");
    server.raw("/later", "503 Later", "content-length: 0\r\n", "");
    server.raw("/unasked", "304 Not Modified", "", "");
    server.raw("/noise", "\0\x01 not HTTP", "", "");
    for (path, reason) in [
        ("/page.zip", "page of HTML"),
        ("/nothing.zip", "no archive"),
        ("/text.json", "no archive"),
        ("/short.zip", "broke off"),
        ("/endless.zip", "larger than 4096 MiB"),
        ("/unmeasured.zip", "does not say how long"),
        ("/pieces.zip", "broke off"),
        ("/cut.zip", "cannot be read to its end"),
        ("/empty.zip", "holds no advisory"),
        ("/bomb.csv.gz", "unpacks to too much"),
        ("/loop", "without end"),
        ("/away", "without HTTPS"),
        ("/file", "without HTTPS"),
        ("/nowhere", "to nowhere"),
        ("/later", "answered 503"),
        ("/unasked", "answered 304"),
        ("/none.zip", "no such file"),
        ("/noise", "because"),
        ("/Go/", "/Go/all.zip"),
    ] {
        let url = server.url(path);
        let told = update(&place, &["--from", &server.url("/all.zip"), "--from", &url], 2);
        assert!(told.contains(reason) && told.contains(&url), "{path}: {told}");
        assert!(index(&place) == before, "{path}");
        assert!(!place.home.join("data/palisade/advisories.sources").exists(), "{path}");
    }
    update(&place, &["--from", &server.url("/whole-pieces.zip")], 0);

    // Nobody asks without HTTPS but of this machine, and the words of an address that is refused are not repeated.
    for odd in ["http://user:s3cret@mirror.example/all.zip", "ftp://s3cret@mirror.example/", "https://", "oci://x"] {
        let told = update(&place, &["--from", odd], 2);
        assert!(!told.contains("s3cret") && told.contains("hint:"), "{odd}: {told}");
    }
    // A password goes to its host, not to where that leads.
    elsewhere.put("/all.zip", "", sound);
    server.raw("/moved", "307 Moved", &format!("location: {}\r\ncontent-length: 0\r\n", elsewhere.url("/all.zip")), "");
    server.asked();
    let told = update(&place, &["--from", &format!("http://ann:s3cret@{}/moved", server.host)], 0);
    assert!(told.contains(&server.url("/moved")) && !told.contains("s3cret") && !told.contains("ann"), "{told}");
    let seen = elsewhere.requests().join("").to_ascii_lowercase();
    assert!(seen.contains("get /all.zip") && !seen.contains("authorization"), "{seen}");
}

#[test]
fn over_https_nobody_leads_back_to_this_machine() {
    let place = Place::new(&[("pod.yaml", POD)]);
    let act = |host: &str, request: &str| match (host, request.split(' ').nth(1).unwrap_or("")) {
        ("mirror.example", "/record.json")
            if request.to_ascii_lowercase().contains("authorization: basic yw5uonmzy3jlda==") =>
        {
            Act::Answer(302, "location: https://store.example/x?signature=s3cret\r\n", String::new())
        }
        ("store.example", _) if !request.to_ascii_lowercase().contains("authorization") => {
            Act::Answer(200, "", record("GO-1", "2026-01-01T00:00:00Z", "1.2.0"))
        }
        ("noise.example", _) => Act::Garbage,
        ("mirror.example", "/back.json") => Act::Answer(302, "location: http://127.0.0.1:1/x\r\n", String::new()),
        _ => Act::HangUp,
    };
    let providers = Providers::start(&["stranger.example"], &["refused.example"], act);
    let run = |url: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_palisade"));
        command.args(["db", "update", "--index", "own.index", "--from", url]).current_dir(&place.root).env_clear();
        command.env("HTTPS_PROXY", &providers.address).env("SSL_CERT_FILE", &providers.authority).output().unwrap()
    };
    let output = run("https://ann:s3cret@mirror.example/record.json");
    let told = both(&output);
    assert!(
        output.status.success() && told.contains("from       https://mirror.example/record.json (1 record"),
        "{told}"
    );
    for (url, reason) in [
        ("https://mirror.example/back.json", "without HTTPS"),
        ("https://stranger.example/x.json", "certificate"),
        ("https://refused.example/x.json", "proxy refused"),
        ("https://silent.example/x.json", "because"),
        ("https://noise.example/x.json", "because"),
    ] {
        let output = run(url);
        let told = both(&output);
        assert!(output.status.code() == Some(2) && told.contains(reason) && told.contains(url), "{told}");
    }
    assert_eq!(providers.seen().iter().filter(|seen| seen.host == "store.example" && !seen.text.is_empty()).count(), 1);
}

#[test]
fn of_a_mirror_only_what_changed_is_fetched() {
    let (place, server) = (Place::new(&[]), Server::start());
    let old = record("GO-1", "2026-01-01T00:00:00Z", "1.2.0");
    let other = record("GO-2", "2026-02-01T00:00:00.5Z", "2.0.0");
    server.put("/Go/all.zip", "etag: \"a\"\r\n", zip(&[("GO-1.json", &old), ("GO-2.json", &other)]));
    server.put("/Go/modified_id.csv", "", "2026-02-01T00:00:00.5Z,GO-2\n2026-01-01T00:00:00Z,GO-1\n");
    let url = server.url("/Go/");
    let keep = ["--keep", "--from", url.as_str()];
    let told = update(&place, &["--from", &url], 0);
    assert!(told.contains(&format!("from       {url} (2 records, 0 refused)")), "{told}");
    assert_eq!(server.asked(), ["/Go/all.zip"]);

    // A day's overlap is asked for, and no more.
    server.put("/Go/GO-2.json", "", other.as_str());
    update(&place, &keep, 0);
    assert_eq!(server.asked(), ["/Go/GO-2.json", "/Go/modified_id.csv"]);

    // One changed, one came, one was withdrawn.
    let withdrawn = record("GO-1", "2026-03-01T00:00:00Z", "1.2.0")
        .replace("\"summary\"", "\"withdrawn\":\"2026-03-01T00:00:00Z\",\"summary\"");
    server.put("/Go/GO-1.json", "", withdrawn);
    server.put("/Go/GO-2.json", "", record("GO-2", "2026-03-02T00:00:00Z", "2.5.0"));
    server.put("/Go/GO-2026%3A3.json", "", record("GO-2026:3", "2026-03-03T00:00:00Z", "3.0.0"));
    server.put(
        "/Go/modified_id.csv",
        "",
        "2026-03-03T00:00:00Z,GO-2026:3\n2026-03-02T00:00:00Z,GO-2\n2026-03-01T00:00:00Z,GO-1\n",
    );
    update(&place, &keep, 0);
    let asked = server.asked();
    assert_eq!(asked, ["/Go/GO-1.json", "/Go/GO-2.json", "/Go/GO-2026%3A3.json", "/Go/modified_id.csv"]);
    let status = place.json(&["db", "status", "--verify"], 0);
    assert_eq!((&status["advisories"], &status["withdrawn"]), (&json!(2), &json!(1)), "{status}");
    assert_eq!(status["sources"].as_array().unwrap().len(), 1, "{status}");
    assert_eq!(status["sources"][0]["newest"], "2026-03-03T00:00:00Z");
    place.write("go.mod", "module example.org/shop\n\ngo 1.22\n\nrequire example.org/go-2 v2.4.0\n");
    let scan = place.json(&["scan", "--select", "packages"], 0);
    assert!(scan["findings"][0]["message"].as_str().unwrap().contains("2.5.0"), "{scan}");

    // What goes wrong leaves the index as it was.
    let before = index(&place);
    server.put("/Go/modified_id.csv", "", "2026-03-04T00:00:00Z,GO-4\n");
    let told = update(&place, &keep, 2);
    assert!(told.contains("/Go/GO-4.json") && told.contains("no such file"), "{told}");
    server.put("/Go/GO-4.json", "", record("GO-5", "2026-03-04T00:00:00Z", "1"));
    assert!(update(&place, &keep, 2).contains("it holds the record GO-5"));
    server.put("/Go/GO-4.json", "", "<html>");
    assert!(update(&place, &keep, 2).contains("no advisory"));
    server.put("/Go/modified_id.csv", "", "2026-03-04T00:00:00Z,../../secrets\n");
    assert!(update(&place, &keep, 2).contains("its line 1"));
    server.put("/Go/modified_id.csv", "", "<html>\n");
    assert!(update(&place, &keep, 2).contains("its line 1"));
    assert!(index(&place) == before);

    // An index that was not built from the mirror, too many changes, or no list of them: the archive.
    server.asked();
    update(&place, &["--keep", "--from", &server.url("/Rust/")], 2);
    assert_eq!(server.asked(), ["/Rust/all.zip"]);
    let many: String = (0..1001).map(|number| format!("2026-03-04T00:00:00Z,GO-{number}\n")).collect();
    server.put("/Go/modified_id.csv", "", many);
    assert!(update(&place, &keep, 0).contains("1001 records of"));
    assert_eq!(server.asked(), ["/Go/all.zip", "/Go/modified_id.csv"]);
    server.remove("/Go/modified_id.csv");
    assert!(update(&place, &keep, 0).contains("has no list of changes"));
    // Nothing new is no error.
    server.put("/Go/modified_id.csv", "", "2026-01-01T00:00:00Z,GO-1\n");
    update(&place, &keep, 0);
}

/// An artifact with these files, as a layout in a folder; its blobs by digest.
fn artifact(place: &Place, folder: &str, files: &[(&str, &[u8])]) -> (Vec<u8>, HashMap<String, Vec<u8>>) {
    let layer = |(title, bytes): &(&str, &[u8])| {
        json!({"mediaType": "application/zip", "digest": digest(bytes), "size": bytes.len(),
            "annotations": {"org.opencontainers.image.title": title}})
    };
    let config = b"{}".to_vec();
    let manifest = json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "artifactType": "application/vnd.example.advisories",
        "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": digest(&config), "size": 2},
        "layers": files.iter().map(layer).collect::<Vec<Value>>()})
    .to_string()
    .into_bytes();
    let mut blobs: HashMap<String, Vec<u8>> = files.iter().map(|(_, bytes)| (digest(bytes), bytes.to_vec())).collect();
    blobs.insert(digest(&config), config);
    blobs.insert(digest(&manifest), manifest.clone());
    let root = place.root.join(folder);
    fs::create_dir_all(root.join("blobs/sha256")).unwrap();
    fs::write(root.join("oci-layout"), r#"{"imageLayoutVersion": "1.0.0"}"#).unwrap();
    let index = json!({"manifests": [{"digest": digest(&manifest), "size": manifest.len(),
        "annotations": {"org.opencontainers.image.ref.name": "latest"}}]});
    fs::write(root.join("index.json"), index.to_string()).unwrap();
    for (digest, bytes) in &blobs {
        fs::write(root.join("blobs").join(digest.replace(':', "/")), bytes).unwrap();
    }
    (manifest, blobs)
}

#[test]
fn artifacts_of_layouts_and_registries_are_checked_byte_for_byte() {
    let (place, server) = (Place::new(&[]), Server::start());
    let all = zip(&[("GO-1.json", &record("GO-1", "2026-01-01T00:00:00Z", "1.2.0"))]);
    let one = record("GO-2", "2026-01-01T00:00:00Z", "1.2.0").into_bytes();
    let files: [(&str, &[u8]); 3] = [("all.zip", &all), ("../../one", &one), ("README.md", b"# Advisories\n")];
    let (manifest, blobs) = artifact(&place, "layout", &files);
    for from in ["oci:layout", "oci:layout:latest"] {
        let told = update(&place, &["--offline", "--from", from], 0);
        assert!(
            told.contains(&format!("from       {from} (2 records, 0 refused)")) && told.contains("README.md"),
            "{told}"
        );
    }
    assert_eq!(kept(&place), Vec::<String>::new());
    assert!(update(&place, &["--from", "oci:layout:other"], 2).contains("it has latest"));

    let kind = "content-type: application/vnd.oci.image.manifest.v1+json\r\n";
    server.put("/v2/team/advisories/manifests/latest", kind, manifest.clone());
    server.put(&format!("/v2/team/advisories/manifests/{}", digest(&manifest)), kind, manifest.clone());
    for (digest, bytes) in &blobs {
        server.put(&format!("/v2/team/advisories/blobs/{digest}"), "", bytes.clone());
    }
    let name = format!("oci://{}/team/advisories", server.host);
    let tag = format!("{name}:latest");
    let told = update(&place, &["--from", &tag], 0);
    assert!(told.contains(&format!("from       {tag} (2 records")), "{told}");
    server.asked();
    update(&place, &["--from", &format!("{tag}@{}", digest(&manifest))], 0);
    let readme = format!("/v2/team/advisories/blobs/{}", digest(b"# Advisories\n"));
    assert_eq!(server.asked(), [readme, format!("/v2/team/advisories/manifests/{}", digest(&manifest))]);

    let before = index(&place);
    let blob = format!("/v2/team/advisories/blobs/{}", digest(&one));
    fs::remove_dir_all(place.home.join("data/palisade/advisories.sources")).unwrap();
    let mut changed = one.clone();
    changed[20] ^= 1;
    server.put(&blob, "", changed);
    assert!(update(&place, &["--from", &tag], 2).contains("does not have the digest"));
    server.put(&blob, "", [one.as_slice(), b" "].concat());
    assert!(update(&place, &["--from", &tag], 2).contains("is longer than"));
    server.put(&blob, "", &one[..20]);
    assert!(update(&place, &["--from", &tag], 2).contains("does not have the digest"));
    server.raw(&blob, "302 Found", &format!("location: {blob}\r\ncontent-length: 0\r\n"), "");
    assert!(update(&place, &["--from", &tag], 2).contains("without end"));
    server.remove(&blob);
    assert!(update(&place, &["--from", &tag], 2).contains("cannot fetch ../../one"));
    assert!(update(&place, &["--from", &format!("{name}@sha256:{}", "0".repeat(64))], 2).contains("no such"));
    server.put(&format!("/v2/team/advisories/manifests/sha256:{}", "0".repeat(64)), kind, manifest);
    assert!(update(&place, &["--from", &format!("{name}@sha256:{}", "0".repeat(64))], 2).contains("digest"));
    assert!(update(&place, &["--offline", "--from", &tag], 2).contains("--offline"));
    assert!(index(&place) == before && kept(&place).is_empty());
}
