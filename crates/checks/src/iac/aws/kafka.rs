//! Clusters of Kafka.

use palisade_model::Severity;

use crate::Check;
use crate::iac::{Rule, Wanted, meta};

const PAGE: &str = include_str!("kafka.md");
const KAFKA: &[&str] = &["aws_msk_cluster"];

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_setting(
        meta(
            "iac/aws-kafka-plaintext",
            "brokers answer without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-319"],
        ),
        KAFKA,
        Rule::new(
            "encryption_info.encryption_in_transit.client_broker",
            Wanted::NoneOf(&["PLAINTEXT", "TLS_PLAINTEXT"]),
            "messages and logins may cross the network readable; use TLS alone",
        ),
    ),
    Check::on_setting(
        meta(
            "iac/aws-kafka-inner-plaintext",
            "brokers copy messages to each other without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-319"],
        ),
        KAFKA,
        Rule::new(
            "encryption_info.encryption_in_transit.in_cluster",
            Wanted::NotFalse,
            "every message crosses the network between brokers readable; this cannot be changed later in place",
        ),
    ),
    Check::on_setting(
        meta(
            "iac/aws-kafka-without-login",
            "brokers take messages from anybody",
            PAGE,
            Severity::Medium,
            &["E6-T3"],
            &["CWE-306"],
        ),
        KAFKA,
        Rule::new(
            "client_authentication.unauthenticated",
            Wanted::NotTrue,
            "whoever reaches this network reads and writes every topic: ask for IAM, SCRAM or a certificate",
        ),
    ),
    Check::on_setting(
        meta(
            "iac/aws-kafka-public",
            "brokers have public addresses",
            PAGE,
            Severity::Medium,
            &["E4-T3", "E6-T3"],
            &["CWE-284"],
        ),
        KAFKA,
        Rule::new(
            "broker_node_group_info.connectivity_info.public_access.type",
            Wanted::NoneOf(&["SERVICE_PROVIDED_EIPS"]),
            "the internet reaches these brokers: connect over private networks",
        ),
    ),
];
