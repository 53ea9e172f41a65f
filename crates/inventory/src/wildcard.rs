//! `*` and `?` within one name. It knows no slashes: whoever matches paths takes them apart first.

/// Whether a pattern matches a whole name: linear in practice, and never worse than the product of the lengths.
#[must_use]
pub fn covers(part: &str, name: &str) -> bool {
    let (part, name): (Vec<char>, Vec<char>) = (part.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match part.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(sign) if *sign == '?' || name.get(n) == Some(sign) => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    n = taken + 1;
                }
                None => return false,
            },
        }
    }
    part.get(p..).is_some_and(|rest| rest.iter().all(|sign| *sign == '*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks() {
        for (part, name, covered) in
            [("*.rs", "a.rs", true), ("a?c", "abc", true), ("a?c", "ac", false), ("*", "", true)]
        {
            assert_eq!(covers(part, name), covered, "{part} {name}");
        }
    }
}
