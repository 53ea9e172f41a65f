//! Facts about actions that only a list can hold. Each list says as of when.

/// When the list of archived repositories was last looked through.
pub(super) const ARCHIVED_AS_OF: &str = "August 2026";

/// Archived repositories of actions, and what does the same today.
pub(super) const ARCHIVED: [(&str, &str); 66] = [
    ("8398a7/action-slack", "slackapi/slack-github-action"),
    ("actions-rs/audit-check", "rustsec/audit-check"),
    ("actions-rs/cargo", "`cargo` in a `run:` step"),
    ("actions-rs/clippy-check", "`cargo clippy` in a `run:` step"),
    ("actions-rs/components-nightly", "`rustup` in a `run:` step"),
    ("actions-rs/grcov", "`grcov` in a `run:` step"),
    ("actions-rs/install", "`cargo install` in a `run:` step"),
    ("actions-rs/tarpaulin", "`cargo tarpaulin` in a `run:` step"),
    ("actions-rs/toolchain", "`rustup` in a `run:` step"),
    ("actions/create-release", "`gh release create`"),
    ("actions/upload-release-asset", "`gh release upload`"),
    ("actions/setup-elixir", "erlef/setup-beam"),
    ("actions/setup-haskell", "haskell-actions/setup"),
    ("actions/setup-ruby", "ruby/setup-ruby"),
    ("aquasecurity/cfsec", ""),
    ("artichoke/setup-rust", "`rustup` in a `run:` step"),
    ("azure/appservice-actions", ""),
    ("azure/container-actions", ""),
    ("azure/container-scan", "aquasecurity/trivy-action"),
    ("azure/get-keyvault-secrets", "`az keyvault secret show`"),
    ("azure/k8s-actions", "azure/k8s-deploy"),
    ("azure/manage-azure-policy", ""),
    ("azure/publish-security-assessments", ""),
    ("azure/spring-cloud-deploy", ""),
    ("azure/webapps-container-deploy", "azure/webapps-deploy"),
    ("cedrickring/golang-action", "actions/setup-go"),
    ("contributor-assistant/github-action", ""),
    ("cirrus-actions/rebase", "GitHub's own button to update a branch"),
    ("convictional/trigger-workflow-and-wait", "`gh workflow run`"),
    ("crazy-max/ghaction-docker-buildx", "docker/setup-buildx-action"),
    ("crazy-max/ghaction-hugo", "`hugo` in a `run:` step"),
    ("delaguardo/setup-graalvm", "graalvm/setup-graalvm"),
    ("expo/expo-preview-action", "expo/expo-github-action"),
    ("facebook/pysa-action", ""),
    ("gradle/gradle-build-action", "gradle/actions/setup-gradle"),
    ("grafana/k6-action", "grafana/setup-k6-action"),
    ("hashicorp/terraform-cdk-action", ""),
    ("helaili/github-graphql-action", "`gh api graphql`"),
    ("ilshidur/action-slack", "slackapi/slack-github-action"),
    ("jakejarvis/cloudflare-purge-action", "`curl` in a `run:` step"),
    ("jakejarvis/firebase-deploy-action", "firebaseextended/action-hosting-deploy"),
    ("jakejarvis/hugo-build-action", "`hugo` in a `run:` step"),
    ("jakejarvis/lighthouse-action", ""),
    ("jakejarvis/s3-sync-action", "`aws s3 sync`"),
    ("machine-learning-apps/wandb-action", ""),
    ("mansagroup/gcs-cache-action", ""),
    ("marvinpinto/action-automatic-releases", "`gh release create`"),
    ("marvinpinto/actions", "`gh release create`"),
    ("maxheld83/ghpages", "actions/deploy-pages"),
    ("mikepenz/gradle-dependency-submission", "gradle/actions/dependency-submission"),
    ("paambaati/codeclimate-action", ""),
    ("repo-sync/pull-request", "`gh pr create`"),
    ("repo-sync/repo-sync", ""),
    ("secrethub/actions", "1password/load-secrets-action"),
    ("semgrep/semgrep-action", "the `semgrep/semgrep` container"),
    ("sonarsource/sonarcloud-github-action", "SonarSource/sonarqube-scan-action"),
    ("stefanprodan/kube-tools", ""),
    ("svenstaro/upx-action", "`upx` in a `run:` step"),
    ("technote-space/auto-cancel-redundant-workflow", "`concurrency:`"),
    ("swiftdocorg/github-wiki-publish-action", ""),
    ("technote-space/get-diff-action", "`git diff`"),
    ("trmcnvn/chrome-addon", ""),
    ("z0al/dependent-issues", ""),
    ("tibdex/github-app-token", "actions/create-github-app-token"),
    ("verygoodopensource/very_good_coverage", ""),
    ("youyo/aws-cdk-github-actions", "`cdk` in a `run:` step"),
];

/// Widely used actions, against which near misses are compared.
pub(super) const POPULAR: [&str; 66] = [
    "actions/cache",
    "actions/checkout",
    "actions/configure-pages",
    "actions/create-github-app-token",
    "actions/dependency-review-action",
    "actions/deploy-pages",
    "actions/download-artifact",
    "actions/github-script",
    "actions/labeler",
    "actions/setup-dotnet",
    "actions/setup-go",
    "actions/setup-java",
    "actions/setup-node",
    "actions/setup-python",
    "actions/stale",
    "actions/upload-artifact",
    "actions/upload-pages-artifact",
    "anchore/sbom-action",
    "anchore/scan-action",
    "aquasecurity/trivy-action",
    "astral-sh/setup-uv",
    "aws-actions/amazon-ecr-login",
    "aws-actions/configure-aws-credentials",
    "azure/login",
    "azure/setup-helm",
    "azure/setup-kubectl",
    "azure/webapps-deploy",
    "browser-actions/setup-chrome",
    "cloudflare/wrangler-action",
    "codecov/codecov-action",
    "coverallsapp/github-action",
    "cypress-io/github-action",
    "dependabot/fetch-metadata",
    "docker/bake-action",
    "docker/build-push-action",
    "docker/login-action",
    "docker/metadata-action",
    "docker/setup-buildx-action",
    "docker/setup-qemu-action",
    "dorny/paths-filter",
    "dtolnay/rust-toolchain",
    "github/codeql-action",
    "golangci/golangci-lint-action",
    "google-github-actions/auth",
    "google-github-actions/setup-gcloud",
    "goreleaser/goreleaser-action",
    "gradle/actions",
    "hashicorp/setup-terraform",
    "helm/kind-action",
    "jamesives/github-pages-deploy-action",
    "ossf/scorecard-action",
    "peaceiris/actions-gh-pages",
    "peter-evans/create-pull-request",
    "pnpm/action-setup",
    "pre-commit/action",
    "pypa/gh-action-pypi-publish",
    "release-drafter/release-drafter",
    "ruby/setup-ruby",
    "shivammathur/setup-php",
    "sigstore/cosign-installer",
    "slackapi/slack-github-action",
    "softprops/action-gh-release",
    "step-security/harden-runner",
    "swatinem/rust-cache",
    "tj-actions/changed-files",
    "trufflesecurity/trufflehog",
];

/// Actions for which the runner has a tool on board.
pub(super) const SUPERFLUOUS: [(&str, &str); 17] = [
    ("ncipollo/release-action", "gh release create"),
    ("softprops/action-gh-release", "gh release create"),
    ("elgohr/github-release-action", "gh release create"),
    ("svenstaro/upload-release-action", "gh release upload"),
    ("peter-evans/create-pull-request", "gh pr create"),
    ("peter-evans/create-or-update-comment", "gh pr comment"),
    ("dacbd/create-issue-action", "gh issue create"),
    ("actions-ecosystem/action-add-labels", "gh issue edit --add-label"),
    ("actions-ecosystem/action-remove-labels", "gh issue edit --remove-label"),
    ("stefanzweifel/git-auto-commit-action", "git commit && git push"),
    ("endbug/add-and-commit", "git commit && git push"),
    ("ad-m/github-push-action", "git push"),
    ("addnab/docker-run-action", "docker run"),
    ("sergeysova/jq-action", "jq"),
    ("dtolnay/rust-toolchain", "rustup"),
    ("geekyeggo/delete-artifact", "gh api -X DELETE"),
    ("benc-uk/workflow-dispatch", "gh workflow run"),
];

/// When the list of incidents was last looked through.
pub(super) const INCIDENTS_AS_OF: &str = "August 2026";

/// Which versions an incident concerns.
#[derive(Clone, Copy)]
pub(super) enum Affected {
    /// The malicious commit itself.
    Commit(&'static str),
    /// A tag that was moved and has been withdrawn since.
    Tag(&'static str),
    /// Tags below this one were moved to malicious commits for some time; commits pinned before are good.
    TagsBelow(&'static str),
    /// Every version below this one is vulnerable.
    Below(&'static str),
}

/// A known compromise or vulnerability of an action.
#[derive(Clone, Copy)]
pub(super) struct Incident {
    /// `owner/repository`
    pub action: &'static str,
    /// Which versions.
    pub affected: Affected,
    /// Its public identifier.
    pub id: &'static str,
    /// What is wrong.
    pub what: &'static str,
}

const fn incident(action: &'static str, affected: Affected, id: &'static str, what: &'static str) -> Incident {
    Incident { action, affected, id, what }
}

/// Known incidents, from the maintainers' own notices and the public advisories that they cite.
pub(super) const INCIDENTS: [Incident; 18] = [
    incident(
        "tj-actions/changed-files",
        Affected::Commit("0e58ed8671d6b60d0890c21b07f8835ace038e67"),
        "CVE-2025-30066",
        "this commit prints the runner's secrets into the log",
    ),
    incident(
        "tj-actions/changed-files",
        Affected::TagsBelow("46.0.1"),
        "CVE-2025-30066",
        "in March 2025 these tags pointed to a commit that prints the runner's secrets into the log",
    ),
    incident(
        "tj-actions/changed-files",
        Affected::Below("41"),
        "CVE-2023-51664",
        "names of changed files can run commands",
    ),
    incident("tj-actions/branch-names", Affected::Below("9"), "CVE-2025-54416", "branch names can run commands"),
    incident(
        "reviewdog/action-setup",
        Affected::Commit("f0d342d24037bb11d26b9bd8496e0808ba32e9ec"),
        "CVE-2025-30154",
        "this commit prints the runner's secrets into the log",
    ),
    incident(
        "aquasecurity/trivy-action",
        Affected::Commit("ddb9da4475c1cef7d5389062bdfdfbdbd1394648"),
        "CVE-2026-33634",
        "this commit sends the runner's secrets away",
    ),
    incident(
        "aquasecurity/trivy-action",
        Affected::TagsBelow("0.35.0"),
        "CVE-2026-33634",
        "in March 2026 these tags pointed to commits that send the runner's secrets away",
    ),
    incident(
        "aquasecurity/setup-trivy",
        Affected::TagsBelow("0.2.6"),
        "CVE-2026-33634",
        "in March 2026 these tags pointed to commits that send the runner's secrets away",
    ),
    incident(
        "xygeni/xygeni-action",
        Affected::Tag("v5"),
        "the vendor's report of March 2026",
        "this tag was moved to a malicious commit and has been withdrawn",
    ),
    incident(
        "actions/download-artifact",
        Affected::Below("4.1.3"),
        "CVE-2024-42471",
        "an artifact can write files outside of its folder",
    ),
    incident(
        "rlespinasse/github-slug-action",
        Affected::Below("4.4.1"),
        "CVE-2023-27581",
        "branch names can run commands",
    ),
    incident(
        "gradle/gradle-build-action",
        Affected::Below("2.4.2"),
        "CVE-2023-30853",
        "secrets can end up in the cache",
    ),
    incident("embano1/wip", Affected::Below("2"), "CVE-2023-30623", "titles of pull requests can run commands"),
    incident(
        "check-spelling/check-spelling",
        Affected::Below("0.0.19"),
        "CVE-2021-32724",
        "links in a pull request can reveal the token",
    ),
    incident("atlassian/gajira-create", Affected::Below("2.0.1"), "CVE-2020-14188", "texts of issues can run commands"),
    incident(
        "atlassian/gajira-comment",
        Affected::Below("2.0.2"),
        "CVE-2020-14189",
        "texts of issues can run commands",
    ),
    incident(
        "hashicorp/vault-action",
        Affected::Below("2.2.0"),
        "CVE-2021-32074",
        "multi-line secrets are printed into the log",
    ),
    incident(
        "canonical/get-workflow-version-action",
        Affected::Below("1.0.1"),
        "CVE-2025-31479",
        "errors print the token into the log",
    ),
];
