//! Container images.

use std::collections::BTreeSet;

use palisade_source::image::{Choice, Event, Image, Want};

/// Any bytes as an archive of an image: an error, or the same events twice, of paths that lead nowhere else.
pub(crate) fn read(bytes: &[u8]) {
    let events = told(bytes);
    assert_eq!(events, told(bytes), "an image reads differently the second time");
}

fn told(bytes: &[u8]) -> Option<(Vec<String>, bool)> {
    let image = Image::in_memory(bytes.to_vec(), &Choice::default()).ok()?;
    let (mut events, mut there) = (Vec::new(), BTreeSet::new());
    let wanted = |path: &str| match path.len() % 4 {
        0 => Want::IfProgramOrText,
        1 => Want::No,
        _ => Want::Yes,
    };
    let whole = image.read(&wanted, &mut |layer, event| {
        assert!(layer < image.layers.len(), "a layer that is not there");
        let (path, what) = match event {
            Event::File { path, bytes } => {
                there.insert(path.to_owned());
                (path, format!("{} bytes", bytes.len()))
            }
            Event::Unread { path, reason } => {
                there.insert(path.to_owned());
                (path, reason.to_owned())
            }
            Event::Gone { path } => {
                assert!(there.remove(path), "{path} goes that never came");
                (path, "gone".to_owned())
            }
        };
        assert!(!path.split('/').any(|part| matches!(part, "" | "." | "..")), "{path:?} leads elsewhere");
        events.push(format!("{layer} {path} {what}"));
        true
    });
    Some((events, whole.is_ok()))
}

/// Archives to begin with: one as `docker save` writes it, of two layers.
pub(crate) fn archives() -> Vec<Vec<u8>> {
    let first = tar(&[("etc/a", b"one"), ("etc/bb", b"two"), ("x/ccc", b"\x7fELF")]);
    let second = tar(&[("etc/.wh.a", b""), ("x/.wh..wh..opq", b""), ("etc/bb", b"again")]);
    let config = br#"{"os": "linux", "architecture": "amd64", "config": {"Env": ["A=b"]},
        "rootfs": {"diff_ids": ["sha256:0000000000000000000000000000000000000000000000000000000000000000",
        "sha256:0000000000000000000000000000000000000000000000000000000000000000"]}, "history": [{"created_by": "x"}]}"#;
    let list = br#"[{"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["1/layer.tar", "2/layer.tar"]}]"#;
    vec![tar(&[("manifest.json", list), ("c.json", config), ("1/layer.tar", &first), ("2/layer.tar", &second)])]
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, bytes) in files {
        let mut header = vec![0_u8; 512];
        let mut put = |at: usize, text: &[u8]| {
            header.iter_mut().skip(at).zip(text).for_each(|(slot, byte)| *slot = *byte);
        };
        put(0, name.as_bytes());
        put(100, b"0000644\0");
        put(124, format!("{:011o}\0", bytes.len()).as_bytes());
        put(148, b"        ");
        put(156, b"0");
        put(257, b"ustar\x0000");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header.iter_mut().skip(148).zip(format!("{sum:06o}\0 ").bytes()).for_each(|(slot, byte)| *slot = byte);
        out.extend(header);
        out.extend(*bytes);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}
