//! What kind of file this is, from its path and its first bytes.

/// The formats that some family of checks reads. Every text file is searched for secrets besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `.github/workflows/*.yml`
    Workflow,
    /// `action.yml`: a composite, JavaScript or container action.
    Action,
    /// `.github/dependabot.yml`
    Dependabot,
    /// `.gitlab-ci.yml` and files under `.gitlab/ci/`.
    Gitlab,
    /// Dockerfile or Containerfile.
    Dockerfile,
    /// Compose file.
    Compose,
    /// `kustomization.yaml`
    Kustomization,
    /// `Chart.yaml` of a Helm chart.
    HelmChart,
    /// A template of a Helm chart: not YAML until rendered.
    HelmTemplate,
    /// Manifests: YAML or JSON with `apiVersion` and `kind`.
    Kubernetes,
    /// `.palisade/exceptions.toml`
    Exceptions,
    /// A lock file of a package manager.
    Lockfile,
    /// `CODEOWNERS`, where a forge reads it.
    Codeowners,
    /// Terraform or OpenTofu: configuration, or values of variables.
    Terraform,
    /// A plan of Terraform as JSON.
    TerraformPlan,
    /// What Pulumi writes: a preview, an export, a checkpoint; or a program in YAML.
    Pulumi,
    /// A CloudFormation or SAM template.
    CloudFormation,
    /// A policy of AWS as a JSON file.
    Policy,
    /// A database migration: SQL or Cypher.
    Migration,
    /// A report of tests: coverage, mutants, load, runs.
    Quality,
    /// A schema of GraphQL.
    Graphql,
    /// A description of an HTTP interface: OpenAPI, Swagger.
    OpenApi,
    /// Settings of Spring Boot.
    Spring,
    /// A file of a Rails application that holds settings.
    Rails,
    /// Anything else.
    Other,
}

/// Lock files of package managers, by name.
const LOCKFILES: [&str; 28] = [
    "Cargo.lock",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "Pipfile.lock",
    "go.sum",
    "composer.lock",
    "Gemfile.lock",
    "mix.lock",
    "pubspec.lock",
    "Package.resolved",
    "Podfile.lock",
    "packages.lock.json",
    "gradle.lockfile",
    ".terraform.lock.hcl",
    "deno.lock",
    "pylock.toml",
    "gems.locked",
    "rebar.lock",
    "conan.lock",
    "stack.yaml.lock",
    "renv.lock",
    "Chart.lock",
];

impl Format {
    /// Decides from a path (`/` between parts) and the file's bytes.
    #[must_use]
    pub fn of(path: &str, bytes: &[u8]) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let lower = name.to_ascii_lowercase();
        if LOCKFILES.contains(&name) {
            return Self::Lockfile;
        }
        if path == ".palisade/exceptions.toml" || path.ends_with("/.palisade/exceptions.toml") {
            return Self::Exceptions;
        }
        if crate::codeowners::PLACES.contains(&path) {
            return Self::Codeowners;
        }
        if is_dockerfile(&lower) {
            return Self::Dockerfile;
        }
        if is_terraform(&lower) && !path.split('/').any(|part| part == ".terraform") {
            return Self::Terraform;
        }
        if (lower.ends_with(".sql") || lower.ends_with(".cypher") || lower.ends_with(".cql"))
            && crate::migration::is_migration(path, bytes)
        {
            return Self::Migration;
        }
        if crate::quality::is_report(path, bytes) {
            return Self::Quality;
        }
        if crate::graphql::is_schema(path, bytes) {
            return Self::Graphql;
        }
        if crate::ruby::File::of(path).is_some() {
            return Self::Rails;
        }
        if crate::properties::is_settings(path, bytes) {
            return Self::Spring;
        }
        if name == "Kustomization" {
            return Self::Kustomization;
        }
        if [".yaml", ".yml", ".json", ".template"].iter().any(|end| lower.ends_with(end)) && is_template(bytes) {
            return Self::CloudFormation;
        }
        let Some(stem) = lower.strip_suffix(".yaml").or_else(|| lower.strip_suffix(".yml")) else {
            return match lower.ends_with(".json") {
                true if is_plan(bytes) => Self::TerraformPlan,
                true if is_pulumi(path, bytes) => Self::Pulumi,
                true if is_manifest(bytes) => Self::Kubernetes,
                true if is_policy(bytes) => Self::Policy,
                true if is_interface(bytes) => Self::OpenApi,
                _ => Self::Other,
            };
        };
        let folder = path.strip_suffix(name).unwrap_or("");
        // When the target is `.github` or its `workflows`, the folders above are not part of the path.
        let below = folder.is_empty() || folder == "workflows/";
        if folder.ends_with(".github/workflows/") || below && opens_line(bytes, b"on:") && opens_line(bytes, b"jobs:") {
            return Self::Workflow;
        }
        match stem {
            "action" if has_line_start(bytes, b"runs") => return Self::Action,
            "dependabot" if folder.ends_with(".github/") => return Self::Dependabot,
            "kustomization" => return Self::Kustomization,
            "chart" if name == "Chart.yaml" && has_line_start(bytes, b"name") => return Self::HelmChart,
            "docker-compose" | "compose" => return Self::Compose,
            "pulumi" | "main" if is_pulumi_program(bytes) => return Self::Pulumi,
            _ => {}
        }
        if stem == ".gitlab-ci" || stem.ends_with(".gitlab-ci") || folder.ends_with(".gitlab/ci/") {
            return Self::Gitlab;
        }
        if stem.starts_with("docker-compose") || stem.starts_with("compose.") {
            return Self::Compose;
        }
        let template = contains(bytes, b"{{");
        if template && (folder.ends_with("templates/") || folder.contains("/templates/")) {
            return Self::HelmTemplate;
        }
        if is_manifest(bytes) {
            return Self::Kubernetes;
        }
        if is_interface(bytes) {
            return Self::OpenApi;
        }
        Self::Other
    }
}

/// How far into a document on one line the keys that name its kind are looked for.
const MINIFIED_BYTES: usize = 512;

fn is_manifest(bytes: &[u8]) -> bool {
    let head = bytes.get(..MINIFIED_BYTES).unwrap_or(bytes);
    let minified = head.first() == Some(&b'{') && contains(head, b"\"apiVersion\":") && contains(head, b"\"kind\":");
    minified || has_line_start(bytes, b"apiVersion") && has_line_start(bytes, b"kind")
}

/// Whether it says that it is a template, or declares resources of AWS. Templates of templates are none.
fn is_template(bytes: &[u8]) -> bool {
    let typed = || contains(bytes, b"AWS::");
    let says = has_line_start(bytes, b"AWSTemplateFormatVersion") || contains(bytes, b"\"AWSTemplateFormatVersion\"");
    let declares = || contains(bytes, b"Resources") && contains(bytes, b"Type") && has_line_start(bytes, b"Resources");
    typed() && (says || declares()) && !contains(bytes, b"{%")
}

/// Whether it begins as `terraform show -json` writes plans.
fn is_plan(bytes: &[u8]) -> bool {
    let head = bytes.get(..MINIFIED_BYTES).unwrap_or(bytes);
    contains(head, b"\"format_version\"") && contains(bytes, b"\"resource_changes\"")
}

/// Whether it begins as previews, exports and checkpoints do, and names a resource of a stack. What a backend keeps of
/// former days stands no more.
fn is_pulumi(path: &str, bytes: &[u8]) -> bool {
    if path.contains(".pulumi/backups/") || path.contains(".pulumi/history/") {
        return false;
    }
    let head = bytes.get(..MINIFIED_BYTES).unwrap_or(bytes);
    let stands = || contains(head, b"\"deployment\"") || contains(head, b"\"checkpoint\"");
    (stands() || contains(bytes, b"\"newState\"")) && contains(bytes, b"\"urn:pulumi:")
}

/// Whether it declares resources of Pulumi's packages.
fn is_pulumi_program(bytes: &[u8]) -> bool {
    let typed = |package: &[u8]| {
        memchr::memmem::find_iter(bytes, package).any(|at| {
            let before = bytes.get(..at).unwrap_or(&[]).trim_ascii_end();
            before.ends_with(b"type:") || before.ends_with(b"type: \"") || before.ends_with(b"type: '")
        })
    };
    opens_line(bytes, b"resources:")
        && [b"aws:".as_slice(), b"azure", b"gcp:", b"cloudflare:", b"kubernetes:"].into_iter().any(typed)
}

fn is_policy(bytes: &[u8]) -> bool {
    contains(bytes, b"\"Statement\"") && contains(bytes, b"\"Effect\"") && contains(bytes, b"Action\"")
}

/// Whether it says which version of OpenAPI it is written in, and has paths.
fn is_interface(bytes: &[u8]) -> bool {
    let head = bytes.get(..MINIFIED_BYTES).unwrap_or(bytes);
    let minified =
        || head.first() == Some(&b'{') && (contains(head, b"\"openapi\":\"3") || contains(head, b"\"swagger\":\"2"));
    contains(bytes, b"paths") && (has_line_start(bytes, b"openapi") || has_line_start(bytes, b"swagger") || minified())
}

fn is_terraform(lower: &str) -> bool {
    let plain = lower.strip_suffix(".json").unwrap_or(lower);
    [".tf", ".tofu", ".tfvars"].into_iter().any(|end| plain.len() > end.len() && plain.ends_with(end))
}

/// Whether a file of this name, in small letters, is a Dockerfile or Containerfile.
pub(crate) fn is_dockerfile(lower: &str) -> bool {
    let named = |base: &str| {
        lower == base
            || lower.strip_suffix(base).is_some_and(|rest| rest.ends_with('.'))
            || lower.strip_prefix(base).is_some_and(|rest| rest.starts_with(['.', '-', '_']))
    };
    // Sources and texts about Dockerfiles, and templates that become one.
    let other = [
        ".dockerignore",
        ".md",
        ".rs",
        ".go",
        ".py",
        ".js",
        ".ts",
        ".cs",
        ".java",
        ".rb",
        ".sh",
        ".txt",
        ".html",
        ".yml",
        ".yaml",
        ".json",
        ".toml",
        ".template",
        ".tmpl",
        ".tpl",
        ".j2",
        ".jinja",
        ".jinja2",
        ".erb",
        ".in",
        ".m4",
        ".ejs",
        ".hbs",
        ".mustache",
        ".liquid",
        ".patch",
        ".diff",
        ".orig",
        ".bak",
        ".lock",
    ];
    (named("dockerfile") || named("containerfile")) && !other.iter().any(|ending| lower.ends_with(ending))
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(bytes, needle).is_some()
}

/// Whether some line begins with these bytes.
fn opens_line(bytes: &[u8], start: &[u8]) -> bool {
    bytes.starts_with(start)
        || memchr::memmem::find_iter(bytes, start).any(|at| at > 0 && bytes.get(at - 1) == Some(&b'\n'))
}

/// Whether some line has `key` as its key: first on the line (list dash, indent or quote before it), a colon after.
fn has_line_start(bytes: &[u8], key: &[u8]) -> bool {
    memchr::memmem::find_iter(bytes, key).any(|at| {
        let line =
            bytes.get(..at).map_or(0, |head| head.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1));
        let before = bytes.get(line..at).unwrap_or(&[]);
        let after = bytes.get(at + key.len()..).unwrap_or(&[]);
        before.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'-' | b'{' | 0xEF | 0xBB | 0xBF))
            && after.iter().find(|byte| !matches!(byte, b' ' | b'"' | b'\'')) == Some(&b':')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_first_bytes_decide() {
        let manifest = b"# x\napiVersion: v1\nkind: Pod\n".as_slice();
        for (path, bytes, format) in [
            (".github/workflows/ci.yml", b"on: push".as_slice(), Format::Workflow),
            ("sub/.github/workflows/ci.yaml", b"", Format::Workflow),
            ("workflows/ci.yml", b"name: x\non: push\njobs:\n  a: {}\n", Format::Workflow),
            ("ci.yml", b"on: push\njobs:\n  a: {}\n", Format::Workflow),
            ("src/ci.yml", b"on: push\njobs:\n  a: {}\n", Format::Other),
            ("ci.yml", b"jobs:\n  on: 1\n", Format::Other),
            ("action.yml", b"runs:\n  using: composite", Format::Action),
            (".gitlab-ci.yml", b"", Format::Gitlab),
            ("build/Dockerfile.prod", b"", Format::Dockerfile),
            ("app.Dockerfile", b"", Format::Dockerfile),
            ("dockerfile.rs", b"", Format::Other),
            ("Dockerfile.dockerignore", b"", Format::Other),
            ("docker-compose.prod.yml", b"", Format::Compose),
            ("k8s/pod.yaml", manifest, Format::Kubernetes),
            ("k8s/pod.json", b"{\"apiVersion\": \"v1\",\n \"kind\": \"Pod\"}", Format::Kubernetes),
            ("k8s/one-line.json", b"{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}", Format::Kubernetes),
            ("a/Kustomization", b"", Format::Kustomization),
            ("c/templates/pod.yaml", b"apiVersion: v1\nkind: {{ .x }}", Format::HelmTemplate),
            ("c/Chart.yaml", b"name: c\nversion: 1", Format::HelmChart),
            ("a/kustomization.yaml", b"", Format::Kustomization),
            ("Cargo.lock", b"", Format::Lockfile),
            (".github/CODEOWNERS", b"", Format::Codeowners),
            ("sub/CODEOWNERS", b"", Format::Other),
            ("infra/main.tf", b"", Format::Terraform),
            ("infra/prod.tfvars.json", b"{}", Format::Terraform),
            ("infra/.terraform/modules/a/main.tf", b"", Format::Other),
            ("db/migrations/0001_users.up.sql", b"", Format::Migration),
            ("db/V1__users.sql", b"", Format::Migration),
            ("db/schema.sql", b"", Format::Other),
            ("values.yaml", b"kind: x", Format::Other),
            ("a.yaml", b"Resources:\n  B:\n    Type: AWS::S3::Bucket\n", Format::CloudFormation),
            ("a.template", b"{\"Resources\": {\"B\": {\"Type\": \"AWS::S3::Bucket\"}}}", Format::CloudFormation),
            ("api/schema.graphql", b"type Query {\n a: Int }", Format::Graphql),
            ("api/me.graphql", b"query Me { me }", Format::Other),
            ("api/openapi.yaml", b"openapi: 3.1.0\npaths: {}", Format::OpenApi),
            ("api/swagger.json", b"{\"swagger\":\"2.0\",\"paths\":{}}", Format::OpenApi),
            ("src/main/resources/application.yml", b"spring:\n  a: 1", Format::Spring),
            ("config/application.rb", b"", Format::Rails),
            ("preview.json", b"{\"steps\":[{\"urn\":\"urn:pulumi:a\",\"newState\":{}}]}", Format::Pulumi),
            ("export.json", b"{\"version\": 3, \"deployment\": {\"a\": \"urn:pulumi:a\"}}", Format::Pulumi),
            (".pulumi/stacks/a.json", b"{\"checkpoint\": {\"a\": \"urn:pulumi:a\"}}", Format::Pulumi),
            (".pulumi/backups/a/b.json", b"{\"checkpoint\": {\"a\": \"urn:pulumi:a\"}}", Format::Other),
            ("Pulumi.yaml", b"name: a\nresources:\n  b:\n    type: aws:s3:Bucket\n", Format::Pulumi),
            ("Pulumi.yaml", b"name: a\nruntime: go\n", Format::Other),
            (
                "cdk.out/App.template.json",
                b"{\"Resources\": {\"B\": {\"Type\": \"AWS::S3::Bucket\"}}}",
                Format::CloudFormation,
            ),
            ("a.json", b"{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\"}]}", Format::Policy),
        ] {
            assert_eq!(Format::of(path, bytes), format, "{path}");
        }
    }
}
