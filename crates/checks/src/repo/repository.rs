//! A whole repository of a team: what it has, by the names of its files.

use palisade_inventory::codeowners::OwnersFacts;
use palisade_inventory::kubernetes::ObjectFacts;
use palisade_inventory::terraform::is_example;
use palisade_inventory::{Facts, Format, Inventory};
use palisade_model::Location;

use crate::Settings;

/// A target that is a whole repository, from its root, with source and a pipeline.
#[derive(Clone, Copy)]
pub(super) struct Repository<'a> {
    inventory: &'a Inventory,
}

/// Pipelines that count only at the root of a repository.
const PIPELINES: [&str; 9] = [
    ".gitlab-ci.yml",
    ".circleci/config.yml",
    ".travis.yml",
    ".drone.yml",
    ".woodpecker.yml",
    ".buildkite/pipeline.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "Jenkinsfile",
];

/// Endings of what people write to be run.
const SOURCES: [&str; 36] = [
    "py", "js", "mjs", "cjs", "ts", "tsx", "jsx", "go", "rs", "java", "kt", "kts", "scala", "clj", "rb", "php", "c",
    "h", "cc", "cpp", "hpp", "cs", "fs", "swift", "m", "ex", "exs", "erl", "hs", "ml", "lua", "dart", "sh", "ps1",
    "sql", "tf",
];

/// Endings of documents.
const DOCUMENTS: [&str; 6] = ["md", "mdx", "rst", "txt", "adoc", "html"];

/// Words in names of files and objects that make backups.
const BACKUPS: [&str; 10] =
    ["backup", "barman", "dump", "k8up", "pgbackrest", "restic", "velero", "volsync", "wal-g", "walg"];

/// Manifests that bots for updates read, by name.
const MANIFESTS: [&str; 19] = [
    "package.json",
    "requirements.txt",
    "pyproject.toml",
    "Pipfile",
    "setup.py",
    "go.mod",
    "Cargo.toml",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "Gemfile",
    "composer.json",
    "mix.exs",
    "pubspec.yaml",
    "Package.swift",
    "packages.config",
    "Directory.Packages.props",
    "build.sbt",
    "Chart.yaml",
];

impl<'a> Repository<'a> {
    /// The repository, when the target is one.
    pub(super) fn of(inventory: &'a Inventory) -> Option<Self> {
        let pipeline = |file: &Facts| is_workflow(file) || PIPELINES.contains(&&*file.path);
        let source = |file: &Facts| {
            matches!(file.format, Format::Dockerfile | Format::Kubernetes | Format::HelmChart)
                || SOURCES.contains(&ending(&file.path))
        };
        let is = inventory.whole && inventory.files.iter().any(pipeline) && inventory.files.iter().any(source);
        is.then_some(Self { inventory })
    }

    /// Whether any path, in lower case, is as asked.
    fn any(self, test: impl Fn(&str) -> bool) -> bool {
        self.inventory.files.iter().any(|file| test(&file.path.to_ascii_lowercase()))
    }

    /// Whether a document of one of these names, in lower case, stands where people look.
    pub(super) fn has_document(self, stems: &[&str]) -> bool {
        self.any(|path| {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            let stem = name.split('.').next().unwrap_or(name);
            let plain = !name.contains('.') || is_document(name);
            matches!(folder, "" | ".github" | ".gitlab" | "docs" | "doc") && plain && stems.contains(&stem)
        })
    }

    pub(super) fn has_licence(self) -> bool {
        self.any(|path| {
            let starts = |name: &str| path.starts_with(name);
            starts("licenses/")
                || !path.contains('/') && ["license", "licence", "copying", "unlicense"].iter().any(|name| starts(name))
        })
    }

    /// The file that says who owns what, where the forge reads it first.
    pub(super) fn owners(self) -> Option<&'a OwnersFacts> {
        let read = |path| self.inventory.file(path)?.owners.as_deref();
        palisade_inventory::codeowners::PLACES.iter().find_map(|path| read(path))
    }

    /// Whether anybody owns files, by CODEOWNERS or by the OWNERS files of Kubernetes' bots.
    pub(super) fn has_owners(self) -> bool {
        self.inventory.file("OWNERS").is_some() || self.owners().is_some_and(|facts| !facts.owners.is_empty())
    }

    /// Something whose dependencies grow old.
    pub(super) fn first_manifest(self, settings: &Settings) -> Option<&'a str> {
        let manifest = |file: &&Facts| {
            let name = file.path.rsplit('/').next().unwrap_or(&file.path);
            MANIFESTS.contains(&name)
                || name.ends_with(".csproj")
                || file.format == Format::Dockerfile
                || file.workflow.as_ref().is_some_and(|workflow| is_workflow(file) && !workflow.uses.is_empty())
        };
        let found = self.inventory.files.iter().filter(manifest).find(|file| !settings.is_fixture(&file.path));
        found.map(|file| &*file.path)
    }

    pub(super) fn has_update_bot(self) -> bool {
        self.any(|path| {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            let known = ["dependabot.", "renovate.", ".renovaterc", ".pyup.", ".scala-steward.", "updatecli."];
            let place = matches!(folder, "" | ".github" | ".gitlab" | ".config" | ".github/workflows");
            place && known.iter().any(|start| name.starts_with(start)) || path.starts_with("updatecli/")
        })
    }

    pub(super) fn has_commit_hook(self) -> bool {
        self.any(|path| {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            let known =
                [".pre-commit-config.", "prek.", "lefthook.", ".lefthook.", ".overcommit.", ".simple-git-hooks."];
            folder.is_empty() && known.iter().any(|start| name.starts_with(start))
                || [".husky/", ".githooks/", ".git-hooks/", "git-hooks/"].iter().any(|folder| path.starts_with(folder))
                || name.split('.').next() == Some("pre-commit")
        })
    }

    pub(super) fn is_on_github(self) -> bool {
        self.inventory.files.iter().any(is_workflow)
    }

    pub(super) fn has_branch_rules(self) -> bool {
        self.any(|path| {
            let known = [".github/settings.", ".github/branch-protection", ".github/safe-settings", ".asf.yaml"];
            known.iter().any(|start| path.starts_with(start)) || path.contains("rulesets/") && !is_document(path)
        })
    }

    pub(super) fn has_environment(self) -> bool {
        let names = [
            "flake.nix",
            "shell.nix",
            "default.nix",
            "devenv.nix",
            "devbox.json",
            ".gitpod.yml",
            "vagrantfile",
            "mise.toml",
            ".mise.toml",
            ".tool-versions",
            "devfile.yaml",
        ];
        self.any(|path| path.starts_with(".devcontainer") || names.contains(&path))
    }

    pub(super) fn has_threat_model(self) -> bool {
        let names = ["threatmodel", "securitymodel", "securityarchitecture", "securitydesign"];
        self.any(|path| {
            let plain: String = path.chars().filter(|sign| !matches!(sign, '-' | '_' | ' ')).collect();
            names.iter().any(|name| plain.contains(name)) && !SOURCES.contains(&ending(path))
        })
    }

    /// Whether a pipeline of the repository deploys.
    pub(super) fn deploys(self) -> bool {
        self.inventory.files.iter().any(|file| file.deploys && (is_workflow(file) || file.format == Format::Gitlab))
    }

    pub(super) fn has_rollback(self) -> bool {
        self.any(|path| {
            let named = path.contains("rollback") || path.contains("roll-back") || path.contains("roll_back");
            named && (is_document(path) || matches!(ending(path), "sh" | "yml" | "yaml"))
        })
    }

    pub(super) fn has_runbooks(self) -> bool {
        self.any(|path| is_document(path) && ["runbook", "playbook", "incident"].iter().any(|word| path.contains(word)))
    }

    /// The first workload of charts and kustomizations that asks for several pods, and how many such there are.
    pub(super) fn replicated(self, settings: &Settings) -> Option<(Location, usize)> {
        let packaged =
            self.inventory.files.iter().any(|file| matches!(file.format, Format::HelmChart | Format::Kustomization));
        let files = self.inventory.files.iter().filter(|file| packaged && !settings.is_fixture(&file.path));
        let mut several = files.flat_map(|file| &file.objects).filter(|object| {
            matches!(object.kind.as_str(), "Deployment" | "StatefulSet")
                && object.replicas.is_some_and(|replicas| replicas > 1)
        });
        let first = several.next()?;
        Some((first.location.clone(), several.count() + 1))
    }

    /// The first workload that runs a database over volumes that stay, and how many such there are.
    pub(super) fn databases(self, settings: &Settings) -> Option<(Location, usize)> {
        let shown = |path: &str| is_example(path.rsplit_once('/').map_or("", |(directory, _)| directory));
        let files = self.inventory.files.iter().filter(|file| !settings.is_fixture(&file.path) && !shown(&file.path));
        let mut databases = files.flat_map(|file| &file.objects).filter(|object| object.database);
        let first = databases.next()?;
        Some((first.location.clone(), databases.count() + 1))
    }

    /// Whether anything speaks of backups: an object, a file by its name, a resource of Terraform.
    pub(super) fn has_backup(self) -> bool {
        let object = |object: &ObjectFacts| {
            let named = object.name.as_deref().is_some_and(|name| BACKUPS.iter().any(|word| name.contains(word)));
            named
                || object.kind.contains("Backup")
                || matches!(object.kind.as_str(), "Schedule" | "VolumeSnapshot" | "ReplicationSource")
        };
        let planned = |file: &Facts| {
            let blocks = file.terraform.iter().flat_map(|terraform| &terraform.body.blocks);
            blocks.into_iter().any(|block| &*block.kind == "resource" && block.label(0).contains("backup"))
        };
        self.any(|path| BACKUPS.iter().any(|word| path.contains(word)))
            || self.inventory.files.iter().any(|file| file.objects.iter().any(object) || planned(file))
    }

    /// Whether some object has one of these kinds, or a template of a chart is named for one.
    pub(super) fn has_object(self, kinds: &[&str], names: &[&str]) -> bool {
        self.inventory.files.iter().any(|file| {
            let named = || {
                let name = file.path.rsplit('/').next().unwrap_or(&file.path).to_ascii_lowercase();
                file.format == Format::HelmTemplate && names.iter().any(|part| name.contains(part))
            };
            file.objects.iter().any(|object| kinds.contains(&object.kind.as_str())) || named()
        })
    }
}

fn is_workflow(file: &Facts) -> bool {
    file.format == Format::Workflow && file.path.starts_with(".github/workflows/")
}

fn ending(path: &str) -> &str {
    path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, ending)| ending)
}

fn is_document(path: &str) -> bool {
    DOCUMENTS.contains(&ending(path))
}
