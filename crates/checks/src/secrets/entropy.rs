//! How random a value looks: Shannon entropy, character classes, and how much its letters read like words.
//!
//! It refuses to decide anything: it gives numbers, and the detectors hold the thresholds.

/// Shannon entropy of the bytes in bits per byte; 0 for the empty value.
pub(super) fn shannon(value: &[u8]) -> f32 {
    if value.is_empty() {
        return 0.0;
    }
    let mut counts = [0_u16; 256];
    for byte in value {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count = count.saturating_add(1);
        }
    }
    let total = value.len() as f32;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f32::from(*count) / total;
            -share * share.log2()
        })
        .sum()
}

/// Counts of character classes in a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Classes {
    /// `a` to `z`.
    pub(super) lower: usize,
    /// `A` to `Z`.
    pub(super) upper: usize,
    /// `0` to `9`.
    pub(super) digit: usize,
    /// Everything else.
    pub(super) other: usize,
    /// Times a neighbouring pair changes between letter case or between letter and digit.
    pub(super) changes: usize,
    /// Different bytes.
    pub(super) distinct: usize,
}

impl Classes {
    /// Counts the classes of a value.
    pub(super) fn of(value: &[u8]) -> Self {
        let mut classes = Self::default();
        let mut seen = [false; 256];
        let mut before = 0_u8;
        for byte in value {
            let class = match byte {
                b'a'..=b'z' => {
                    classes.lower += 1;
                    1
                }
                b'A'..=b'Z' => {
                    classes.upper += 1;
                    2
                }
                b'0'..=b'9' => {
                    classes.digit += 1;
                    3
                }
                _ => {
                    classes.other += 1;
                    4
                }
            };
            if before != 0 && class != before {
                classes.changes += 1;
            }
            before = class;
            if let Some(slot) = seen.get_mut(usize::from(*byte)) {
                classes.distinct += usize::from(!*slot);
                *slot = true;
            }
        }
        classes
    }

    /// How many of the four classes occur.
    pub(super) fn kinds(self) -> usize {
        [self.lower, self.upper, self.digit, self.other].into_iter().filter(|count| *count > 0).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_of_known_values() {
        assert_eq!(shannon(b""), 0.0);
        assert_eq!(shannon(b"aaaa"), 0.0);
        assert!((shannon(b"abcd") - 2.0).abs() < 1e-6);
    }

    #[test]
    fn classes_are_counted() {
        let classes = Classes::of(b"aB1-aB");
        assert_eq!(classes, Classes { lower: 2, upper: 2, digit: 1, other: 1, changes: 5, distinct: 4 });
        assert_eq!(classes.kinds(), 4);
    }
}
