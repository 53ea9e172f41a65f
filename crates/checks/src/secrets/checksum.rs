//! Checksums that some token formats carry, so that a made-up token is told from a real one.
//!
//! Only formats whose checksum is publicly described are here; a detector without one says nothing about it.

/// The checksums we can verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Checksum {
    /// The last six characters are the CRC-32 of the characters after the prefix, in base 62 (GitHub, npm).
    Crc32Base62,
    /// The last eight hexadecimal digits are the CRC-32 of all before the last `_`, low byte first (Grafana).
    Crc32HexAfterUnderscore,
    /// Bech32 (age identities).
    Bech32,
}

impl Checksum {
    /// Whether the value carries the checksum it should.
    pub(super) fn holds(self, value: &[u8]) -> bool {
        match self {
            Self::Crc32Base62 => {
                let start = value.iter().position(|byte| *byte == b'_').map_or(0, |at| at + 1);
                crc_base62(value.get(start..).unwrap_or(&[]))
            }
            Self::Crc32HexAfterUnderscore => {
                let Some(at) = value.iter().rposition(|byte| *byte == b'_') else { return false };
                let (head, tail) = value.split_at(at);
                let digits = tail.get(1..).unwrap_or(&[]);
                let sum = std::str::from_utf8(digits).ok().and_then(|text| u32::from_str_radix(text, 16).ok());
                digits.len() == 8 && sum == Some(crc32(head).swap_bytes())
            }
            Self::Bech32 => bech32(value),
        }
    }
}

fn crc_base62(text: &[u8]) -> bool {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some(cut) = text.len().checked_sub(6) else { return false };
    let (body, check) = text.split_at(cut);
    let mut crc = crc32(body);
    check.iter().rev().all(|byte| {
        let digit = DIGITS.get((crc % 62) as usize);
        crc /= 62;
        digit == Some(byte)
    })
}

/// CRC-32 as in IEEE 802.3, bit by bit: values are short and rare.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & 0_u32.wrapping_sub(crc & 1)))
    })
}

fn bech32(value: &[u8]) -> bool {
    const DIGITS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let lower = value.to_ascii_lowercase();
    let Some(separator) = lower.iter().rposition(|byte| *byte == b'1') else { return false };
    let (human, data) = lower.split_at(separator);
    let mut state = 1_u32;
    let mut feed = |digit: u32| {
        let top = state >> 25;
        state = (state & 0x01ff_ffff) << 5 ^ digit;
        for (bit, generator) in GENERATOR.iter().enumerate() {
            if top >> bit & 1 == 1 {
                state ^= generator;
            }
        }
    };
    human.iter().for_each(|byte| feed(u32::from(byte >> 5)));
    feed(0);
    human.iter().for_each(|byte| feed(u32::from(byte & 31)));
    for byte in data.get(1..).unwrap_or(&[]) {
        let Some(digit) = DIGITS.iter().position(|known| known == byte) else { return false };
        feed(u32::try_from(digit).unwrap_or(0));
    }
    state == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_of_the_standard_check_string() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn base62_checksums_hold_only_when_unchanged() {
        // Computed here, so that no token stands in the source.
        let body = [b'0'; 30];
        let mut crc = crc32(&body);
        let mut check = [0_u8; 6];
        for slot in check.iter_mut().rev() {
            *slot = *b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                .get((crc % 62) as usize)
                .unwrap_or(&b'0');
            crc /= 62;
        }
        let mut token = b"ghp_".to_vec();
        token.extend_from_slice(&body);
        token.extend_from_slice(&check);
        assert!(Checksum::Crc32Base62.holds(&token));
        token[10] = b'1';
        assert!(!Checksum::Crc32Base62.holds(&token));
    }

    #[test]
    fn bech32_vector_of_bip173() {
        assert!(bech32(b"A12UEL5L"));
        assert!(bech32(b"abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"));
        assert!(!bech32(b"A12UEL5M"));
    }
}
