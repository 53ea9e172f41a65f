//! What a repository is, as far as `init` needs to know: its forge, its main branch, what it holds.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::Path;
use std::sync::Mutex;

use anyhow::anyhow;
use palisade_inventory::Format;
use palisade_source::walk::{WalkOptions, walk};
use palisade_source::{Entry, File};

/// Files of git beyond this say nothing that we ask for.
const GIT_FILE_BYTES_MAX: u64 = 1 << 20;

/// Folders of one ecosystem that a configuration lists.
const FOLDERS_MAX: usize = 50;

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Every path, sorted.
    pub(super) paths: BTreeSet<String>,
    /// Name of the repository's folder.
    pub(super) name: String,
    /// The branch that changes are merged into.
    pub(super) branch: String,
    /// Whether GitHub runs its pipelines.
    pub(super) github: bool,
    /// Whether GitLab does.
    pub(super) gitlab: bool,
    /// Dependabot's ecosystems and the folders of their manifests, `/` first.
    pub(super) ecosystems: BTreeMap<&'static str, BTreeSet<String>>,
    /// Whether images are built here.
    pub(super) images: bool,
    /// Whether Terraform or OpenTofu is written here.
    pub(super) terraform: bool,
    /// Folders of charts.
    pub(super) charts: BTreeSet<String>,
    /// Whether manifests of Kubernetes are here.
    pub(super) manifests: bool,
}

impl Survey {
    /// Looks at a folder; one that is not there yet is empty.
    pub(super) fn of(root: &Path) -> anyhow::Result<Self> {
        let mut survey = Self { branch: "main".to_owned(), name: name_of(root), ..Self::default() };
        let seen: Mutex<Vec<(String, Format)>> = Mutex::new(Vec::new());
        if root.exists() {
            let options = WalkOptions { open_archives: false, ..WalkOptions::default() };
            walk(root, &options, &|entry| {
                let format = match &entry {
                    Entry::File(file @ File { binary: false, .. }) => Format::of(file.path, file.bytes),
                    _ => Format::Other,
                };
                if let Ok(mut seen) = seen.lock() {
                    seen.push((entry.path().to_owned(), format));
                }
            })?;
        }
        for (path, format) in seen.into_inner().map_err(|_| anyhow!("a walking thread failed"))? {
            survey.note(&path, format);
            survey.paths.insert(path);
        }
        survey.read_git(root);
        // A repository that shows no forge gets what most need.
        survey.github |= !survey.gitlab;
        Ok(survey)
    }

    /// The first path that is one of these, in any case, or lies below one that ends in a slash.
    pub(super) fn first(&self, names: &[&str]) -> Option<&str> {
        let found = self.paths.iter().find(|path| {
            let lower = path.to_ascii_lowercase();
            names.iter().any(|name| lower == *name || name.ends_with('/') && lower.starts_with(name))
        });
        found.map(String::as_str)
    }

    fn note(&mut self, path: &str, format: Format) {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let material = ["testdata", "test-data", "fixtures", "test-fixtures", "__fixtures__", "node_modules", "vendor"];
        if folder.split('/').any(|part| material.contains(&part)) {
            return;
        }
        self.github |= path.starts_with(".github/");
        self.gitlab |= path == ".gitlab-ci.yml" || path.starts_with(".gitlab/");
        self.images |= format == Format::Dockerfile;
        self.terraform |= name.ends_with(".tf");
        self.manifests |= matches!(format, Format::Kubernetes | Format::Kustomization);
        if format == Format::HelmChart {
            self.charts.insert(folder.to_owned());
        }
        let ecosystem = match (name, format) {
            (_, Format::Workflow) if folder == ".github/workflows" => "github-actions",
            (_, Format::Dockerfile) => "docker",
            (_, Format::Compose) => "docker-compose",
            (_, Format::HelmChart) => "helm",
            ("package.json", _) => "npm",
            ("uv.lock", _) => "uv",
            ("requirements.txt" | "pyproject.toml" | "Pipfile" | "setup.py", _) => "pip",
            ("go.mod", _) => "gomod",
            ("Cargo.toml", _) => "cargo",
            ("pom.xml", _) => "maven",
            ("build.gradle" | "build.gradle.kts", _) => "gradle",
            ("Gemfile", _) => "bundler",
            ("composer.json", _) => "composer",
            ("mix.exs", _) => "mix",
            ("pubspec.yaml", _) => "pub",
            (".gitmodules", _) => "gitsubmodule",
            _ if name.ends_with(".tf") => "terraform",
            _ if name.ends_with(".csproj") => "nuget",
            _ => return,
        };
        let folder = if ecosystem == "github-actions" { "" } else { folder };
        let folders = self.ecosystems.entry(ecosystem).or_default();
        if folders.len() < FOLDERS_MAX {
            folders.insert(format!("/{folder}"));
        }
        // The root of a workspace speaks for its members.
        if matches!(ecosystem, "cargo" | "maven" | "gradle" | "npm") && folders.contains("/") {
            folders.retain(|folder| folder == "/");
        }
    }

    /// The main branch and the forge, as far as git's own files tell. Nothing is run.
    fn read_git(&mut self, root: &Path) {
        let read = |name: &str| {
            let mut text = String::new();
            let file = std::fs::File::open(root.join(".git").join(name)).ok()?;
            file.take(GIT_FILE_BYTES_MAX).read_to_string(&mut text).ok()?;
            Some(text)
        };
        let config = read("config").unwrap_or_default();
        for line in config.lines().filter_map(|line| line.trim().strip_prefix("url")) {
            self.github |= line.contains("github.");
            self.gitlab |= line.contains("gitlab.");
        }
        let remote = read("refs/remotes/origin/HEAD");
        let local = read("HEAD");
        let named = |text: Option<String>, start: &str| Some(text?.trim().strip_prefix(start)?.to_owned());
        let branch = named(remote, "ref: refs/remotes/origin/").or_else(|| {
            named(local, "ref: refs/heads/").filter(|name| matches!(name.as_str(), "main" | "master" | "trunk"))
        });
        let plain = |name: &String| name.chars().all(|sign| sign.is_ascii_alphanumeric() || "-_./".contains(sign));
        if let Some(branch) = branch.filter(plain) {
            self.branch = branch;
        }
    }
}

/// The folder's name as a plain word.
fn name_of(root: &Path) -> String {
    let full = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    let name = full.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let plain: String =
        name.chars().filter(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.')).collect();
    if plain.is_empty() { "repository".to_owned() } else { plain }
}
