//! What builds a project: actions of workflows, and the images that builds start from or copy out of; and the images
//! that are started beside it.
//!
//! They are read by the readers of workflows, Dockerfiles and Compose files; here their uses become packages. What the repository
//! itself holds (`./path`, stages) is none. A name that depends on what only the run knows is left open.

use palisade_model::{Purl, PurlError, Span};

use super::graph::Graph;
use super::{Manifest, Package, Scope};
use crate::action::Action;
use crate::compose::Compose;
use crate::dockerfile::{self, Base, Dockerfile, ImageName, Kind};
use crate::workflow::{Container, Source, Step, Uses, Workflow};
use crate::yaml::Node;

/// Names and tags are made of these; anything else is a placeholder that something fills in before.
const PLAIN: &[u8] = b"._-/:@+";

/// Packages of a file that asks for each of them itself.
#[derive(Default)]
struct Asked {
    graph: Graph,
    needs: Vec<(Scope, u32)>,
}

/// Reads a workflow.
pub(super) fn workflow(root: Node<'_>) -> Manifest {
    let mut asked = Asked::default();
    for job in &Workflow::new(root).jobs {
        asked.uses(job.node, job.uses.as_ref());
        job.steps.iter().for_each(|step| asked.step(step));
        job.containers().into_iter().for_each(|container| asked.container(container));
    }
    asked.finish()
}

/// Reads `action.yml`.
pub(super) fn action(root: Node<'_>) -> Manifest {
    let mut asked = Asked::default();
    let action = Action::new(root);
    action.steps.iter().for_each(|step| asked.step(step));
    // An image that is none is a Dockerfile beside the action.
    let image = action.image.and_then(|node| Some((node, node.as_str()?.trim().strip_prefix("docker://")?)));
    if let Some((node, name)) = image {
        asked.image(name, Scope::Development, node.span());
    }
    asked.finish()
}

/// Reads a Compose file. A service that is built has no image of others: its Dockerfile says what it starts from.
pub(super) fn compose(root: Node<'_>) -> Manifest {
    let mut asked = Asked::default();
    for service in Compose::new(root).services {
        let image = service.get("image").filter(|_| service.get("build").is_none());
        if let Some((node, name)) = image.and_then(|node| Some((node, node.as_str()?.trim()))) {
            asked.image(name, Scope::Runtime, node.span());
        }
    }
    asked.finish()
}

/// Reads a Dockerfile.
pub(super) fn dockerfile(text: &str) -> Manifest {
    let file = dockerfile::parse(text);
    if !file.is_plausible() {
        return Manifest::unread(Span::default(), "named like a Dockerfile, but does not read like one");
    }
    let mut asked = Asked::default();
    file.problems.iter().for_each(|problem| asked.graph.manifest.gap(problem.span, problem.message.clone()));
    for stage in file.stages.iter().filter(|stage| stage.base == Base::Image) {
        let scope = if stage.shipped { Scope::Runtime } else { Scope::Development };
        asked.image(&stage.image.resolved, scope, stage.image.span);
    }
    for instruction in &file.instructions {
        match instruction.kind {
            Kind::Copy(_) if file.source_stage(instruction).is_none() => {
                let Some((flag, name)) = instruction.flag("from").and_then(|flag| Some((flag, flag.value.as_ref()?)))
                else {
                    continue;
                };
                let scope = if file.is_shipped(instruction) { Scope::Runtime } else { Scope::Development };
                asked.image(name, scope, flag.span);
            }
            Kind::Run(_) => {
                for flag in instruction.flags.iter().filter(|flag| flag.name == "mount") {
                    let options = flag.value.as_deref().unwrap_or("").split(',');
                    let from = options.filter_map(|option| option.trim().strip_prefix("from=")).next_back();
                    if let Some(name) = from.filter(|name| !is_stage(&file, name)) {
                        asked.image(name, Scope::Development, flag.span);
                    }
                }
            }
            _ => {}
        }
    }
    asked.finish()
}

/// Whether a name or number is that of a stage.
fn is_stage(file: &Dockerfile, name: &str) -> bool {
    file.stage_named(name).is_some() || name.parse::<usize>().is_ok_and(|number| number < file.stages.len())
}

impl Asked {
    fn step(&mut self, step: &Step<'_>) {
        self.uses(step.node, step.uses.as_ref());
    }

    fn uses(&mut self, holder: Node<'_>, uses: Option<&Uses<'_>>) {
        let Some(uses) = uses else {
            if let Some(node) = holder.get("uses").filter(|node| !node.is_null()) {
                self.graph.manifest.elsewhere(node.span(), "`uses` names no action: `owner/repository@version`");
            }
            return;
        };
        match uses.source {
            Source::Repository { owner, repository, path, reference } => {
                let Some(purl) = self.named(uses.text, uses.node.span(), || {
                    let subpath = Some(path).filter(|path| !path.is_empty());
                    Purl::build("github", Some(owner), repository, Some(reference), Vec::new(), subpath)
                }) else {
                    return;
                };
                let version = uses.version_comment().filter(|_| uses.is_pinned());
                let mut package =
                    Package::new(version.into_iter().fold(purl, |purl, tag| purl.with("tag", tag)), uses.node.span());
                package.version_span = Some(uses.reference_span()).filter(|_| !reference.is_empty());
                self.add(Scope::Development, package);
            }
            Source::Docker(name) => self.image(name, Scope::Development, uses.node.span()),
            Source::Workspace(_) | Source::Own(_) => {}
        }
    }

    fn container(&mut self, container: Container<'_>) {
        if let Some((node, name)) = container.image.and_then(|node| Some((node, node.as_str()?.trim()))) {
            self.image(name, Scope::Development, node.span());
        }
    }

    /// An image by the name under which a builder or runtime fetches it.
    fn image(&mut self, name: &str, scope: Scope, span: Span) {
        if name.is_empty() {
            return;
        }
        if let Some(purl) = self.named(name, span, || image(name)) {
            self.add(scope, Package::new(purl, span));
        }
    }

    /// A package's name, or a note that it is none.
    fn named(&mut self, text: &str, span: Span, purl: impl FnOnce() -> Result<Purl, PurlError>) -> Option<Purl> {
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || PLAIN.contains(&byte));
        if !plain {
            self.graph.manifest.elsewhere(span, format!("what `{text}` stands for, this file does not tell"));
            return None;
        }
        match purl() {
            Ok(purl) => Some(purl),
            Err(error) => {
                self.graph.manifest.elsewhere(span, format!("`{text}` is no name of a package: {error}"));
                None
            }
        }
    }

    fn add(&mut self, scope: Scope, package: Package) {
        let name = package.purl.full_name();
        let at = self.graph.add(&name, package);
        self.needs.push((scope, at));
    }

    fn finish(self) -> Manifest {
        self.graph.finish(vec![(None, self.needs)])
    }
}

/// An image's package URL. Docker Hub is the registry where none is named, and `latest` the tag; a digest is the
/// version, and the tag beside it is kept.
fn image(name: &str) -> Result<Purl, PurlError> {
    let parts = ImageName::parse(name);
    let full = parts.full();
    let (registry, path) = match full.strip_prefix("docker.io/") {
        Some(path) => (None, path.strip_prefix("library/").unwrap_or(path)),
        None => (parts.registry, parts.repository),
    };
    let version = parts.digest.or(parts.tag).unwrap_or("latest");
    let mut purl = Purl::new("docker", path)?.at(version);
    if let Some(tag) = parts.tag.filter(|_| parts.digest.is_some()) {
        purl = purl.with("tag", tag);
    }
    Ok(registry.into_iter().fold(purl, |purl, registry| purl.with("repository_url", registry)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn actions_of_workflows() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        let text = format!(
            "on: push\njobs:\n  a:\n    runs-on: x\n    container: node:22\n    services: {{db: {{image: \"ghcr.io/o/db@sha256:{commit}\"}}, \
             cache: {{image: \"${{{{ matrix.cache }}}}\"}}}}\n    steps:\n      - uses: Actions/Checkout@v4\n      - uses: \
             o/tools/.github/sub@{commit} # tag=v4.1.2\n      - uses: o/bare@{commit} # see the wiki\n      - uses: ./here\n      - uses: \
             docker://alpine:3.20\n      - uses: \"${{{{ env.X }}}}/y@v1\"\n      - uses: nothing\n      - run: echo\n      - uses: \
             o/no-version\n  b:\n    uses: o/shared/.github/workflows/x.yml@main\n"
        );
        check(
            ".github/workflows/ci.yml",
            &text,
            &format!(
                "pkg:github/actions/checkout@v4 Development direct\n\
                 pkg:github/o/tools@{commit}?tag=v4.1.2#.github/sub Development direct\n\
                 pkg:github/o/bare@{commit} Development direct\n\
                 pkg:docker/alpine@3.20 Development direct\n\
                 pkg:github/o/no-version Development direct\n\
                 pkg:docker/node@22 Development direct\n\
                 pkg:docker/o/db@sha256:{commit}?repository_url=ghcr.io Development direct\n\
                 pkg:github/o/shared@main#.github/workflows/x.yml Development direct\n\
                 gap 6 what `${{{{ matrix.cache }}}}` stands for, this file does not tell\n\
                 gap 13 what `${{{{ env.X }}}}/y@v1` stands for, this file does not tell\n\
                 gap 14 `uses` names no action: `owner/repository@version`"
            ),
        );
        check(
            ".github/workflows/ci.yml",
            "on: push\njobs: [\n",
            "gap 3 while parsing a node, did not find expected node content",
        );
        check("workflows/ci.yml", "on: push\njobs: {}\n", "no manifest");
    }

    #[test]
    fn actions_of_actions() {
        let composite = "runs:\n  using: composite\n  steps:\n    - uses: o/a@v1\n    - run: x\n      shell: bash\n";
        check("sub/action.yml", composite, "pkg:github/o/a@v1 Development direct");
        check("action.yaml", "runs: {using: docker, image: 'docker://o/i:1'}\n", "pkg:docker/o/i@1 Development direct");
        check("action.yml", "runs: {using: docker, image: Dockerfile}\n", "");
    }

    #[test]
    fn images_of_services() {
        let text = "services:\n  web:\n    build: .\n    image: o/web:1\n  db:\n    image: postgres:16\n  open:\n    image: \
                    o/cache:${TAG:-7}\n";
        check(
            "deploy/docker-compose.prod.yml",
            text,
            "pkg:docker/postgres@16 Runtime direct\ngap 8 what `o/cache:${TAG:-7}` stands for, this file does not tell",
        );
        check("compose.yaml", "services: {a: {image: ''}}\n", "");
    }

    #[test]
    fn images_of_builds() {
        let digest = "sha256:ab";
        let text = format!(
            "ARG BASE=docker.io/library/debian\nARG NONE\nFROM ${{BASE}}:12 AS base\nFROM golang:1.22@{digest} AS build\nRUN --mount=type=bind,from=\
             build,source=a --mount=type=bind,from=ghcr.io/o/uv:0.5,target=/x make\nFROM $NONE AS open\nFROM localhost:5000/own\nFROM \
             base\nCOPY --from=build a b\nCOPY --from=0 a b\nCOPY --from=nginx /etc /etc\nFROM scratch AS nothing\nFROM base\nCOPY \
             --from=busybox:1 a b\nCOPY --from=$WHAT a b\n"
        );
        check(
            "build/web.Dockerfile",
            &text,
            &format!(
                "pkg:docker/debian@12 Runtime direct\n\
                 pkg:docker/golang@{digest}?tag=1.22 Development direct\n\
                 pkg:docker/own@latest?repository_url=localhost:5000 Development direct\n\
                 pkg:docker/o/uv@0.5?repository_url=ghcr.io Development direct\n\
                 pkg:docker/nginx@latest Development direct\n\
                 pkg:docker/busybox@1 Runtime direct\n\
                 gap 6 what `$NONE` stands for, this file does not tell\n\
                 gap 15 what `$WHAT` stands for, this file does not tell"
            ),
        );
        check("Dockerfile", "hello\nworld\n", "gap 1 named like a Dockerfile, but does not read like one");
        check("Dockerfile.md", "FROM a\n", "no manifest");
    }
}
