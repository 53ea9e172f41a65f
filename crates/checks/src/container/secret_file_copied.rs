//! Files that are secrets by their name.

use palisade_inventory::dockerfile::{Dockerfile, Kind, Value};
use palisade_model::{Confidence, Meta, Severity};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/secret-file-copied",
        title: "secret file is copied into the image",
        page: include_str!("secret_file_copied.md"),
        since: "0.1.0",
        severity: Severity::High,
        confidence: Confidence::Medium,
        controls: &["E3-T4"],
        maps: &["CIS-DOCKER:4.10", "CWE-538"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    for instruction in &file.instructions {
        let (Kind::Copy(transfer) | Kind::Add(transfer)) = &instruction.kind else { continue };
        if instruction.flag("from").is_some() {
            continue;
        }
        for source in transfer.sources.iter().filter(|source| is_secret_file(source)) {
            let shipped = file.is_shipped(instruction);
            let name = base_name(&source.resolved);
            let finding = if shipped {
                report.finding(
                    source.span,
                    format!("whoever can pull the image gets {name}, even if a later step deletes it"),
                )
            } else {
                report.finding(source.span, format!("{name} ends up in the build cache; use a secret mount"))
            };
            if !shipped {
                finding.severity(Severity::Low);
            }
        }
    }
}

fn base_name(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}

fn is_secret_file(source: &Value) -> bool {
    let path = source.resolved.to_ascii_lowercase();
    let name = base_name(&path);
    let example =
        ["example", "sample", "template", "dist", "default", "test", "pub"].iter().any(|it| name.ends_with(it));
    let exact = [
        ".env",
        ".npmrc",
        ".pypirc",
        ".netrc",
        "_netrc",
        ".git-credentials",
        ".pgpass",
        ".my.cnf",
        ".htpasswd",
        "id_rsa",
        "id_dsa",
        "id_ecdsa",
        "id_ed25519",
        ".dockercfg",
        "credentials.json",
        "service-account.json",
        "kubeconfig",
        ".vault-token",
        "terraform.tfstate",
        ".aws",
        ".ssh",
        ".gnupg",
        ".kube",
    ];
    let ending = [".pfx", ".p12", ".jks", ".keystore", "_rsa", ".kdbx"];
    // An .npmrc or .env of settings is common; the secrets checks read what is in it.
    let folder = [".aws/credentials", ".docker/config.json", ".ssh/", ".kube/config", ".gnupg/"];
    !example
        && (exact.contains(&name)
            || name.starts_with(".env.") && !name.contains("example") && !name.contains("sample")
            || ending.iter().any(|end| name.ends_with(end) && name != *end)
            || (name.ends_with(".key") || name.ends_with("-key.pem") || name == "key.pem" || name == "privkey.pem")
                && !path.contains("public")
            || folder.iter().any(|part| path.contains(part)))
}
