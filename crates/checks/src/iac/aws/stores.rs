//! Search, caches and the ways to databases.

use palisade_inventory::terraform::Value;
use palisade_model::{Safety, Severity};

use crate::iac::{Resource, Rule, Setting, Wanted, likely, meta};
use crate::{Check, Report};

const PAGE: &str = include_str!("stores.md");
const SEARCH: &[&str] = &["aws_elasticsearch_domain", "aws_opensearch_domain"];

/// Parameters of databases that insist on TLS, and values that switch them off.
const TLS_PARAMETERS: [(&str, &[&str]); 4] = [
    ("rds.force_ssl", &["0", "false", "off"]),
    ("require_secure_transport", &["0", "off"]),
    ("require_ssl", &["false", "0"]),
    ("tls", &["disabled"]),
];

/// See the page.
pub(in crate::iac) static CHECKS: &[Check] = &[
    Check::on_setting(
        likely(meta(
            "iac/aws-search-nodes-plaintext",
            "nodes of a search domain talk to each other without TLS",
            PAGE,
            Severity::Low,
            &["US-024.4"],
            &["CWE-319"],
        )),
        SEARCH,
        Rule::new(
            "node_to_node_encryption.enabled",
            Wanted::True,
            "what is indexed crosses the network between nodes readable",
        ),
    ),
    Check::on_setting(
        meta(
            "iac/aws-search-old-tls",
            "search domain accepts old TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-326"],
        ),
        SEARCH,
        Rule::new(
            "domain_endpoint_options.tls_security_policy",
            Wanted::NoneOf(&["Policy-Min-TLS-1-0-2019-07"]),
            "TLS before 1.2 has known breaks; use Policy-Min-TLS-1-2-PFS-2023-10",
        )
        .mended("\"Policy-Min-TLS-1-2-PFS-2023-10\"", Safety::Unsafe),
    ),
    Check::on_setting(
        meta(
            "iac/aws-memory-store-plaintext",
            "in-memory database answers without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-319"],
        ),
        &["aws_memorydb_cluster"],
        Rule::new("tls_enabled", Wanted::NotFalse, "keys, values and passwords cross the network readable"),
    ),
    Check::on_setting(
        meta(
            "iac/aws-memory-store-without-login",
            "in-memory database asks for no password",
            PAGE,
            Severity::Medium,
            &["E6-T3"],
            &["CWE-306"],
        ),
        &["aws_memorydb_cluster"],
        Rule::new(
            "acl_name",
            Wanted::NoneOf(&["open-access"]),
            "whoever reaches this network reads and changes everything in it: use an access list of your own",
        ),
    ),
    Check::on_resource(
        likely(meta(
            "iac/aws-cache-without-login",
            "cache asks for no password",
            PAGE,
            Severity::Low,
            &["E6-T3"],
            &["CWE-306"],
        )),
        &["aws_elasticache_replication_group"],
        cache_without_login,
    ),
    Check::on_setting(
        meta(
            "iac/aws-accelerator-unencrypted",
            "cache of a table is not encrypted at rest",
            PAGE,
            Severity::Low,
            &["US-024.4"],
            &["CWE-311"],
        ),
        &["aws_dax_cluster"],
        Rule::new(
            "server_side_encryption.enabled",
            Wanted::True,
            "what the table keeps encrypted stands readable here",
        ),
    ),
    Check::on_setting(
        meta(
            "iac/aws-accelerator-plaintext",
            "cache of a table answers without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-319"],
        ),
        &["aws_dax_cluster"],
        Rule::new("cluster_endpoint_encryption_type", Wanted::OneOf(&["TLS"]), "rows cross the network readable"),
    ),
    Check::on_setting(
        meta(
            "iac/aws-database-proxy-plaintext",
            "proxy of a database answers without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-319"],
        ),
        &["aws_db_proxy"],
        Rule::new("require_tls", Wanted::True, "passwords and rows may cross the network readable")
            .mended("true", Safety::Unsafe),
    ),
    Check::on_resource(
        meta(
            "iac/aws-database-tls-off",
            "database is told not to insist on TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-319"],
        ),
        &[
            "aws_db_parameter_group",
            "aws_rds_cluster_parameter_group",
            "aws_docdb_cluster_parameter_group",
            "aws_redshift_parameter_group",
        ],
        tls_off,
    ),
    Check::on_setting(
        meta(
            "iac/aws-migration-plaintext",
            "migration reads or writes a database without TLS",
            PAGE,
            Severity::Medium,
            &["US-024.4"],
            &["CWE-319"],
        ),
        &["aws_dms_endpoint"],
        Rule::new("ssl_mode", Wanted::NoneOf(&["none"]), "the whole database crosses the network readable"),
    ),
];

fn cache_without_login(resource: &Resource<'_>, report: &mut Report<'_>) {
    // Passwords need TLS, which has a check of its own.
    let encrypted = resource.truth("transit_encryption_enabled") == Some(true);
    let asks = ["auth_token", "user_group_ids", "global_replication_group_id"];
    if encrypted && asks.iter().all(|name| resource.setting(name).value.is_none()) {
        let place = resource.head();
        let message = "whoever reaches this network reads and changes what is cached: \
                       set `user_group_ids`, or an `auth_token` from a secrets manager";
        resource.fault(Setting { value: None, place }, message, report);
    }
}

fn tls_off(resource: &Resource<'_>, report: &mut Report<'_>) {
    for parameter in resource.blocks("parameter") {
        let name = parameter.get("name").and_then(Value::as_str).unwrap_or("");
        let Some((_, off)) = TLS_PARAMETERS.iter().find(|(known, _)| *known == name) else { continue };
        let Some(value) = parameter.get("value") else { continue };
        if off.iter().any(|one| value.to_text().eq_ignore_ascii_case(one)) {
            let message = "passwords and rows may cross the network readable: let the database insist on TLS";
            resource.fault_at(value.origin, message, report);
        }
    }
}
