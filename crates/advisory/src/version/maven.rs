//! Maven 3.9's `ComparableVersion`: lists of numbers and words, in which a hyphen and every change between digits and
//! letters opens a list within the list.
//!
//! A list opens only at the end of the one around it and nothing follows it there, so that the nest is kept flat.

use std::cmp::Ordering;

use super::bytes::{caseless, is_zero, numbers};

/// Known qualifiers, lowest first; the empty one is the release. Unknown ones come after the last.
const QUALIFIERS: [&str; 7] = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];
/// The place of the release among them.
const RELEASE: usize = 5;
/// Other spellings, and the places of what they mean.
const ALIASES: [(&str, usize); 4] = [("ga", RELEASE), ("final", RELEASE), ("release", RELEASE), ("cr", 3)];
/// What a single letter before a digit means, by place.
const LETTERS: [(&str, usize); 3] = [("a", 0), ("b", 1), ("m", 2)];
/// Most versions have fewer items.
const ITEMS_USUAL: usize = 16;

/// Total, but not transitive: Maven's is not.
pub(super) fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let (a, b) = (items(a), items(b));
    let (mut a, mut b) = (a.iter(), b.iter());
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (Some(left), Some(right)) => left.order(right),
            (Some(left), None) => left.beside_nothing(),
            (None, Some(right)) => right.beside_nothing().reverse(),
        };
        if order.is_ne() {
            return order;
        }
    }
}

#[derive(Clone, Copy)]
enum Item<'t> {
    /// A qualifier by its place, and its text when it is unknown.
    Word(usize, &'t [u8]),
    /// From here on the items are those of a list within.
    Open,
    Number(&'t [u8]),
}

impl<'t> Item<'t> {
    fn word(text: &'t [u8], before_digit: bool) -> Self {
        let is = |word: &str| text.eq_ignore_ascii_case(word.as_bytes());
        let letters = LETTERS.iter().filter(|_| before_digit);
        if let Some((_, place)) = ALIASES.iter().chain(letters).find(|(word, _)| is(word)) {
            return Self::Word(*place, b"");
        }
        match QUALIFIERS.iter().position(|word| is(word)) {
            Some(place) => Self::Word(place, b""),
            None => Self::Word(QUALIFIERS.len(), text),
        }
    }

    fn of(text: &'t [u8], is_digit: bool) -> Self {
        if is_digit { Self::Number(text) } else { Self::word(text, false) }
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => numbers(a, b),
            (Self::Word(a, left), Self::Word(b, right)) => a.cmp(b).then_with(|| caseless(left, right)),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Word(..) => 0,
            Self::Open => 1,
            Self::Number(_) => 2,
        }
    }

    fn beside_nothing(&self) -> Ordering {
        match self {
            Self::Word(place, _) => place.cmp(&RELEASE),
            Self::Open => Ordering::Equal,
            Self::Number(number) if is_zero(number) => Ordering::Equal,
            Self::Number(_) => Ordering::Greater,
        }
    }
}

/// The items being read.
struct List<'t> {
    items: Vec<Item<'t>>,
    /// Whether nothing was put into the innermost list, trailing nulls included.
    is_empty: bool,
}

impl<'t> List<'t> {
    fn push(&mut self, item: Item<'t>) {
        self.items.push(item);
        self.is_empty = false;
    }

    /// Opens a list within; what is null at the end of the one around it goes.
    fn open(&mut self) {
        self.trim();
        self.items.push(Item::Open);
        self.is_empty = true;
    }

    fn trim(&mut self) {
        let is_null = |item: &Item<'_>| !matches!(item, Item::Open) && item.beside_nothing().is_eq();
        while self.items.last().is_some_and(is_null) {
            self.items.pop();
        }
    }
}

fn items(text: &[u8]) -> Vec<Item<'_>> {
    let mut list = List { items: Vec::with_capacity(ITEMS_USUAL), is_empty: true };
    let mut start = 0;
    let mut is_digit = false;
    for (place, byte) in text.iter().enumerate() {
        let token = text.get(start..place).unwrap_or_default();
        match byte {
            b'.' | b'-' => {
                list.push(if token.is_empty() { Item::Number(b"0") } else { Item::of(token, is_digit) });
                start = place + 1;
                if *byte == b'-' {
                    list.open();
                }
            }
            b'0'..=b'9' => {
                if !is_digit && !token.is_empty() {
                    if !list.is_empty {
                        list.open();
                    }
                    list.push(Item::word(token, true));
                    start = place;
                    list.open();
                }
                is_digit = true;
            }
            _ => {
                if is_digit && !token.is_empty() {
                    list.push(Item::Number(token));
                    start = place;
                    list.open();
                }
                is_digit = false;
            }
        }
    }
    let token = text.get(start..).unwrap_or_default();
    if !token.is_empty() {
        if !is_digit && !list.is_empty {
            list.open();
        }
        list.push(Item::of(token, is_digit));
    }
    list.trim();
    while let Some(Item::Open) = list.items.last() {
        list.items.pop();
        list.trim();
    }
    list.items
}
