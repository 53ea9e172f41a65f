//! The edits as a unified diff, byte for byte, as `git apply` and `patch` read it.

use std::io;
use std::ops::Range;

use palisade_checks::FixedFile;
use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};

use super::FixReport;

/// Unchanged lines around a change.
const CONTEXT_LINES: usize = 3;

/// The lines of a text, each with its ending.
pub(super) fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

/// The changes of a file, neighbours together with the lines around them.
pub(super) fn hunks(before: &[&[u8]], after: &[&[u8]]) -> Vec<Vec<DiffOp>> {
    group_diff_ops(capture_diff_slices(Algorithm::Myers, before, after), CONTEXT_LINES)
}

/// One line of a hunk.
pub(super) struct HunkLine {
    /// ` `, `-` or `+`.
    pub(super) sign: char,
    /// Which line of the old text, or of the new one for `+`.
    pub(super) at: usize,
}

/// The lines of a hunk in order.
pub(super) fn hunk_lines(hunk: &[DiffOp]) -> Vec<HunkLine> {
    let mut out = Vec::new();
    let mut push = |sign, range: Range<usize>| out.extend(range.map(|at| HunkLine { sign, at }));
    for change in hunk {
        match change.tag() {
            DiffTag::Equal => push(' ', change.old_range()),
            DiffTag::Delete => push('-', change.old_range()),
            DiffTag::Insert => push('+', change.new_range()),
            DiffTag::Replace => {
                push('-', change.old_range());
                push('+', change.new_range());
            }
        }
    }
    out
}

/// The lines that a hunk covers, in the old and in the new text.
pub(super) fn ranges(hunk: &[DiffOp]) -> (Range<usize>, Range<usize>) {
    let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { return (0..0, 0..0) };
    (first.old_range().start..last.old_range().end, first.new_range().start..last.new_range().end)
}

/// `@@ -1,7 +1,8 @@`
pub(super) fn head(hunk: &[DiffOp]) -> String {
    let (old, new) = ranges(hunk);
    let part = |range: Range<usize>| match range.len() {
        1 => format!("{}", range.start + 1),
        0 => format!("{},0", range.start),
        len => format!("{},{len}", range.start + 1),
    };
    format!("@@ -{} +{} @@", part(old), part(new))
}

/// Writes every change as one patch. It holds lines of the files as they are, so it is as secret as they are.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(report: &FixReport<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    for file in report.changed() {
        write_file(file, out)?;
    }
    Ok(())
}

fn write_file(file: &FixedFile, out: &mut dyn io::Write) -> io::Result<()> {
    write_diff(&file.path, &file.before, &file.after, out)
}

/// Writes what changed in one file.
pub(crate) fn write_diff(path: &str, before: &[u8], after: &[u8], out: &mut dyn io::Write) -> io::Result<()> {
    let (before, after) = (lines(before), lines(after));
    let (old, new) = (quoted("a/", path), quoted("b/", path));
    write!(out, "diff --git {old} {new}\n--- {old}\n+++ {new}\n")?;
    for hunk in hunks(&before, &after) {
        writeln!(out, "{}", head(&hunk))?;
        for line in hunk_lines(&hunk) {
            let text = if line.sign == '+' { after.get(line.at) } else { before.get(line.at) };
            let text = text.copied().unwrap_or_default();
            write!(out, "{}", line.sign)?;
            out.write_all(text)?;
            if !text.ends_with(b"\n") {
                out.write_all(b"\n\\ No newline at end of file\n")?;
            }
        }
    }
    Ok(())
}

/// A name as git writes it in a patch: quoted when it holds what would end it.
fn quoted(prefix: &str, path: &str) -> String {
    if !path.contains(|character: char| character.is_control() || matches!(character, '"' | '\\')) {
        return format!("{prefix}{path}");
    }
    let mut out = format!("\"{prefix}");
    for byte in path.bytes() {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            0x20..0x7f => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\{byte:03o}")),
        }
    }
    out.push('"');
    out
}
