//! Files of formats that only this family reads: each is parsed once, and given to the checks that it concerns.

use palisade_inventory::graphql::{self, Schema};
use palisade_inventory::properties::Settings as Properties;
use palisade_inventory::ruby::{File, Source};
use palisade_inventory::yaml::Yaml;
use palisade_inventory::{Format, Problem, Sign, Subject};
use palisade_model::{Finding, Severity, Span};

use super::{openapi, rails, schema, spring};
use crate::{Check, Report, Settings};

/// What came of one file.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub(crate) findings: Vec<Finding>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) signs: Vec<Sign>,
    pub(crate) graphql: Option<graphql::Facts>,
}

/// Takes what the checks that were chosen find in one file.
pub(super) struct Teller<'c, 'a> {
    checks: &'c [&'static Check],
    report: Report<'a>,
}

impl<'c, 'a> Teller<'c, 'a> {
    fn new(checks: &'c [&'static Check], settings: &'a Settings, subject: &'a Subject<'a>) -> Option<Self> {
        let first = checks.first()?;
        Some(Self { checks, report: Report::new(settings, Some(subject), &first.meta) })
    }

    /// A finding of a check, when it was chosen.
    pub(super) fn tell(&mut self, check: &'static Check, span: Span, message: &str) {
        self.tell_as(check, check.meta.severity, span, message);
    }

    /// The same, rated differently from the check's usual severity.
    pub(super) fn tell_as(&mut self, check: &'static Check, severity: Severity, span: Span, message: &str) {
        if self.checks.iter().any(|chosen| chosen.meta.id == check.meta.id) {
            self.report.switch(&check.meta);
            self.report.finding(span, message).severity(severity);
        }
    }
}

/// Judges a file of a format of this family; `masks` are the secrets in it.
pub(crate) fn judge(
    checks: &[&'static Check],
    settings: &Settings,
    format: Format,
    path: &str,
    text: &str,
    masks: &[Span],
) -> Judged {
    let bytes = text.as_bytes();
    let product = crate::code::is_product(path);
    match format {
        Format::Graphql => {
            let schema = Schema::parse(text);
            let subject = Subject::new(path.into(), bytes, &schema, masks);
            let mut judged = Judged { problems: schema.problems.clone(), ..Judged::default() };
            if let Some(mut teller) = Teller::new(checks, settings, &subject).filter(|_| product) {
                schema::judge(&schema, &mut teller);
                judged.findings = teller.report.finish();
                judged.graphql = Some(schema::facts(&schema, &subject));
            }
            judged
        }
        Format::OpenApi => {
            let yaml = Yaml::parse(text.to_owned());
            let subject = Subject::new(path.into(), bytes, &yaml, masks);
            let mut judged = Judged { problems: yaml.problems().to_vec(), ..Judged::default() };
            let teller = Teller::new(checks, settings, &subject).filter(|_| openapi::is_judged(path));
            if let (Some(mut teller), Some(root)) = (teller, yaml.root()) {
                openapi::judge(root, &mut teller);
                judged.findings = teller.report.finish();
            }
            judged
        }
        Format::Spring => {
            let properties = match path.ends_with(".properties") {
                true => Properties::parse_properties(text),
                false => Properties::of_yaml(&Yaml::parse(text.to_owned())),
            };
            let subject = Subject::new(path.into(), bytes, &properties, masks);
            let mut judged = Judged { problems: properties.problems.clone(), ..Judged::default() };
            if let Some(mut teller) = Teller::new(checks, settings, &subject).filter(|_| product) {
                spring::judge(&properties, &mut teller);
                judged.findings = teller.report.finish();
            }
            judged
        }
        Format::Rails => {
            let source = Source::parse(text);
            let subject = Subject::new(path.into(), bytes, &source, masks);
            let teller = Teller::new(checks, settings, &subject).filter(|_| product);
            let (Some(mut teller), Some(file)) = (teller, File::of(path)) else { return Judged::default() };
            rails::judge(file, &source, &mut teller);
            let signs = rails::signs(file, &source, &subject);
            Judged { findings: teller.report.finish(), signs, ..Judged::default() }
        }
        _ => Judged::default(),
    }
}
