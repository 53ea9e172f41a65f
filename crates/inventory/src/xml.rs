//! XML that tools write, as tags and as a tree of elements: no entities, no includes, nothing is fetched.

use palisade_model::Span;

/// More tags are not read.
const TAGS_MAX: usize = 5_000_000;

/// A start tag.
pub(crate) struct Tag<'t> {
    pub(crate) name: &'t str,
    pub(crate) span: Span,
    pub(crate) depth: usize,
    /// What stands between the name and the end of the tag.
    inside: &'t str,
    /// Where the tag ends; none when nothing can be in it.
    content: Option<usize>,
}

impl<'t> Tag<'t> {
    /// An attribute's value as written.
    pub(crate) fn get(&self, wanted: &str) -> Option<&'t str> {
        attribute(self.inside, wanted)
    }
}

fn attribute<'t>(inside: &'t str, wanted: &str) -> Option<&'t str> {
    let mut rest = inside;
    while let Some((name, tail)) = rest.split_once('=') {
        let tail = tail.trim_start();
        let quote = tail.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, after) = tail.get(1..)?.split_once(quote)?;
        if name.trim() == wanted {
            return Some(value);
        }
        rest = after;
    }
    None
}

/// Calls `see` with each start tag, until the end.
pub(crate) fn tags<'t>(text: &'t str, mut see: impl FnMut(&Tag<'t>)) -> Result<(), (usize, &'static str)> {
    let (mut at, mut depth, mut count) = (0, 0_usize, 0);
    while let Some(open) = memchr::memchr(b'<', text.as_bytes().get(at..).unwrap_or(&[])) {
        let start = at + open;
        let rest = text.get(start..).unwrap_or("");
        let until = |end: &str| rest.find(end).map(|found| start + found + end.len());
        let passed_over = if rest.starts_with("<!--") {
            Some(until("-->"))
        } else if rest.starts_with("<![CDATA[") {
            Some(until("]]>"))
        } else if rest.starts_with("<?") {
            Some(until("?>"))
        } else if rest.starts_with("<!DOCTYPE")
            && rest.get(..1024).unwrap_or(rest).split('>').next().is_some_and(|head| head.contains('['))
        {
            return Err((start, "XML that declares entities of its own is not read"));
        } else if rest.starts_with("<!") {
            Some(until(">"))
        } else {
            None
        };
        if let Some(end) = passed_over {
            at = end.ok_or((start, "XML that ends in the middle"))?;
            continue;
        }
        count += 1;
        if count > TAGS_MAX {
            return Err((start, "too many tags"));
        }
        let end = end_of_tag(rest).ok_or((start, "XML that ends in the middle"))?;
        at = start + end;
        let inner = rest.get(1..end.saturating_sub(1)).unwrap_or("");
        if inner.starts_with('/') {
            depth = depth.saturating_sub(1);
            continue;
        }
        let inner_plain = inner.strip_suffix('/').unwrap_or(inner);
        let length = inner_plain.find(|c: char| c.is_whitespace()).unwrap_or(inner_plain.len());
        let (name, inside) = inner_plain.split_at(length);
        let content = (!inner.ends_with('/')).then_some(at);
        see(&Tag { name, span: Span::new(start, start + 1 + name.len()), depth, inside, content });
        if !inner.ends_with('/') {
            depth += 1;
        }
    }
    Ok(())
}

/// After the `>` that ends a tag, not one in a value.
fn end_of_tag(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if byte == open => quote = None,
            _ => {}
        }
    }
    None
}

/// More elements are not kept in a tree.
const ELEMENTS_MAX: usize = 1_000_000;
/// Elements deeper than this are not kept in a tree.
const DEPTH_MAX: usize = 128;

/// An element of a tree.
pub(crate) struct Element<'t> {
    /// Without the prefix of a namespace.
    pub(crate) name: &'t str,
    /// Its start tag.
    pub(crate) span: Span,
    /// The text that it begins with, without white space around; comments before it are passed over.
    pub(crate) text: &'t str,
    inside: &'t str,
    first_child: Option<u32>,
    next: Option<u32>,
}

impl<'t> Element<'t> {
    /// An attribute's value as written.
    pub(crate) fn get(&self, wanted: &str) -> Option<&'t str> {
        attribute(self.inside, wanted)
    }

    /// The value of the first attribute whose value begins so.
    pub(crate) fn value_that_begins(&self, start: &str) -> Option<&'t str> {
        let (_, rest) =
            self.inside.split_once(&format!("\"{start}")).or(self.inside.split_once(&format!("'{start}")))?;
        let at = self.inside.len() - rest.len() - start.len();
        self.inside.get(at..)?.split(['"', '\'']).next()
    }
}

/// A text without the escapes of XML: the five names that are always there, and characters by number.
pub(crate) fn unescaped(text: &str) -> String {
    /// The longest escape: `&#x10FFFF;`, with room for zeros before the number.
    const ESCAPE_BYTES_MAX: usize = 16;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let name = tail.get(1..).and_then(|tail| tail.split_once(';')).map(|(name, _)| name);
        let character = name.filter(|name| name.len() <= ESCAPE_BYTES_MAX).and_then(|name| match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => {
                let number = name.strip_prefix('#')?;
                let hex = number.strip_prefix('x').map(|digits| u32::from_str_radix(digits, 16).ok());
                char::from_u32(hex.unwrap_or_else(|| number.parse().ok())?)
            }
        });
        match (character, name) {
            (Some(character), Some(name)) => {
                out.push(character);
                rest = tail.get(name.len() + 2..).unwrap_or("");
            }
            _ => {
                out.push('&');
                rest = tail.get(1..).unwrap_or("");
            }
        }
    }
    out.push_str(rest);
    out
}

/// The elements of a text.
#[derive(Default)]
pub(crate) struct Tree<'t> {
    elements: Vec<Element<'t>>,
}

impl<'t> Tree<'t> {
    /// Reads a text; where it breaks, what stood before stays, and the fault comes with it.
    pub(crate) fn parse(text: &'t str) -> (Self, Option<(usize, &'static str)>) {
        let mut tree = Self::default();
        let mut fault = None;
        // The last element at each depth, whose next one or first child may follow.
        let mut last: Vec<u32> = Vec::new();
        let read = tags(text, |tag| {
            if tree.elements.len() >= ELEMENTS_MAX || tag.depth > DEPTH_MAX {
                fault.get_or_insert((tag.span.start as usize, "too many elements, or too deep ones"));
                return;
            }
            let at = u32::try_from(tree.elements.len()).unwrap_or(u32::MAX);
            let before = last.get(tag.depth).copied();
            let above = tag.depth.checked_sub(1).and_then(|depth| last.get(depth).copied());
            last.truncate(tag.depth);
            if let Some(before) = before.and_then(|before| tree.elements.get_mut(before as usize)) {
                before.next = Some(at);
            } else if let Some(above) = above.and_then(|above| tree.elements.get_mut(above as usize)) {
                above.first_child.get_or_insert(at);
            }
            last.push(at);
            let content = tag.content.map_or("", |from| content(text, from));
            let name = tag.name.rsplit(':').next().unwrap_or(tag.name);
            let (span, inside) = (tag.span, tag.inside);
            tree.elements.push(Element { name, span, text: content, inside, first_child: None, next: None });
        });
        (tree, read.err().or(fault))
    }

    /// The outermost element.
    pub(crate) fn root(&self) -> Option<&Element<'t>> {
        self.elements.first()
    }

    /// Every element, in the order of the text.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Element<'t>> {
        self.elements.iter()
    }

    /// The elements directly in another.
    pub(crate) fn children<'s>(&'s self, of: &Element<'t>) -> impl Iterator<Item = &'s Element<'t>> {
        let mut next = of.first_child;
        std::iter::from_fn(move || {
            let element = self.elements.get(next? as usize)?;
            next = element.next;
            Some(element)
        })
    }

    /// The first element of a name directly in another.
    pub(crate) fn child<'s>(&'s self, of: &Element<'t>, name: &str) -> Option<&'s Element<'t>> {
        self.children(of).find(|element| element.name == name)
    }

    /// The elements at the end of a path of names.
    pub(crate) fn at<'s>(&'s self, of: &'s Element<'t>, path: &[&str]) -> Vec<&'s Element<'t>> {
        path.iter().fold(vec![of], |found, name| {
            let inner = found.into_iter().flat_map(|element| self.children(element));
            inner.filter(|element| element.name == *name).collect()
        })
    }
}

/// The text from an offset up to the next tag.
fn content(text: &str, mut from: usize) -> &str {
    while let Some(rest) = text.get(from..) {
        let end = memchr::memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
        let found = rest.get(..end).unwrap_or("").trim();
        if let Some(raw) = rest.get(end..).filter(|_| found.is_empty()).and_then(|tail| tail.strip_prefix("<![CDATA["))
        {
            return raw.split_once("]]>").map_or("", |(raw, _)| raw.trim());
        }
        let comment = rest.get(end..).filter(|tail| found.is_empty() && tail.starts_with("<!--"));
        match comment.and_then(|tail| tail.find("-->")) {
            Some(length) => from += end + length + 3,
            None => return found,
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_stand_in_one_another() {
        let text = "<?xml version='1.0'?><a x='1'><!-- <no/> --><b>one</b><b y=\"2\"> <!-- c --> two <c/></b></a>";
        let (tree, fault) = Tree::parse(text);
        assert_eq!(fault, None);
        let Some(root) = tree.root() else { return assert!(tree.root().is_some()) };
        assert_eq!((root.name, root.get("x")), ("a", Some("1")));
        let found: Vec<_> = tree.children(root).map(|one| (one.name, one.text, one.get("y"))).collect();
        assert_eq!(found, [("b", "one", None), ("b", "two", Some("2"))]);
        assert_eq!(tree.at(root, &["b", "c"]).len(), 1);
    }

    #[test]
    fn escapes_and_raw_text() {
        assert_eq!(unescaped("a &amp;&lt;b&gt; &#65;&#x42; &none; & &amp"), "a &<b> AB &none; & &amp");
        let (tree, _) = Tree::parse("<x:a xmlns:x='http://e/1.2' b=\"c\"><d><![CDATA[ 1 < 2 ]]></d></x:a>");
        let Some(root) = tree.root() else { return assert!(tree.root().is_some()) };
        assert_eq!(root.value_that_begins("http://e/"), Some("http://e/1.2"));
        assert_eq!(tree.child(root, "d").map(|d| d.text), Some("1 < 2"));
    }

    #[test]
    fn hostile_ones_end() {
        let (tree, fault) = Tree::parse("<!DOCTYPE a [<!ENTITY b 'c'>]><a/>");
        assert!(tree.root().is_none() && fault.is_some());
        let deep = "<a>".repeat(100_000);
        assert!(Tree::parse(&deep).1.is_some());
        assert!(Tree::parse("<a><b x='").1.is_some());
    }
}
