//! Replies of every shape, as providers document them and as networks garble them. Nothing is sent.

use palisade_model::{Finding, Severity, Timestamp, Validity};

use super::{Hosts, Plan, Reply, Verdict, plan, rows};
use crate::{Scanner, Selection, Settings};

const NOW: Timestamp = Timestamp(1_795_340_000); // 2026-11-22

/// A scan of one file that keeps its secrets, the middle dots taken out of the text first.
fn scanned(text: &str) -> (Scanner, Vec<Finding>) {
    let scanner = Scanner::new(Settings::default(), &Selection::default()).keeping_secrets();
    let text = text.replace('·', "");
    let findings = scanner.look("app/.env", text.as_bytes()).findings;
    (scanner, findings.into_iter().filter(|finding| finding.check.family() == "secrets").collect())
}

fn planned(text: &str, hosts: &[&str]) -> (Vec<Finding>, Plan) {
    let (scanner, findings) = scanned(text);
    let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let hosts = Hosts::parse(&hosts).unwrap_or_default();
    let plan = scanner.kept().map(|kept| plan(kept, &findings, &hosts, NOW)).unwrap_or_default();
    (findings, plan)
}

/// Sends nothing: `answer` gives a status and a body for each host.
fn settled(text: &str, hosts: &[&str], answer: &dyn Fn(&str) -> (u16, String)) -> Vec<Finding> {
    let (mut findings, mut plan) = planned(text, hosts);
    for ask in std::mem::take(&mut plan.asks) {
        let mut verdicts = Vec::new();
        for request in &ask.requests {
            let (status, body) = answer(&request.host);
            verdicts.push(ask.judge(request, &Reply { status, body: body.into_bytes() }));
            if matches!(verdicts.last(), Some(Verdict::Live(_))) {
                break;
            }
        }
        plan.settle(&ask, &Verdict::of_all(&verdicts));
    }
    plan.apply(&mut findings, NOW);
    findings
}

fn state(findings: &[Finding], check: &str) -> Option<Validity> {
    let finding = findings.iter().find(|finding| finding.check.id.ends_with(check));
    finding.and_then(|finding| finding.verification.as_ref()).map(|verification| verification.state)
}

const GITHUB: &str = "GITHUB_TO·KEN=ghp_·QRQzpeVV2·1o73Gf8yA·I3L5kPP3C·yqU242VaL\n";
const GITLAB: &str = "GITLAB_TO·KEN=glpat-·x7Kq2Vn9T·bW4mZr8Pc·Yd\n";
const SLACK: &str = "SLACK_TO·KEN=xoxb-·2314567890·-314159265358·-Ab3dEf6hIj·9LmN2pQr5·tUvX7\n";
const AWS: &str =
    "aws_access_k·ey_id=AKIA·QYLPMN5H·HHFPZAM2\naws_secret_acc·ess_k·ey=q7Zp2·Vn9TbW4mZr8PcYd·Lk3Jh6Gf5Ds1Aq0Wx+Et\n";

#[test]
fn a_yes_raises_a_no_lowers_and_identity_stays() {
    let (before, _) = planned(GITHUB, &[]);
    let live = settled(GITHUB, &[], &|_| (200, r#"{"login":"octo\u001b[31mcat","id":1}"#.to_owned()));
    assert_eq!(state(&live, "github-personal-token"), Some(Validity::Live), "{live:?}");
    let gone = settled(GITHUB, &[], &|_| (401, r#"{"message":"Bad credentials"}"#.to_owned()));
    assert_eq!(state(&gone, "github-personal-token"), Some(Validity::Revoked));
    for (after, severity) in [(&live, Severity::Critical), (&gone, Severity::Info)] {
        let pairs: Vec<_> = before.iter().zip(after).collect();
        assert!(!pairs.is_empty());
        assert!(pairs.iter().all(|(one, two)| one.fingerprint == two.fingerprint));
        assert!(after.iter().all(|finding| finding.severity == severity), "{after:?}");
    }
    let message = live.first().map(|finding| finding.message.clone()).unwrap_or_default();
    assert!(message.starts_with("still works (api.github.com accepts it, account octo"), "{message}");
    assert!(!message.contains('\u{1b}') && !message.contains("QRQzpeVV2"), "{message}");
}

#[test]
fn a_reply_that_is_not_the_provider_s_is_no_verdict() {
    let page = "<html>Sign in to the network</html>".to_owned();
    for (status, body) in [
        (200, page.clone()),
        (200, "{}".to_owned()),
        (200, r#"{"login":null}"#.to_owned()),
        (200, String::new()),
        (401, page),
        (403, r#"{"message":"rate limit"}"#.to_owned()),
        (302, String::new()),
        (429, String::new()),
        (500, r#"{"login":"x"}"#.to_owned()),
        (503, String::new()),
    ] {
        let findings = settled(GITHUB, &[], &|_| (status, body.clone()));
        assert_eq!(state(&findings, "github-personal-token"), Some(Validity::Unknown), "{status} {body}");
        let before = scanned(GITHUB).1;
        assert!(findings.iter().zip(&before).all(|(after, before)| after.severity == before.severity));
    }
}

#[test]
fn an_account_s_name_that_echoes_the_secret_is_not_shown() {
    let echo = format!(r#"{{"login":"{}"}}"#, "ghp_QRQzpeVV21o73Gf8yA");
    let findings = settled(GITHUB, &[], &|_| (200, echo.clone()));
    assert_eq!(state(&findings, "github-personal-token"), Some(Validity::Live));
    assert!(findings.iter().all(|finding| !finding.message.contains("QRQz")), "{findings:?}");
}

#[test]
fn a_refusal_counts_where_the_service_is_one_or_the_user_named_it() {
    let no = |_: &str| (401, r#"{"message":"401 Unauthorized"}"#.to_owned());
    assert_eq!(state(&settled(GITLAB, &[], &no), "gitlab-personal-token"), Some(Validity::Unknown));
    let own = settled(GITLAB, &["gitlab.com=git.example.org"], &no);
    assert_eq!(state(&own, "gitlab-personal-token"), Some(Validity::Revoked));
    let (_, plan) = planned(GITLAB, &["gitlab.com=https://git.example.org/"]);
    let urls: Vec<_> = plan.asks.iter().flat_map(|ask| &ask.requests).map(|one| one.url.clone()).collect();
    assert_eq!(urls, ["https://git.example.org/api/v4/personal_access_tokens/self"]);
    for wrong in ["gitlab.com", "gitlab.com=http://x", "gitlab.com=a b", "nobody.example=x"] {
        assert!(Hosts::parse(&[wrong.to_owned()]).is_err(), "{wrong}");
    }
}

#[test]
fn replies_of_200_may_carry_a_no() {
    let with = |error: &str| settled(SLACK, &[], &|_| (200, format!(r#"{{"ok":false,"error":"{error}"}}"#)));
    assert_eq!(state(&with("token_revoked"), "slack-bot-token"), Some(Validity::Revoked));
    assert_eq!(state(&with("account_inactive"), "slack-bot-token"), Some(Validity::Revoked));
    assert_eq!(state(&with("invalid_auth"), "slack-bot-token"), Some(Validity::Unknown));
    let yes = settled(SLACK, &[], &|_| (200, r#"{"ok":true,"team":"Acme","user":"bot"}"#.to_owned()));
    assert_eq!(state(&yes, "slack-bot-token"), Some(Validity::Live));
}

#[test]
fn pairs_are_asked_together_and_the_secret_key_stays_here() {
    let (_, plan) = planned(AWS, &[]);
    let requests: Vec<_> = plan.asks.iter().flat_map(|ask| &ask.requests).collect();
    assert_eq!(plan.asks.len(), 1, "one pair, one question: {requests:?}");
    let sent: String = requests.iter().map(|one| format!("{}{:?}{}", one.url, one.headers, one.body)).collect();
    assert!(sent.contains("AKIAQYLPMN5H") && !sent.contains("Vn9TbW4mZr8PcYd"));
    let error = |code: &str| format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>");
    let live = settled(AWS, &[], &|_| (200, "<R><Arn>arn:aws:iam::123456789012:user/deploy</Arn></R>".to_owned()));
    for check in ["aws-access-key-id", "aws-secret-access-key"] {
        assert_eq!(state(&live, check), Some(Validity::Live), "{live:?}");
    }
    let gone = settled(AWS, &[], &|_| (403, error("InvalidClientTokenId")));
    assert_eq!(state(&gone, "aws-access-key-id"), Some(Validity::Revoked));
    // A key of another partition: refused by the first, accepted by the second.
    let china = settled(AWS, &[], &|host| match host {
        "sts.cn-north-1.amazonaws.com.cn" => (200, "<Arn>arn:aws-cn:iam::1:user/x</Arn>".to_owned()),
        _ => (403, error("InvalidClientTokenId")),
    });
    assert_eq!(state(&china, "aws-access-key-id"), Some(Validity::Live));
    let other = settled(AWS, &[], &|_| (403, error("SignatureDoesNotMatch")));
    assert_eq!(state(&other, "aws-access-key-id"), Some(Validity::Unknown));
    let alone = AWS.lines().next().unwrap_or("");
    assert_eq!(state(&settled(alone, &[], &|_| (200, String::new())), "aws-access-key-id"), Some(Validity::Unknown));
}

#[test]
fn each_distinct_secret_is_asked_about_once() {
    let (_, plan) = planned(&format!("{GITHUB}{SLACK}{GITHUB}"), &[]);
    let hosts: Vec<_> = plan.asks.iter().flat_map(|ask| &ask.requests).map(|one| one.host.as_str()).collect();
    assert_eq!(hosts, ["api.github.com", "slack.com"]);
    assert!(plan.asks.iter().all(|ask| !format!("{ask:?}").contains("QRQz")), "a secret in Debug");
}

#[test]
fn a_web_token_tells_its_own_time() {
    let token = |exp: i64| {
        use base64::Engine as _;
        let part = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
        let payload = part(&format!(r#"{{"sub":"4711","iat":1600000000,"exp":{exp}}}"#));
        format!(
            "{}.{payload}.{}",
            part(r#"{"alg":"HS256","typ":"JWT"}"#),
            "q7Zp2Vn9TbW4mZr8PcYdLk3Jh6Gf5Ds1Aq0WxE2R4t8"
        )
    };
    let of = |exp| settled(&format!("SESSION={}\n", token(exp)), &[], &|_| (200, String::new()));
    assert_eq!(state(&of(1_700_000_000), "json-web-token"), Some(Validity::Revoked));
    assert_eq!(state(&of(1_900_000_000), "json-web-token"), Some(Validity::Unknown));
    assert_eq!(state(&of(-5), "json-web-token"), None);
}

#[test]
fn every_row_is_for_a_check_that_exists_and_asks_over_https() {
    let mut providers = std::collections::BTreeSet::new();
    for probe in rows::all() {
        let described = probe.described();
        for check in probe.checks() {
            assert!(crate::find(&format!("secrets/{check}")).is_some(), "{check}");
        }
        assert!(described.source.starts_with("https://"), "{described:?}");
        assert!(!described.requests.is_empty());
        for request in &described.requests {
            let (method, url) = request.split_once(' ').unwrap_or_default();
            assert!(matches!(method, "GET" | "POST") && url.starts_with("https://"), "{request}");
        }
        providers.insert(described.source.split('/').nth(2).unwrap_or_default());
    }
    assert!(providers.len() >= 30, "{}", providers.len());
}

#[test]
fn values_that_would_change_the_request_are_not_sent() {
    for (id, value) in [
        ("github-personal-token", "ghp_a\r\nhost: x"),
        ("telegram-token", "1:A/../../x"),
        ("discord-webhook-url", "1/x?y=1"),
        ("mailchimp-api-key", "0123-evil.example/x"),
        ("mailchimp-api-key", "0123-us1.evil"),
    ] {
        let candidate = super::Candidate { id, value: value.as_bytes().into(), partners: Vec::new() };
        let asks = rows::of(id, value.as_bytes()).map(|probe| probe.asks(&candidate, &Hosts::default(), NOW));
        assert!(asks.is_some_and(|asks| asks.is_empty()), "{id} {value:?}");
    }
}
