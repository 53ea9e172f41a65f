//! The files that `init` writes, made to fit. The texts stand beside this file.

use std::fmt::Write as _;

use super::survey::Survey;
use crate::arguments::Init;
use crate::arguments::starting::Part;

/// The workflow's path.
pub(super) const WORKFLOW: &str = ".github/workflows/palisade.yml";
/// The path of the rules of branches.
pub(super) const RULESET: &str = ".github/rulesets/main.json";

/// The path of the jobs for GitLab.
pub(super) const GITLAB: &str = ".gitlab/ci/palisade.yml";
/// The path of GitLab's pipeline, which takes them in.
pub(super) const GITLAB_ROOT: &str = ".gitlab-ci.yml";
/// What takes them in.
pub(super) const GITLAB_INCLUDE: &str = "include:\n  - local: .gitlab/ci/palisade.yml\n";

/// One file to write.
#[derive(Debug)]
pub(super) struct Piece {
    /// What it is a part of.
    part: Part,
    /// Path from the root.
    pub(super) path: String,
    /// Its text.
    pub(super) text: String,
    /// What it is for, in a few words.
    pub(super) purpose: &'static str,
    /// A file that does the same already.
    pub(super) instead: Option<String>,
    /// What is needed to write it and was not given.
    pub(super) lacks: Option<&'static str>,
    /// Whether its user may be asked to have it replaced: not when it holds what only they know.
    pub(super) replaceable: bool,
}

/// What fits the repository, or what was asked for.
pub(super) fn fitting(survey: &Survey, arguments: &Init, identity: &str) -> Vec<Piece> {
    let mut pieces = settings(identity);
    pieces.extend(pipelines(survey, arguments));
    pieces.extend(github(survey, arguments));
    pieces.extend(everywhere(survey, arguments));
    let wanted = |piece: &Piece| match arguments.only.as_slice() {
        [] => fits(piece.part, survey),
        only => only.contains(&piece.part),
    };
    pieces.retain(wanted);
    for piece in &mut pieces {
        piece.instead = survey.first(others(piece.part)).filter(|other| *other != piece.path).map(str::to_owned);
    }
    pieces
}

fn fits(part: Part, survey: &Survey) -> bool {
    match part {
        Part::Workflow | Part::Ruleset | Part::Dependabot => survey.github,
        Part::Gitlab => survey.gitlab,
        _ => true,
    }
}

/// Files, in lower case, that serve the end of a part.
fn others(part: Part) -> &'static [&'static str] {
    match part {
        Part::Codeowners => &["codeowners", "docs/codeowners", ".gitlab/codeowners", ".github/codeowners", "owners"],
        Part::Dependabot => &[
            ".github/dependabot.yaml",
            ".github/dependabot.yml",
            "renovate.json",
            "renovate.json5",
            ".renovaterc",
            ".renovaterc.json",
            ".github/renovate.json",
            ".github/renovate.json5",
            ".gitlab/renovate.json",
        ],
        Part::PreCommit => &[".pre-commit-config.yml", ".husky/", "lefthook.yml", ".lefthook.yml", ".githooks/"],
        Part::Devcontainer => &[".devcontainer.json", ".devcontainer/", "flake.nix", "devbox.json", ".gitpod.yml"],
        Part::Security => &["security.rst", "security.txt", ".github/security.md", "docs/security.md"],
        Part::ThreatModel => &["docs/threat_model.md", "threat-model.md", "threat_model.md", "docs/threatmodel.md"],
        Part::Ruleset => &[".github/settings.yml", ".github/settings.yaml", ".asf.yaml"],
        Part::Runbooks => &["runbooks/", "doc/runbooks/"],
        _ => &[],
    }
}

fn piece(part: Part, path: &str, text: impl Into<String>, purpose: &'static str) -> Piece {
    let (path, text) = (path.to_owned(), text.into());
    Piece { part, path, text, purpose, instead: None, lacks: None, replaceable: true }
}

fn settings(identity: &str) -> Vec<Piece> {
    let (part, own) = (Part::Settings, |piece: Piece| Piece { replaceable: false, ..piece });
    vec![
        own(piece(part, crate::config::FILE, include_str!("palisade.toml"), "settings")),
        own(piece(
            part,
            palisade_gate::EXCEPTIONS_FILE,
            include_str!("exceptions.toml"),
            "what may stay for a while, and until when",
        )),
        own(piece(
            part,
            crate::target::IDENTITY_FILE,
            identity,
            "the key under which fingerprints of secrets are made",
        )),
    ]
}

const BASE: &str = "${{ github.event.pull_request.base.sha || github.event.merge_group.base_sha }}";

fn pipelines(survey: &Survey, arguments: &Init) -> Vec<Piece> {
    let (gate, scan) = match &arguments.palisade_commit {
        Some(commit) => {
            let step = |command: &str| {
                format!("- uses: palisade-dev/palisade@{commit}\n        with:\n          command: {command}")
            };
            (step(&format!("gate merge --since {BASE}")), step("scan --format sarif --output palisade.sarif"))
        }
        None => (
            format!(
                "# Palisade must be on the runner. Or build a commit that you reviewed:\n      \
                 # `palisade init --only workflow --palisade-commit COMMIT` writes the step.\n      \
                 - name: Gate the merge\n        env:\n          BASE: {BASE}\n        \
                 run: palisade gate merge --since \"$BASE\""
            ),
            "- name: Scan\n        run: palisade scan --format sarif --output palisade.sarif".to_owned(),
        ),
    };
    let workflow = include_str!("github-workflow.yml")
        .replace("{{branch}}", &survey.branch)
        .replace("{{palisade-gate}}", &gate)
        .replace("{{palisade-scan}}", &scan);
    let mut pieces = vec![
        piece(Part::Workflow, WORKFLOW, workflow, "gates each merge, hands findings to code scanning"),
        piece(Part::Gitlab, GITLAB, include_str!("gitlab.yml"), "gates each merge request"),
    ];
    if survey.paths.contains(GITLAB_ROOT) {
        // Theirs to change: it is named in the file, and stays as it is.
        if let Some(piece) = pieces.iter_mut().find(|piece| piece.part == Part::Gitlab) {
            piece.purpose = "gates each merge request, once .gitlab-ci.yml includes it as `local:`";
        }
    } else {
        pieces.push(piece(Part::Gitlab, GITLAB_ROOT, include_str!("gitlab-root.yml"), "takes in the jobs"));
    }
    pieces
}

fn github(survey: &Survey, arguments: &Init) -> Vec<Piece> {
    let mut owned = piece(Part::Codeowners, owners_path(survey), owners(survey, arguments), "who must approve what");
    owned.lacks = arguments.owner.is_empty().then_some("say who owns the repository with `--owner @team`");
    // A check that cannot run yet, required, would let nothing merge.
    let enforcement = if arguments.palisade_commit.is_some() { "active" } else { "disabled" };
    let ruleset = include_str!("ruleset.json").replace("{{enforcement}}", enforcement);
    vec![
        owned,
        piece(Part::Ruleset, RULESET, ruleset, "rules of the default branch, to import at GitHub"),
        piece(
            Part::Dependabot,
            ".github/dependabot.yml",
            updates(survey),
            "proposes updates, a week after they are out",
        ),
    ]
}

fn everywhere(survey: &Survey, arguments: &Init) -> Vec<Piece> {
    let devcontainer = include_str!("devcontainer.json").replace("{{name}}", &survey.name);
    let private = if survey.gitlab && !survey.github {
        "as a confidential issue of this project"
    } else {
        "through the button \"Report a vulnerability\" under the tab Security"
    };
    let contact = arguments.contact.as_deref().unwrap_or(private);
    let security = include_str!("security.md").replace("{{contact}}", contact);
    let rollback = include_str!("runbooks/rollback.md").replace("{{rollback}}", &way_back(survey));
    let runbook =
        |name: &str, text: &str, purpose| piece(Part::Runbooks, &format!("docs/runbooks/{name}.md"), text, purpose);
    vec![
        piece(
            Part::PreCommit,
            ".pre-commit-config.yaml",
            include_str!("pre-commit.yaml"),
            "keeps secrets out of commits",
        ),
        piece(Part::Devcontainer, ".devcontainer/devcontainer.json", devcontainer, "an environment for development"),
        piece(Part::Security, "SECURITY.md", security, "where to report a weakness"),
        piece(Part::ThreatModel, "docs/threat-model.md", include_str!("threat-model.md"), "a threat model to fill in"),
        runbook(
            "leaked-credential",
            include_str!("runbooks/leaked-credential.md"),
            "what to do when a credential leaks",
        ),
        runbook(
            "compromised-dependency",
            include_str!("runbooks/compromised-dependency.md"),
            "what to do when a dependency turns bad",
        ),
        runbook("rollback", &rollback, "how to go back"),
    ]
}

fn owners_path(survey: &Survey) -> &'static str {
    if survey.github { ".github/CODEOWNERS" } else { ".gitlab/CODEOWNERS" }
}

fn owners(survey: &Survey, arguments: &Init) -> String {
    let mut paths = Vec::new();
    if survey.github {
        paths.push("/.github/".to_owned());
    }
    if survey.gitlab {
        paths.extend(["/.gitlab-ci.yml".to_owned(), "/.gitlab/".to_owned()]);
    }
    paths.extend(["/palisade.toml".to_owned(), "/.palisade/".to_owned()]);
    if survey.images {
        paths.extend(["Dockerfile*".to_owned(), "Containerfile*".to_owned()]);
    }
    if survey.terraform {
        paths.push("*.tf".to_owned());
    }
    paths.extend(survey.charts.iter().filter(|folder| !folder.is_empty()).map(|folder| format!("/{folder}/")));
    let owner = arguments.owner.join(" ");
    let lines: Vec<String> = paths.iter().map(|path| format!("{} {owner}", path.replace(' ', "\\ "))).collect();
    include_str!("codeowners").replace("{{owner}}", &owner).replace("{{sensitive}}", &lines.join("\n"))
}

fn updates(survey: &Survey) -> String {
    let mut entries = String::new();
    let mut ecosystems = survey.ecosystems.clone();
    // The workflow that is written here uses actions.
    ecosystems.entry("github-actions").or_default().insert("/".to_owned());
    for (ecosystem, folders) in &ecosystems {
        let folders: Vec<String> =
            folders.iter().map(|folder| serde_json::Value::from(folder.as_str()).to_string()).collect();
        let _ = write!(
            entries,
            "  - package-ecosystem: {ecosystem}\n    directories: [{}]\n    schedule:\n      interval: weekly\n    \
             cooldown:\n      default-days: 7\n",
            folders.join(", ")
        );
    }
    include_str!("dependabot.yml").replace("{{updates}}\n", &entries)
}

/// How to go back with what deploys here.
fn way_back(survey: &Survey) -> String {
    let way = if !survey.charts.is_empty() {
        "`helm history RELEASE --namespace NAMESPACE`, then `helm rollback RELEASE REVISION --namespace NAMESPACE --wait`."
    } else if survey.manifests {
        "`kubectl rollout undo deployment/NAME --namespace NAMESPACE`, then put the good digests back into the manifests \
         and deploy them, so that the cluster and the repository agree."
    } else if survey.terraform {
        "Revert the change, read `terraform plan` until it says nothing but the way back, then apply it."
    } else {
        "Write the command here that deploys a given version, and the name of whoever may run it."
    };
    way.to_owned()
}
