//! Load balancers, CloudFront and API gateways.

use palisade_inventory::terraform::Value;
use palisade_model::{Safety, Severity};

use crate::iac::{Resource, Rule, Setting, Wanted, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("edge.md");

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_resource(
        likely(meta(
            "iac/aws-listener-plaintext",
            "load balancer answers without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-319"],
        )),
        &["aws_lb_listener", "aws_alb_listener", "aws_elb"],
        plaintext_listener,
    ),
    Check::on_resource(
        meta(
            "iac/aws-listener-old-tls",
            "load balancer accepts old TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-326"],
        ),
        &["aws_lb_listener", "aws_alb_listener"],
        old_listener,
    ),
    Check::on_setting(
        meta(
            "iac/aws-distribution-plaintext",
            "distribution answers without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-319"],
        ),
        &["aws_cloudfront_distribution"],
        Rule::new(
            "default_cache_behavior.viewer_protocol_policy",
            Wanted::NoneOf(&["allow-all"]),
            "visitors who type the name get pages that anybody on the way can read and change; use redirect-to-https",
        )
        .mended("\"redirect-to-https\"", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/aws-distribution-old-tls",
            "distribution accepts old TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-326"],
        ),
        &["aws_cloudfront_distribution"],
        Rule::new(
            "viewer_certificate.minimum_protocol_version",
            Wanted::NoneOf(&["SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016"]),
            "TLS before 1.2 has known breaks; use TLSv1.2_2021",
        )
        .mended("\"TLSv1.2_2021\"", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/aws-gateway-old-tls",
            "API gateway accepts old TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-326"],
        ),
        &["aws_api_gateway_domain_name"],
        Rule::new("security_policy", Wanted::NoneOf(&["TLS_1_0"]), "TLS before 1.2 has known breaks; use TLS_1_2")
            .mended("\"TLS_1_2\"", Safety::Unsafe),
    ),
    Check::on_resource(
        likely(meta(
            "iac/aws-method-without-login",
            "method of an API asks for no login",
            PAGE,
            Severity::Low,
            &["E4-T3"],
            &["CWE-306"],
        )),
        &["aws_api_gateway_method"],
        without_login,
    ),
    Check::on_setting(
        meta(
            "iac/aws-balancer-invalid-headers",
            "load balancer passes malformed headers on",
            PAGE,
            Severity::Info,
            &["US-024.3"],
            &["CWE-444"],
        ),
        &["aws_lb", "aws_alb"],
        Rule::new(
            "drop_invalid_header_fields",
            Wanted::NotFalse,
            "malformed headers are a way to smuggle requests past the balancer",
        )
        .mended("true", Safety::Unsafe),
    ),
    Check::on_resource(
        likely(meta(
            "iac/aws-origin-plaintext",
            "distribution fetches from its origin without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-319"],
        )),
        &["aws_cloudfront_distribution"],
        plaintext_origin,
    ),
    Check::on_setting(
        likely(meta(
            "iac/aws-gateway-without-access-log",
            "API gateway keeps no log of calls",
            PAGE,
            Severity::Low,
            &["E7-T1", "US-024.5"],
            &["CWE-778"],
        )),
        &["aws_api_gateway_stage", "aws_apigatewayv2_stage"],
        Rule::new(
            "access_log_settings.destination_arn",
            Wanted::Set,
            "nobody can say who called what, from where: add `access_log_settings`",
        ),
    ),
];

fn plaintext_listener(resource: &Resource<'_>, report: &mut Report<'_>) {
    if resource.kind() == "aws_elb" {
        for setting in resource.settings("listener.lb_protocol") {
            if setting.value.and_then(Value::as_str).is_some_and(|text| text.eq_ignore_ascii_case("http")) {
                let message = "what visitors send crosses the network readable: listen with HTTPS";
                resource.fault(setting, message, report);
            }
        }
        return;
    }
    let setting = resource.setting("protocol");
    if setting.value.is_some_and(|value| value.as_str() != Some("HTTP")) || setting.is_unknown() {
        return;
    }
    // Without a protocol it is one for network balancers only when a port other than 80 is there.
    if setting.value.is_none() && resource.get("port").and_then(Value::as_number) != Some(80.0) {
        return;
    }
    let elsewhere = resource.blocks("default_action").any(|action| {
        action.is_unknown()
            || action.get("redirect").is_some()
            || action.get("fixed_response").is_some()
            || action.get("type").is_some_and(|kind| kind.is_unknown())
    });
    if !elsewhere {
        resource.fault(setting, "what visitors send crosses the network readable: redirect to HTTPS", report);
    }
}

fn plaintext_origin(resource: &Resource<'_>, report: &mut Report<'_>) {
    for origin in resource.blocks("origin") {
        // A bucket that is a website has no TLS to offer.
        let website = match origin.get("domain_name") {
            Some(name) => match name.target() {
                Some(target) => target.address.contains("aws_s3_bucket"),
                None => name.as_partial().is_none_or(|name| name.contains("s3-website")),
            },
            None => true,
        };
        for config in origin.get("custom_origin_config").filter(|_| !website).into_iter().flat_map(Value::each) {
            let policy = config.entry("origin_protocol_policy");
            if let Some(policy) = policy.filter(|entry| entry.value.as_str() == Some("http-only")) {
                let message = "what visitors send goes on from here readable: use https-only";
                resource.fault(Setting { value: None, place: policy.key_origin }, message, report);
            }
        }
    }
}

fn old_listener(resource: &Resource<'_>, report: &mut Report<'_>) {
    let protocol = resource.text("protocol");
    let setting = resource.setting("ssl_policy");
    if !matches!(protocol, Some("HTTPS" | "TLS")) || setting.is_unknown() {
        return;
    }
    let old = match setting.value.and_then(Value::as_str) {
        // Without a name AWS takes its first policy, of 2016, which allows TLS 1.0.
        None => true,
        Some(name) => {
            let modern = ["-TLS13-", "-TLS-1-2", "-FS-1-2"].iter().any(|part| name.contains(part));
            let weak = ["TLS13-1-0", "TLS13-1-1"].iter().any(|part| name.contains(part));
            !modern || weak
        }
    };
    if old {
        let message = "TLS 1.0 and 1.1, which have known breaks, are accepted; use ELBSecurityPolicy-TLS13-1-2-2021-06";
        resource.fault(setting, message, report);
    }
}

fn without_login(resource: &Resource<'_>, report: &mut Report<'_>) {
    let open = resource.text("authorization").is_some_and(|kind| kind.eq_ignore_ascii_case("NONE"));
    let keyed = resource.get("api_key_required").is_some_and(|value| value.as_bool() != Some(false));
    if open && !keyed && resource.text("http_method").is_some_and(|method| method != "OPTIONS") {
        let place = resource.setting("authorization").place;
        resource.fault(
            Setting { value: None, place },
            "everybody may call this method; add an authorizer if it is not meant to be public",
            report,
        );
    }
}
