//! The named parts of programs: ELF, PE and Mach-O, as far as their tables of sections go.

/// Sections of one program; some hundred are usual.
const SECTIONS_MAX: usize = 65_536;

/// Whether bytes begin as programs and libraries do.
pub(super) fn is_program(head: &[u8]) -> bool {
    let starts = |magic: &[u8]| head.starts_with(magic);
    starts(b"\x7fELF")
        || starts(b"MZ")
        || starts(&[0xCE, 0xFA, 0xED, 0xFE])
        || starts(&[0xCF, 0xFA, 0xED, 0xFE])
        || starts(&[0xFE, 0xED, 0xFA, 0xCE])
        || starts(&[0xFE, 0xED, 0xFA, 0xCF])
        || starts(&[0xCA, 0xFE, 0xBA, 0xBE])
}

/// The bytes of the section of a name.
pub(super) fn named<'b>(bytes: &'b [u8], name: &str) -> Option<&'b [u8]> {
    match bytes {
        [0x7F, b'E', b'L', b'F', ..] => elf(bytes, name),
        [b'M', b'Z', ..] => pe(bytes, name),
        [0xCF, 0xFA, 0xED, 0xFE, ..] => mach(bytes, name),
        _ => None,
    }
}

/// Numbers of one order.
#[derive(Clone, Copy)]
struct Numbers<'b> {
    bytes: &'b [u8],
    big: bool,
}

impl Numbers<'_> {
    fn get(self, at: usize, width: usize) -> Option<usize> {
        let bytes = self.bytes.get(at..at.checked_add(width)?)?;
        let join = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        let value = if self.big { bytes.iter().fold(0, join) } else { bytes.iter().rev().fold(0, join) };
        usize::try_from(value).ok()
    }
}

fn part(bytes: &[u8], start: usize, length: usize) -> Option<&[u8]> {
    bytes.get(start..start.checked_add(length)?)
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

fn elf<'b>(bytes: &'b [u8], name: &str) -> Option<&'b [u8]> {
    let wide = *bytes.get(4)? == 2;
    let numbers = Numbers { bytes, big: *bytes.get(5)? == 2 };
    let word = if wide { 8 } else { 4 };
    let table = numbers.get(if wide { 0x28 } else { 0x20 }, word)?;
    let tail = if wide { 0x3A } else { 0x2E };
    let (size, count, names) = (numbers.get(tail, 2)?, numbers.get(tail + 2, 2)?, numbers.get(tail + 4, 2)?);
    // Name, type, flags, address, offset, size.
    let (offset_at, size_at) = if wide { (24, 32) } else { (16, 20) };
    let section = |number: usize| {
        let at = table.checked_add(number.checked_mul(size)?)?;
        let start = numbers.get(at.checked_add(offset_at)?, word)?;
        Some((numbers.get(at, 4)?, part(bytes, start, numbers.get(at.checked_add(size_at)?, word)?)?))
    };
    let (_, names) = section(names)?;
    (0..count.min(SECTIONS_MAX)).find_map(|number| {
        let (at, content) = section(number)?;
        (until_nul(names.get(at..)?) == name.as_bytes()).then_some(content)
    })
}

fn pe<'b>(bytes: &'b [u8], name: &str) -> Option<&'b [u8]> {
    let numbers = Numbers { bytes, big: false };
    let head = numbers.get(0x3C, 4)?;
    if part(bytes, head, 4)? != b"PE\0\0" {
        return None;
    }
    let (count, optional) = (numbers.get(head + 6, 2)?, numbers.get(head + 20, 2)?);
    let table = head + 24 + optional;
    (0..count.min(SECTIONS_MAX)).find_map(|number| {
        let at = table + number * 40;
        let size = numbers.get(at + 8, 4)?.min(numbers.get(at + 16, 4)?);
        let content = part(bytes, numbers.get(at + 20, 4)?, size)?;
        (until_nul(part(bytes, at, 8)?) == name.as_bytes()).then_some(content)
    })
}

/// 64 bits, the little end first: all that Apple still runs.
fn mach<'b>(bytes: &'b [u8], name: &str) -> Option<&'b [u8]> {
    const SEGMENT_64: usize = 0x19;
    let numbers = Numbers { bytes, big: false };
    let commands = numbers.get(16, 4)?.min(SECTIONS_MAX);
    let mut at = 32;
    for _ in 0..commands {
        let (kind, size) = (numbers.get(at, 4)?, numbers.get(at + 4, 4)?);
        if kind == SEGMENT_64 {
            for number in 0..numbers.get(at + 64, 4)?.min(SECTIONS_MAX) {
                let section = at + 72 + number * 80;
                let content = part(bytes, numbers.get(section + 48, 4)?, numbers.get(section + 40, 8)?);
                if until_nul(part(bytes, section, 16)?) == name.as_bytes() {
                    return content;
                }
            }
        }
        if size < 8 {
            return None;
        }
        at = at.checked_add(size)?;
    }
    None
}

#[cfg(test)]
pub(super) mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    /// A program of 64 bits with one section.
    pub(in super::super) fn elf(name: &str, content: &[u8]) -> Vec<u8> {
        let names = [b"\0", name.as_bytes(), b"\0"].concat();
        let mut out = b"\x7fELF\x02\x01\x01".to_vec();
        out.resize(64, 0);
        let names_at = out.len();
        out.extend_from_slice(&names);
        let content_at = out.len();
        out.extend_from_slice(content);
        let table = out.len();
        for (name, start, size) in [(0, names_at, names.len()), (1, content_at, content.len())] {
            let mut section = u32::to_le_bytes(name).to_vec();
            section.resize(24, 0);
            section.extend_from_slice(&(start as u64).to_le_bytes());
            section.extend_from_slice(&(size as u64).to_le_bytes());
            section.resize(64, 0);
            out.extend_from_slice(&section);
        }
        out[0x28..0x30].copy_from_slice(&(table as u64).to_le_bytes());
        out[0x3A..0x40].copy_from_slice(&[64, 0, 2, 0, 0, 0]);
        out
    }

    #[test]
    fn sections_are_found_and_lies_end() {
        let program = elf(".dep-v0", b"content");
        assert_eq!(named(&program, ".dep-v0"), Some(b"content".as_slice()));
        assert_eq!(named(&program, ".dep"), None);
        // Behind the last size stands nothing that is read.
        for at in 0..program.len() {
            assert!(at + 24 >= program.len() || named(&program[..at], ".dep-v0").is_none());
            let mut changed = program.clone();
            *changed.get_mut(at).unwrap() = 0xFF;
            let _ = named(&changed, ".dep-v0");
        }
        for head in [b"MZ".as_slice(), &[0xCF, 0xFA, 0xED, 0xFE], b"\x7fELF"] {
            let mut odd = head.to_vec();
            odd.resize(4096, 0xFF);
            assert_eq!(named(&odd, "x"), None);
            odd.resize(100, 0);
            let _ = named(&odd[..64], "x");
        }
    }
}
