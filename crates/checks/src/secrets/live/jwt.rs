//! What a JSON web token says about its own time. Nobody is asked.

use palisade_model::Timestamp;
use serde_json::Value;

use super::super::decode::base64;
use super::{Candidate, Verdict};

/// The check whose secrets carry their time.
pub(super) const CHECK: &str = "json-web-token";

/// What the token says of itself; nothing when it is no token or says nothing.
pub(super) fn judge(candidate: &Candidate, now: Timestamp) -> Option<Verdict> {
    if candidate.id != CHECK {
        return None;
    }
    let payload = candidate.value.split(|byte| *byte == b'.').nth(1)?;
    let claims: Value = serde_json::from_slice(&base64(payload)?).ok()?;
    let expires = claims.get("exp")?;
    let expires = Timestamp(expires.as_i64().or_else(|| Some(expires.as_f64()? as i64))?);
    if expires.0 <= 0 || expires.0 > FAR_FUTURE_SECONDS {
        return None;
    }
    Some(if expires <= now {
        Verdict::Revoked(format!("by its own words it expired on {}", expires.date()))
    } else {
        Verdict::Unknown(format!("by its own words it holds until {}; its issuer was not asked", expires.date()))
    })
}

/// 9999-12-31: later times are written in other units, or jokes.
const FAR_FUTURE_SECONDS: i64 = 253_402_300_799;
