//! What one entry of the ledger says: when, what kind, and a payload, as canonical JSON.
//!
//! The printed form has sorted keys and no spaces, so one entry has one
//! spelling. Input that JSON readers disagree on (a key twice, an integer
//! that does not fit) is refused instead of being settled silently.

use std::collections::BTreeMap;
use std::fmt;

use palisade_model::Timestamp;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::tile::ENTRY_BYTES_MAX;

/// Value of `schema` in every entry.
pub const ENTRY_SCHEMA: &str = "palisade.entry/1";

/// Kind given to lines that `ledger append` takes as they are.
pub const KIND_MANUAL: &str = "manual";

/// Longest `kind`.
const KIND_BYTES_MAX: usize = 64;

/// Why something cannot be an entry.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Longer than the two bytes of its length can say.
    #[error("an entry may be 65,535 bytes long at most, this one has {0}")]
    TooLong(usize),
    /// Not JSON, or JSON that readers disagree on.
    #[error("not usable as JSON: {0}")]
    Json(String),
    /// The members are not the ones of an entry.
    #[error("{0}")]
    Shape(&'static str),
    /// The same content in another spelling.
    #[error("not in canonical form: keys sorted, no spaces")]
    NotCanonical,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it was made.
    pub time: String,
    /// What it is about: `gate.merge`, `manual`.
    pub kind: String,
    /// What it says.
    pub payload: Value,
}

impl Entry {
    /// An entry made at `time`.
    #[must_use]
    pub fn new(time: Timestamp, kind: &str, payload: Value) -> Self {
        Self { time: time.rfc3339(), kind: kind.to_owned(), payload }
    }

    /// The canonical bytes, which are what the log hashes.
    ///
    /// # Errors
    /// [`EntryError`] when it is too long or its kind is not a plain word.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EntryError> {
        check_kind(&self.kind)?;
        let mut members = Map::new();
        members.insert("kind".to_owned(), self.kind.as_str().into());
        members.insert("payload".to_owned(), self.payload.clone());
        members.insert("schema".to_owned(), ENTRY_SCHEMA.into());
        members.insert("time".to_owned(), self.time.as_str().into());
        let bytes = canonical(&Value::Object(members)).into_bytes();
        if bytes.len() > ENTRY_BYTES_MAX { Err(EntryError::TooLong(bytes.len())) } else { Ok(bytes) }
    }

    /// Reads the bytes of an entry, in their one canonical spelling.
    ///
    /// # Errors
    /// [`EntryError`] for everything else.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > ENTRY_BYTES_MAX {
            return Err(EntryError::TooLong(bytes.len()));
        }
        let Value::Object(mut members) = parse_strict(bytes)? else {
            return Err(EntryError::Shape("an entry is a JSON object"));
        };
        let payload = members.remove("payload");
        let mut text = |name: &str| match members.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let (schema, time, kind) = (text("schema"), text("time"), text("kind"));
        if schema.as_deref() != Some(ENTRY_SCHEMA) {
            return Err(EntryError::Shape("`schema` is not palisade.entry/1"));
        }
        let (Some(time), Some(kind)) = (time, kind) else {
            return Err(EntryError::Shape("`time` and `kind` are strings that every entry has"));
        };
        let Some(payload) = payload.filter(|_| members.is_empty()) else {
            return Err(EntryError::Shape("an entry has schema, time, kind and payload, and nothing else"));
        };
        let entry = Self { time, kind, payload };
        if entry.to_bytes()? == bytes { Ok(entry) } else { Err(EntryError::NotCanonical) }
    }

    /// Takes one line of JSON from a person. An object with `kind` and `payload` (and perhaps `time`) becomes
    /// that entry; any other JSON value becomes the payload of an entry of kind `manual`.
    ///
    /// # Errors
    /// [`EntryError`] when the line is no JSON that can be kept exactly.
    pub fn from_line(line: &[u8], now: Timestamp) -> Result<Self, EntryError> {
        if line.len() > ENTRY_BYTES_MAX {
            return Err(EntryError::TooLong(line.len()));
        }
        let value = parse_strict(line)?;
        let entry = match &value {
            Value::Object(members) if is_envelope(members) => Self {
                time: members.get("time").and_then(Value::as_str).map_or_else(|| now.rfc3339(), str::to_owned),
                kind: members.get("kind").and_then(Value::as_str).unwrap_or(KIND_MANUAL).to_owned(),
                payload: members.get("payload").cloned().unwrap_or(Value::Null),
            },
            _ => Self::new(now, KIND_MANUAL, value),
        };
        if !is_time(&entry.time) {
            return Err(EntryError::Shape("`time` is not of the form 2027-01-31T09:30:00Z"));
        }
        entry.to_bytes()?;
        Ok(entry)
    }
}

fn is_envelope(members: &Map<String, Value>) -> bool {
    members.get("kind").is_some_and(Value::is_string)
        && members.contains_key("payload")
        && members.get("time").is_none_or(Value::is_string)
        && members.get("schema").is_none_or(|schema| schema == ENTRY_SCHEMA)
        && members.keys().all(|key| matches!(key.as_str(), "kind" | "payload" | "time" | "schema"))
}

/// Whether a text has the form of RFC 3339 in UTC with whole seconds, and names a real day.
fn is_time(text: &str) -> bool {
    let Some((date, clock)) = text.split_at_checked(10) else { return false };
    let [b'T', h1, h2, b':', m1, m2, b':', s1, s2, b'Z'] = clock.as_bytes() else { return false };
    let below = |tens: &u8, ones: &u8, limit: u8| {
        tens.is_ascii_digit() && ones.is_ascii_digit() && (tens - b'0') * 10 + (ones - b'0') < limit
    };
    palisade_model::Date::parse(date).is_ok() && below(h1, h2, 24) && below(m1, m2, 60) && below(s1, s2, 60)
}

fn check_kind(kind: &str) -> Result<(), EntryError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_');
    if kind.is_empty() || kind.len() > KIND_BYTES_MAX || !kind.bytes().all(plain) {
        return Err(EntryError::Shape("`kind` is a short word of a-z, 0-9, dots and dashes"));
    }
    Ok(())
}

/// JSON with keys sorted by their bytes and no spaces.
#[must_use]
pub fn canonical(value: &Value) -> String {
    sorted(value).to_string()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        Value::Object(members) => {
            let members: BTreeMap<&String, &Value> = members.iter().collect();
            Value::Object(members.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect())
        }
        other => other.clone(),
    }
}

/// JSON without the liberties that let two readers see two things.
fn parse_strict(bytes: &[u8]) -> Result<Value, EntryError> {
    let Strict(value) = serde_json::from_slice(bytes).map_err(|error| EntryError::Json(error.to_string()))?;
    Ok(value)
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        // From here on not every integer has a floating-point number of its own.
        const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
        match Number::from_f64(value) {
            Some(number) if value.abs() < EXACT_MAX && !(value == 0.0 && value.is_sign_negative()) => {
                Ok(Value::Number(number))
            }
            _ => Err(E::custom("a number that cannot be kept exactly; write it as a string")),
        }
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut out = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            out.push(item);
        }
        Ok(Value::Array(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut out = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            let Strict(value) = members.next_value()?;
            if out.insert(key, value).is_some() {
                return Err(A::Error::custom("a key stands twice in one object"));
            }
        }
        Ok(Value::Object(out))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const NOW: Timestamp = Timestamp(1_795_330_000);

    fn line(text: &str) -> Result<String, EntryError> {
        Entry::from_line(text.as_bytes(), NOW)?.to_bytes().map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn one_content_has_one_spelling() {
        let one = line(r#"{"kind":"deploy","payload":{"b":[1,{"z":1,"a":"é"}],"a":null}}"#).unwrap();
        let expected = concat!(
            r#"{"kind":"deploy","payload":{"a":null,"b":[1,{"a":"é","z":1}]},"#,
            r#""schema":"palisade.entry/1","time":"2026-11-22T06:46:40Z"}"#
        );
        assert_eq!(one, expected);
        assert_eq!(Entry::parse(one.as_bytes()).unwrap().to_bytes().unwrap(), one.as_bytes());
        for other in [
            one.replace("\"kind\":", "\"kind\": "),
            format!("{one}\n"),
            one.replace("é", "\\u00e9"),
            one.replace("\"a\":null,", ""),
        ] {
            let verdict = Entry::parse(other.as_bytes());
            assert!(verdict.is_err() || verdict.unwrap().to_bytes().unwrap() != one.as_bytes(), "{other}");
        }
        assert_eq!(Entry::parse(format!("{one} ").as_bytes()), Err(EntryError::NotCanonical));
    }

    #[test]
    fn any_other_json_is_the_payload_of_a_manual_entry() {
        for text in [r#"{"n":1}"#, "[1.5,true]", "\"word\"", r#"{"kind":"x"}"#, r#"{"kind":"x","payload":1,"more":2}"#]
        {
            let entry = Entry::from_line(text.as_bytes(), NOW).unwrap();
            assert_eq!((entry.kind.as_str(), entry.payload.to_string().as_str()), (KIND_MANUAL, text));
        }
    }

    #[test]
    fn what_readers_disagree_on_is_refused() {
        for text in [
            r#"{"a":1,"a":2}"#,
            r#"{"b":{"a":1,"a":2}}"#,
            "123456789012345678901234567890",
            "1e400",
            "-0.0",
            "{} {}",
            "{",
            "",
            "NaN",
            r#""\ud800""#,
            &"[".repeat(200),
        ] {
            assert!(matches!(line(text), Err(EntryError::Json(_))), "{text}: {:?}", line(text));
        }
        for text in [
            r#"{"kind":"Bad Kind","payload":1}"#,
            r#"{"kind":"","payload":1}"#,
            r#"{"kind":"x","payload":1,"time":"yesterday"}"#,
            r#"{"kind":"x","payload":1,"time":"2027-02-29T00:00:00Z"}"#,
            r#"{"kind":"x","payload":1,"time":"2027-01-31T24:00:00Z"}"#,
        ] {
            assert!(matches!(line(text), Err(EntryError::Shape(_))), "{text}");
        }
        let long = format!("\"{}\"", "x".repeat(ENTRY_BYTES_MAX - 20));
        assert!(matches!(line(&long), Err(EntryError::TooLong(_))));
    }
}
