//! The ledger under eyes that share no code with it: OpenSSL for its signature, Go's transparency log for its tree.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Bench, observed};

/// More than one full tile of 256, so that partial tiles and a second level occur.
const ENTRIES: usize = 700;

/// What stands before the 32 bytes of an Ed25519 key in its DER form (RFC 8410).
const ED25519_DER: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// OpenSSL accepts the checkpoint's signature, and refuses it over another text.
pub(super) fn openssl(bench: &Bench) -> Result<String> {
    let openssl = bench.debian("openssl", "openssl")?;
    let ledger = filled(bench)?;
    let note = std::fs::read_to_string(ledger.join("checkpoint")).context("the ledger's checkpoint")?;
    let (text, signatures) = note.split_once("\n\n").context("the checkpoint is no signed note")?;
    let line = signatures.lines().next().context("the checkpoint has no signature")?;
    let signature = STANDARD.decode(line.rsplit(' ').next().unwrap_or_default())?;
    let key = std::fs::read_to_string(ledger.join("key.pub")).context("the ledger's key.pub")?;
    // The key itself may hold a `+`.
    let key = STANDARD.decode(key.trim().splitn(3, '+').last().unwrap_or_default())?;
    let (Some(signature), Some((1, key))) = (signature.get(4..), key.split_first()) else {
        bail!("signature or key is not of Ed25519");
    };
    let file = |name: &str, bytes: &[u8]| -> Result<PathBuf> {
        let path = bench.scratch.join(name);
        std::fs::write(&path, bytes)?;
        Ok(path)
    };
    let key = file("key.der", &[ED25519_DER.as_slice(), key].concat())?;
    let signature = file("signature", signature)?;
    let verify = |signed: &Path| {
        let mut command = Command::new(&openssl);
        command.args(["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin", "-inkey"]).arg(&key);
        observed(command.arg("-in").arg(signed).arg("-sigfile").arg(&signature))
    };
    let (code, out, errors) = verify(&file("text", format!("{text}\n").as_bytes())?)?;
    if code != 0 {
        bail!("openssl refuses the signature: {out}{errors}");
    }
    let (code, ..) = verify(&file("other", format!("{text}!\n").as_bytes())?)?;
    if code == 0 {
        bail!("openssl accepts the signature over another text");
    }
    Ok("the checkpoint's signature holds, and over another text it does not".to_owned())
}

/// Go's `sumdb` packages read checkpoint, tiles and proofs, and refuse an edited entry.
pub(super) fn sumdb(bench: &Bench) -> Result<String> {
    let oracle = bench.oracle("ledger")?;
    let ledger = filled(bench)?;
    for index in [0, 255, 256, ENTRIES - 1] {
        let words = ["ledger", "prove", &index.to_string(), "--ledger", &ledger.to_string_lossy()];
        let (code, proof, errors) = observed(&mut bench.palisade(&bench.scratch, &words))?;
        if code != 0 {
            bail!("ledger prove {index} ended with {code}: {errors}");
        }
        std::fs::write(bench.scratch.join(format!("{index}.tlog-proof")), proof)?;
    }
    let proofs = |name: &str| bench.scratch.join(name);
    let mut command = Command::new(&oracle);
    command.arg(&ledger);
    for index in [0, 255, 256, ENTRIES - 1] {
        command.arg(proofs(&format!("{index}.tlog-proof")));
    }
    let (code, out, errors) = observed(&mut command)?;
    if code != 0 {
        bail!("{out}{errors}");
    }
    // One byte of the first bundle of entries: the oracle must see it, and so must we.
    let bundle = ledger.join("tile/entries/000");
    let mut bytes = std::fs::read(&bundle).context("the first bundle of entries")?;
    let place = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(place) {
        *byte ^= 1;
    }
    std::fs::write(&bundle, bytes)?;
    let (code, ..) = observed(Command::new(&oracle).arg(&ledger))?;
    let words = ["ledger", "verify", "--ledger", &ledger.to_string_lossy()];
    let (ours, ..) = observed(&mut bench.palisade(&bench.scratch, &words))?;
    if code == 0 || ours == 0 {
        bail!("an edited entry went unseen: oracle {code}, palisade {ours}");
    }
    Ok(out.trim().to_owned())
}

/// A ledger with [`ENTRIES`] entries, made by the binary.
fn filled(bench: &Bench) -> Result<PathBuf> {
    let ledger = bench.scratch.join("ledger");
    let rows: String =
        (0..ENTRIES).map(|number| format!("{{\"number\":{number},\"note\":\"entry {number}\"}}\n")).collect();
    let file = bench.scratch.join("entries.jsonl");
    std::fs::write(&file, rows)?;
    let words = ["ledger", "append", "--ledger", &ledger.to_string_lossy(), &file.to_string_lossy()];
    let (code, _, errors) = observed(&mut bench.palisade(&bench.scratch, &words))?;
    if code != 0 {
        bail!("ledger append ended with {code}: {errors}");
    }
    Ok(ledger)
}
