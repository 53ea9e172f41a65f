//! Images written by the tests themselves.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::io::Write as _;

use tempfile::TempDir;

use super::store::digest_of;
use super::*;

/// A member of a layer: a file, a link (`=> target` hard, `-> target` symbolic), or a folder (`/` at its end).
fn layer(members: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, text) in members {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        let (kind, target) = match (text.strip_prefix("=> "), text.strip_prefix("-> ")) {
            (Some(target), _) => (tar::EntryType::Link, Some(target)),
            (_, Some(target)) => (tar::EntryType::Symlink, Some(target)),
            _ if path.ends_with('/') => (tar::EntryType::Directory, None),
            _ => (tar::EntryType::Regular, None),
        };
        header.set_entry_type(kind);
        let body = if kind == tar::EntryType::Regular { text.as_bytes() } else { b"" };
        header.set_size(body.len() as u64);
        // The library refuses names that lead out; images from anybody do not.
        header.as_gnu_mut().unwrap().name[..path.len()].copy_from_slice(path.as_bytes());
        if let Some(target) = target {
            header.set_link_name(target).unwrap();
        }
        header.set_cksum();
        builder.append(&header, body).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Blobs of a layout, by path.
struct Layout(Vec<(String, Vec<u8>)>);

impl Layout {
    fn blob(&mut self, bytes: &[u8]) -> String {
        let digest = digest_of(bytes);
        self.0.push((format!("blobs/{}", digest.replace(':', "/")), bytes.to_vec()));
        digest
    }

    /// A manifest with these layers, as a descriptor.
    fn image(&mut self, layers: &[Vec<u8>], platform: &str, name: &str) -> String {
        let diffs: Vec<String> = layers.iter().map(|layer| format!("\"{}\"", digest_of(layer))).collect();
        let (os, architecture) = platform.split_once('/').unwrap();
        let config = format!(
            r#"{{"os": "{os}", "architecture": "{architecture}", "config": {{"Env": ["A=b"], "User": "me"}},
            "rootfs": {{"diff_ids": [{}]}}, "history": [{{"created_by": "RUN x"}}]}}"#,
            diffs.join(",")
        );
        let config = self.blob(config.as_bytes());
        let layers: Vec<String> =
            layers.iter().map(|layer| format!(r#"{{"digest": "{}"}}"#, self.blob(&gzip(layer)))).collect();
        let manifest = format!(r#"{{"config": {{"digest": "{config}"}}, "layers": [{}]}}"#, layers.join(","));
        let digest = self.blob(manifest.as_bytes());
        format!(
            r#"{{"digest": "{digest}", "platform": {{"os": "{os}", "architecture": "{architecture}"}},
            "annotations": {{"org.opencontainers.image.ref.name": "{name}"}}}}"#
        )
    }

    fn written(mut self, descriptors: &[String]) -> TempDir {
        self.0.push(("oci-layout".to_owned(), b"{\"imageLayoutVersion\": \"1.0.0\"}".to_vec()));
        self.0.push(("index.json".to_owned(), format!(r#"{{"manifests": [{}]}}"#, descriptors.join(",")).into_bytes()));
        let folder = TempDir::new().unwrap();
        for (path, bytes) in &self.0 {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        folder
    }
}

fn one_image(layers: &[Vec<u8>]) -> TempDir {
    let mut layout = Layout(Vec::new());
    let image = layout.image(layers, "linux/amd64", "latest");
    layout.written(&[image])
}

fn told(path: &Path, choice: &Choice) -> Result<Vec<String>, ImageError> {
    let image = Image::open(path, choice)?;
    let mut out = Vec::new();
    let wanted = |path: &str| match path.rsplit('/').next() {
        Some("prog") => Want::IfProgram,
        _ if path.ends_with(".txt") => Want::Yes,
        _ => Want::No,
    };
    image.read(&wanted, &mut |layer, event| {
        out.push(match event {
            Event::File { path, bytes } => format!("{layer} {path} {}", String::from_utf8_lossy(bytes)),
            Event::Unread { path, reason } => format!("{layer} {path} unread {reason}"),
            Event::Gone { path } => format!("{layer} {path} gone"),
        });
        true
    })?;
    Ok(out)
}

#[test]
fn what_layers_bring_and_take_away() {
    let folder = one_image(&[
        layer(&[
            ("./a.txt", "one"),
            ("b/", ""),
            ("b/c.txt", "two"),
            ("b/d/e.txt", "three"),
            ("b.txt", "beside"),
            ("/abs/f.txt", "four"),
            ("../out.txt", "outside"),
            ("g.txt", "=> a.txt"),
            ("h.txt", "-> a.txt"),
            ("prog", "text"),
            ("x/prog", "\x7fELF..."),
            ("opaque/old.txt", "old"),
            ("deep/under/it.txt", "deep"),
        ]),
        layer(&[
            (".wh.a.txt", ""),
            ("b/c.txt", "newer"),
            ("b/.wh.d", ""),
            ("opaque/new.txt", "new"),
            ("opaque/.wh..wh..opq", ""),
            ("deep", "-> elsewhere"),
        ]),
        layer(&[("a.txt", "again"), ("b.txt", "-> a.txt")]),
    ]);
    let expected = [
        "0 a.txt one",
        "0 b/c.txt two",
        "0 b/d/e.txt three",
        "0 b.txt beside",
        "0 abs/f.txt four",
        "0 out.txt outside",
        "0 g.txt one",
        "0 x/prog \x7fELF...",
        "0 opaque/old.txt old",
        "0 deep/under/it.txt deep",
        "1 a.txt gone",
        "1 b/c.txt gone",
        "1 b/c.txt newer",
        "1 b/d/e.txt gone",
        "1 opaque/new.txt new",
        "1 opaque/old.txt gone",
        "1 deep/under/it.txt gone",
        "2 a.txt again",
        "2 b.txt gone",
    ];
    assert_eq!(told(folder.path(), &Choice::default()).unwrap(), expected);
    assert!(is_image(folder.path()) && !is_image(&folder.path().join("blobs")));

    // The same as an archive.
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_dir_all(".", folder.path()).unwrap();
    let file = folder.path().join("image.tar");
    fs::write(&file, builder.into_inner().unwrap()).unwrap();
    assert!(is_image(&file));
    assert_eq!(told(&file, &Choice::default()).unwrap(), expected);
    fs::write(&file, gzip(&fs::read(&file).unwrap())).unwrap();
    assert!(told(&file, &Choice::default()).unwrap_err().to_string().contains("compressed"));
}

#[test]
fn archives_that_are_compressed_as_a_whole_are_unpacked_and_bombs_are_not() {
    let folder = one_image(&[layer(&[("a.txt", "one")])]);
    let mut builder = tar::Builder::new(Vec::new());
    // As engines write it: blobs first.
    for name in ["blobs", "oci-layout", "index.json"] {
        let path = folder.path().join(name);
        if path.is_dir() { builder.append_dir_all(name, path) } else { builder.append_path_with_name(path, name) }
            .unwrap();
    }
    let plain = builder.into_inner().unwrap();
    let zstd = ruzstd::encoding::compress_to_vec(plain.as_slice(), ruzstd::encoding::CompressionLevel::Fastest);
    let path = folder.path().join("image");
    let unpacked = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        assert!(is_packed(&path));
        let mut file = tempfile::tempfile().unwrap();
        unpack(&path, &mut file).map(|()| file)
    };
    for bytes in [gzip(&plain), zstd] {
        let file = unpacked(&bytes).unwrap();
        assert!(is_packed_image(&path) && !is_image(&path));
        let image = Image::in_file(file, &Choice::default()).unwrap();
        let mut seen = Vec::new();
        image
            .read(&|_| Want::Yes, &mut |_, event| {
                seen.push(format!("{event:?}"));
                true
            })
            .unwrap();
        assert_eq!(seen.len(), 1);
        assert!(unpacked(&bytes[..bytes.len() - 9]).is_err(), "cut off");
    }
    let twice = unpacked(&gzip(&gzip(&plain))).unwrap();
    assert!(!is_packed_image(&path));
    assert!(Image::in_file(twice, &Choice::default()).unwrap_err().to_string().contains("compressed"));
    unpacked(&gzip(&layer(&[("shop-1.0/manifest.json", "{}"), ("index.json", "{}")]))).unwrap();
    assert!(!is_packed_image(&path), "sources of somebody");
}

/// One member of any kind, with any name.
fn raw(kind: u8, name: &[u8], target: &str, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut header = tar::Header::new_gnu();
    if name.len() > 100 {
        let mut long = tar::Header::new_gnu();
        long.set_entry_type(tar::EntryType::GNULongName);
        long.set_size(name.len() as u64 + 1);
        long.set_cksum();
        out.extend(long.as_bytes());
        out.extend(name);
        out.resize((out.len() + 1).next_multiple_of(512), 0);
    }
    let short = &name[..name.len().min(100)];
    header.as_gnu_mut().unwrap().name[..short.len()].copy_from_slice(short);
    header.set_entry_type(tar::EntryType::new(kind));
    header.as_gnu_mut().unwrap().linkname[..target.len()].copy_from_slice(target.as_bytes());
    header.set_size(body.len() as u64);
    header.set_cksum();
    out.extend(header.as_bytes());
    out.extend(body);
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

#[test]
fn odd_names_links_and_whiteouts_hide_nothing() {
    let first = [
        raw(b'0', b"a.txt", "", b"a"),
        raw(b'0', b"d/b.txt", "", b"b"),
        raw(b'0', b"d/e/c.txt", "", b"c"),
        raw(b'0', b"caf\xe9.txt", "", b"not UTF-8"),
        raw(b'0', b"./../../up.txt", "", b"up"),
        raw(b'2', b"loop.txt", "loop.txt", b""),
        raw(b'2', b"out.txt", "../../../etc/passwd", b""),
        raw(b'2', b"d/to.txt", "../a.txt", b""),
        raw(b'2', b"abs.txt", "/d/b.txt", b""),
        raw(b'1', b"hard.txt", "../../../a.txt", b""),
        raw(b'1', b"self.txt", "self.txt", b""),
        raw(b'3', b"dev.txt", "", b""),
        raw(b'6', b"pipe.txt", "", b""),
        raw(b'0', &[b"x/".repeat(3000), b"long.txt".to_vec()].concat(), "", b"deep"),
        raw(b'0', &[b"y".repeat(300), b".txt".to_vec()].concat(), "", b"long"),
    ]
    .concat();
    let second = [
        raw(b'0', b".wh.", "", b""),
        raw(b'0', b"d/.wh.", "", b""),
        raw(b'0', b"d/.wh..", "", b""),
        raw(b'0', b"d/.wh...", "", b""),
        raw(b'0', b".wh..wh.plnk", "", b""),
        raw(b'5', b"d/e/.wh.none/", "", b""),
        raw(b'2', b"d/.wh.b.txt", "x", b""),
        raw(b'0', b"d/.wh..opq", "", b""),
        raw(b'0', b"d/../.wh.up.txt", "", b""),
    ]
    .concat();
    let folder = one_image(&[first, second, raw(b'0', b"d/e/.wh..wh..opq", "", b"")]);
    let unclear = "it marks the absence of nothing, and engines make different things of that";
    let link = "a symbolic link to a file that is not wanted under its own name";
    assert_eq!(
        told(folder.path(), &Choice::default()).unwrap(),
        [
            "0 a.txt a".to_owned(),
            "0 d/b.txt b".to_owned(),
            "0 d/e/c.txt c".to_owned(),
            "0 caf\\xe9.txt not UTF-8".to_owned(),
            "0 up.txt up".to_owned(),
            format!("0 loop.txt unread {link}"),
            format!("0 out.txt unread {link}"),
            "0 hard.txt a".to_owned(),
            "0 self.txt unread a hard link to a file that is not wanted under its own name, or is large".to_owned(),
            format!("0 {}… unread its path is longer than any system takes", "x/".repeat(50)),
            format!("0 {}.txt long", "y".repeat(300)),
            format!("1 .wh. unread {unclear}"),
            format!("1 d/.wh. unread {unclear}"),
            format!("1 d/.wh.. unread {unclear}"),
            format!("1 d/.wh... unread {unclear}"),
            "1 d/b.txt gone".to_owned(),
            "1 up.txt gone".to_owned(),
            "2 d/e/c.txt gone".to_owned(),
        ]
    );
}

#[test]
fn layers_that_unpack_to_too_much_or_are_endless_end_the_reading() {
    // A header that promises more than there is.
    let mut lying = raw(b'0', b"a.txt", "", b"text");
    let size = b"77777777777\0";
    lying[124..136].copy_from_slice(size);
    lying[148..156].copy_from_slice(b"        ");
    let sum: u32 = lying[..512].iter().map(|byte| u32::from(*byte)).sum();
    lying[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    assert!(told(one_image(&[lying]).path(), &Choice::default()).is_err());
    // Names that nobody keeps in mind.
    let deep = |number: usize| [format!("{number}/").into_bytes(), b"x/".repeat(2000), b"a.txt".to_vec()].concat();
    let names: Vec<u8> = (0..200).flat_map(|number| raw(b'0', &deep(number), "", b"")).collect();
    let error = told(one_image(&[names]).path(), &Choice::default()).unwrap_err();
    assert!(format!("{:?}", error).contains("kept in mind"), "{error:?}");
    let links: Vec<u8> = (0..100_001).flat_map(|_| raw(b'1', b"l.txt", "none", b"")).collect();
    let error = told(one_image(&[links]).path(), &Choice::default()).unwrap_err();
    assert!(format!("{:?}", error).contains("than are told"), "{error:?}");
}

#[test]
fn what_cannot_be_had_is_told() {
    let mut sparse = tar::Header::new_gnu();
    sparse.set_entry_type(tar::EntryType::GNUSparse);
    sparse.set_size(512);
    let gnu = sparse.as_gnu_mut().unwrap();
    gnu.name[..9].copy_from_slice(b"holes.txt");
    // One block of its map follows the header, before the bytes.
    gnu.isextended[0] = 1;
    sparse.set_cksum();
    let mut first = sparse.as_bytes().to_vec();
    first.extend([0; 512]);
    first.extend([b'x'; 512]);
    first.extend(layer(&[
        ("a/../../b.txt", "roundabout"),
        ("lost.txt", "=> nowhere/else"),
        ("c.txt", "file"),
        ("d.txt", "file"),
        ("x.unwanted", "-> ../.."),
    ]));
    let mut device = tar::Header::new_gnu();
    device.set_entry_type(tar::EntryType::Char);
    device.set_path("d.txt").unwrap();
    device.set_size(0);
    device.set_cksum();
    let mut second = device.as_bytes().to_vec();
    second.extend(layer(&[("c.txt/", ""), ("b.txt", "=> b.txt")]));
    let folder = one_image(&[first, second]);
    assert_eq!(
        told(folder.path(), &Choice::default()).unwrap(),
        [
            "0 holes.txt unread a sparse file, whose holes are not filled here",
            "0 b.txt roundabout",
            "0 lost.txt unread a hard link to a file that is not wanted under its own name, or is large",
            "0 c.txt file",
            "0 d.txt file",
            "1 d.txt gone",
            "1 c.txt gone",
            "1 b.txt gone",
            "1 b.txt unread a hard link to a file that is not wanted under its own name, or is large",
        ]
    );
}

#[test]
fn frames_of_zstd_without_content_are_passed_over() {
    use std::io::Read as _;
    let frame = |text: &[u8]| ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest);
    let skipped = [&[0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    let whole = [skipped.clone(), frame(b"one "), skipped.clone(), frame(b"two"), skipped].concat();
    let read = |bytes: &[u8]| {
        let mut out = String::new();
        crate::archive::zstd::Zstd::new(bytes).read_to_string(&mut out).map(|_| out)
    };
    assert_eq!(read(&whole).unwrap(), "one two");
    assert!(read(&whole[..whole.len() - 1]).is_err());
    assert!(read(&whole[..9]).is_err());
}

#[test]
fn bytes_that_are_not_what_their_digest_says_end_the_reading() {
    let files = [layer(&[("a.txt", "one")]), layer(&[("b.txt", "two")])];
    let names: Vec<String> = {
        let folder = one_image(&files);
        fs::read_dir(folder.path().join("blobs/sha256"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    assert_eq!(names.len(), 4);
    for name in names {
        for cut in [true, false] {
            let folder = one_image(&files);
            let path = folder.path().join("blobs/sha256").join(&name);
            let mut bytes = fs::read(&path).unwrap();
            let last = bytes.len() - 1;
            if cut {
                bytes.truncate(last)
            } else {
                *bytes.last_mut().unwrap() ^= 1
            }
            fs::write(&path, bytes).unwrap();
            assert!(told(folder.path(), &Choice::default()).is_err(), "{name} {cut}");
        }
        let folder = one_image(&files);
        fs::remove_file(folder.path().join("blobs/sha256").join(&name)).unwrap();
        assert!(matches!(told(folder.path(), &Choice::default()), Err(ImageError::Missing(_))));
    }
    // A layer whose unpacked bytes are others than the configuration says.
    let mut layout = Layout(Vec::new());
    let image = layout.image(&files, "linux/amd64", "latest");
    let other = gzip(&layer(&[("c.txt", "three")]));
    let real = digest_of(&gzip(&files[1]));
    let path = format!("blobs/{}", digest_of(&other).replace(':', "/"));
    layout.0.push((path, other.clone()));
    let manifest = layout.0.iter().position(|(_, bytes)| bytes.starts_with(b"{\"config\"")).unwrap();
    let changed = String::from_utf8(layout.0[manifest].1.clone()).unwrap().replace(&real, &digest_of(&other));
    let digest = layout.blob(changed.as_bytes());
    let was = digest_of(&layout.0[manifest].1.clone());
    let folder = layout.written(&[image.replace(&was, &digest)]);
    assert!(matches!(told(folder.path(), &Choice::default()), Err(ImageError::Digest(_))));
}

#[test]
fn one_of_several_is_never_guessed() {
    let mut layout = Layout(Vec::new());
    let amd = layout.image(&[layer(&[("a.txt", "amd")])], "linux/amd64", "v1");
    let arm = layout.image(&[layer(&[("a.txt", "arm")])], "linux/arm64", "v1");
    let other = layout.image(&[layer(&[("a.txt", "other")])], "linux/amd64", "v2");
    let index = layout.blob(format!(r#"{{"manifests": [{arm}, {amd}]}}"#).as_bytes());
    let nested = format!(r#"{{"digest": "{index}", "annotations": {{"org.opencontainers.image.ref.name": "both"}}}}"#);
    let folder = layout.written(&[amd, other, nested]);
    let of = |name: Option<&str>, platform: Option<&str>| {
        let platform = platform.map(|text| text.parse().unwrap());
        told(folder.path(), &Choice { name: name.map(str::to_owned), platform }).map(|lines| lines.join("\n"))
    };
    assert!(matches!(of(None, None), Err(ImageError::Several(names)) if names == ["v1", "v2", "both"]));
    assert_eq!(of(Some("v2"), None).unwrap(), "0 a.txt other");
    assert_eq!(of(Some("both"), None).unwrap(), "0 a.txt amd");
    assert_eq!(of(Some("both"), Some("linux/arm64")).unwrap(), "0 a.txt arm");
    assert!(matches!(of(Some("both"), Some("windows/amd64")), Err(ImageError::None { .. })));
    assert!(matches!(of(Some("v3"), None), Err(ImageError::None { .. })));
}

#[test]
fn what_docker_saves() {
    let one = layer(&[("a.txt", "one")]);
    let config =
        format!(r#"{{"os": "linux", "architecture": "amd64", "rootfs": {{"diff_ids": ["{}"]}}}}"#, digest_of(&one));
    let list = r#"[{"Config": "c.json", "RepoTags": ["docker.io/library/shop:1"], "Layers": ["l/layer.tar"]}]"#;
    let written = |config: &str, list: &str| {
        let mut builder = tar::Builder::new(Vec::new());
        for (path, bytes) in
            [("l/layer.tar", one.as_slice()), ("c.json", config.as_bytes()), ("manifest.json", list.as_bytes())]
        {
            let mut header = tar::Header::new_ustar();
            header.set_size(bytes.len() as u64);
            builder.append_data(&mut header, path, bytes).unwrap();
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), builder.into_inner().unwrap()).unwrap();
        file
    };
    assert_eq!(told(written(&config, list).path(), &Choice::default()).unwrap(), ["0 a.txt one"]);
    for (name, there) in
        [("shop:1", true), ("1", true), ("library/shop:1", true), ("op:1", false), ("shop:2", false), ("", false)]
    {
        let choice = Choice { name: Some(name.to_owned()), platform: None };
        assert_eq!(told(written(&config, list).path(), &choice).is_ok(), there, "{name}");
    }
    for (config, list) in [
        (config.as_str(), "[]"),
        (config.as_str(), "{"),
        (config.as_str(), &list.replace("l/layer.tar", "../../etc/passwd")),
        (&config.replace("sha256:", "sha256:0"), list),
        ("{}", list),
    ] {
        assert!(told(written(config, list).path(), &Choice::default()).is_err(), "{config} {list}");
    }
}
