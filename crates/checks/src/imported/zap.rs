//! OWASP ZAP's JSON: alerts of sites that were running.
//!
//! It does not read `evidence`, `attack` and `param`, which hold excerpts of answers.

use palisade_model::{Confidence, Severity};
use serde::Deserialize;

use super::lenient::{Text, or_default};
use super::{ImportError, Item, Kind, Run, cut, parse};

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "@version", default, deserialize_with = "or_default")]
    version: Text,
    #[serde(rename = "@generated", default)]
    generated: Option<String>,
    #[serde(default)]
    created: Option<String>,
    site: Sites,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Sites {
    Many(Vec<Site>),
    One(Box<Site>),
}

#[derive(Deserialize)]
struct Site {
    #[serde(rename = "@name", default, deserialize_with = "or_default")]
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    alerts: Vec<Alert>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Alert {
    #[serde(default, deserialize_with = "or_default")]
    pluginid: Text,
    #[serde(default, deserialize_with = "or_default")]
    alert_ref: Text,
    #[serde(default, deserialize_with = "or_default")]
    alert: String,
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    riskcode: Text,
    #[serde(default, deserialize_with = "or_default")]
    confidence: Text,
    #[serde(default, deserialize_with = "or_default")]
    instances: Vec<Instance>,
}

#[derive(Deserialize)]
struct Instance {
    #[serde(default, deserialize_with = "or_default")]
    uri: String,
}

/// Reads a report.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Run>, ImportError> {
    let document: Document = parse(bytes, "OWASP ZAP's JSON")?;
    let mut run = Run::new("ZAP", &document.version.0);
    run.created = document.created.or(document.generated);
    let sites = match document.site {
        Sites::Many(sites) => sites,
        Sites::One(site) => vec![*site],
    };
    for site in sites {
        for alert in site.alerts {
            let id = if alert.alert_ref.0.is_empty() { &alert.pluginid.0 } else { &alert.alert_ref.0 };
            let name = if alert.name.is_empty() { &alert.alert } else { &alert.name };
            let mut text = format!("{name}; at {}", site.name);
            if let Some(first) = alert.instances.first() {
                // What stands behind the question mark may be anything.
                let address = first.uri.split(['?', '#']).next().unwrap_or_default();
                text = format!("{name}; at {}", cut(address, super::NAME_CHARACTERS_MAX));
                if let more @ 1.. = alert.instances.len() - 1 {
                    text.push_str(&format!(" and {more} more"));
                }
            }
            run.tell(Item {
                severity: match alert.riskcode.0.as_str() {
                    "3" => Some(Severity::High),
                    "2" => Some(Severity::Medium),
                    "1" => Some(Severity::Low),
                    "0" => Some(Severity::Info),
                    _ => None,
                },
                confidence: match alert.confidence.0.as_str() {
                    "3" | "4" => Some(Confidence::High),
                    "0" | "1" => Some(Confidence::Low),
                    _ => None,
                },
                note: if alert.confidence.0 == "0" { "marked as false" } else { "" }.to_owned(),
                logical: cut(&site.name, super::NAME_CHARACTERS_MAX),
                ..Item::new(Kind::WebAlert, id, &text)
            });
        }
    }
    Ok(vec![run])
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn alerts_are_told_without_what_was_sent_and_answered() {
        let text = r#"{"@version": "2.16.0", "site": {"@name": "https://a.example", "alerts": [
            {"pluginid": 7, "name": "N", "riskcode": 3, "confidence": "0", "instances": [
              {"uri": "https://a.example/x?token=hidden", "evidence": "hidden", "attack": "hidden"}, {"uri": "y"}]},
            {"pluginid": "8", "alert": "Old"}]}}"#;
        let run = read(text.as_bytes()).unwrap().remove(0);
        assert_eq!((run.results, run.items.len()), (2, 2));
        let first = run.items.first().unwrap();
        assert_eq!(first.text, "N; at https://a.example/x and 1 more");
        assert_eq!((first.severity, first.note.as_str()), (Some(Severity::High), "marked as false"));
        assert!(!format!("{run:?}").contains("hidden"));
    }
}
