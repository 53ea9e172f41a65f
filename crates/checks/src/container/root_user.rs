//! Images whose last stage runs as root.

use palisade_inventory::dockerfile::{Base, Dockerfile, Form, ImageName, Instruction, Invocation, Kind, Stage};
use palisade_model::{Confidence, Edit, Fix, Meta, Safety, Severity, Span};

use crate::{Check, Report};

/// See the page.
pub static CHECK: Check = Check::on_dockerfile(
    Meta {
        id: "container/root-user",
        title: "image runs as root",
        page: include_str!("root_user.md"),
        since: "0.1.0",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        controls: &["E5-T1"],
        maps: &["CIS-DOCKER:4.1", "CWE-250"],
    },
    run,
);

fn run(file: &Dockerfile, report: &mut Report<'_>) {
    let Some(stage) = file.last_stage() else { return };
    if stage.windows || !starts_something(file, stage) {
        return;
    }
    let mut root = stage;
    for ancestor in file.ancestry(stage) {
        root = ancestor;
        let user = file.of_stage(ancestor).iter().rev().filter(|it| !it.on_build).find_map(|it| match &it.kind {
            Kind::User(user) => Some(user),
            _ => None,
        });
        if let Some(user) = user {
            let name = user.resolved.split(':').next().unwrap_or("");
            if user.known && matches!(name, "root" | "0") {
                report.finding(user.span, "what runs in this image runs as root; end with another user");
            }
            return;
        }
    }
    let base = ImageName::parse(&root.image.resolved);
    if root.base != Base::Scratch && (!root.image.known || runs_as_user(&base)) {
        return;
    }
    // These images start as root only to set themselves up, unless the entry point is replaced.
    let replaced =
        file.ancestry(stage).flat_map(|it| file.of_stage(it)).any(|it| matches!(it.kind, Kind::Entrypoint(_)));
    if base.hub_name().is_some_and(|name| STEP_DOWN.contains(&name)) && !replaced {
        return;
    }
    let steps_down = super::steps::steps(file).flat_map(|step| super::packages::installed(&step)).any(|word| {
        matches!(super::packages::name(&word.text), "gosu" | "su-exec" | "setpriv" | "runit" | "s6-overlay")
    });
    let official = root.base == Base::Scratch || base.hub_name().is_some_and(|name| !name.contains('/'));
    let place = stage.image.span;
    let fix = if replaced && steps_down { None } else { end_as_user(file, stage, &base, report.text()) };
    let finding = report.finding(place, "no USER is set, so what runs in this image runs as root");
    finding.maybe_fix(fix);
    // Of other images nobody can tell from here which user they set.
    let sure = official && !steps_down;
    finding.confidence(if sure { Confidence::High } else { Confidence::Low });
    if !sure {
        finding.severity(Severity::Low);
    }
}

/// Official images whose entry point drops root before it starts the program.
static STEP_DOWN: &[&str] = &[
    "postgres",
    "mysql",
    "mariadb",
    "percona",
    "mongo",
    "redis",
    "valkey",
    "rabbitmq",
    "cassandra",
    "couchdb",
    "ghost",
    "memcached",
    "eclipse-mosquitto",
    "influxdb",
    "zookeeper",
    "neo4j",
    "nextcloud",
    "elasticsearch",
    "kibana",
    "logstash",
    "sonarqube",
    "solr",
    "jetty",
    "haproxy",
    "varnish",
    "kong",
    "telegraf",
    "couchbase",
    "arangodb",
    "crate",
    "flink",
    "rethinkdb",
    "storm",
    "teamspeak",
    "rocket.chat",
    "mattermost",
];

/// Whether the image is meant to be run: an image of tools or files for other builds is not.
fn starts_something(file: &Dockerfile, stage: &Stage) -> bool {
    let ships_only_files = stage.base == Base::Scratch
        && !file.of_stage(stage).iter().any(|it| matches!(it.kind, Kind::Cmd(_) | Kind::Entrypoint(_)));
    !ships_only_files
}

/// Images known to set a user of their own.
fn runs_as_user(base: &ImageName<'_>) -> bool {
    let full = format!("{}/{}", base.registry.unwrap_or("docker.io"), base.repository);
    let tag = base.tag.unwrap_or("");
    tag.contains("nonroot")
        || tag.contains("rootless")
        || tag.contains("chiseled")
        || tag.contains("distroless")
        || full.contains("unprivileged")
        || full.contains("nonroot")
        || full.contains("rootless")
        || full.starts_with("cgr.dev/")
        || full.starts_with("dhi.io/")
        || full.contains("/bitnami/")
        || full.contains("/bitnamilegacy/")
        || full.ends_with("/jenkins/jenkins")
        || full.ends_with("/grafana/grafana")
        || full.ends_with("/prom/prometheus")
        || full.ends_with("/elasticsearch")
        || full.ends_with("/kibana")
        || full.contains("/ubi8/nodejs")
        || full.contains("/ubi9/nodejs")
        || full.contains("/ubi8/python")
        || full.contains("/ubi9/python")
}

/// `USER` before what the image starts: a user that the base image is known to bring. Not before steps that may need
/// root, and not where a port below 1024 is opened, where a volume or a user of the image's own is made, or where what
/// is started may install or build something first.
fn end_as_user(file: &Dockerfile, stage: &Stage, base: &ImageName<'_>, text: &str) -> Option<Fix> {
    let full = base.full();
    let (user, number) = match base.hub_name() {
        Some("node") => ("node", "1000:1000"),
        _ if full.starts_with("gcr.io/distroless/") => ("nonroot", "65532:65532"),
        _ => return None,
    };
    let own = file.of_stage(stage);
    let starts = |kind: &Kind| matches!(kind, Kind::Cmd(_) | Kind::Entrypoint(_));
    let started = own.iter().position(|it| starts(&it.kind))?;
    let quiet = |kind: &Kind| {
        matches!(
            kind,
            Kind::Cmd(_)
                | Kind::Entrypoint(_)
                | Kind::Expose(_)
                | Kind::Label(_)
                | Kind::Healthcheck(_)
                | Kind::StopSignal(_)
        )
    };
    let low = |it: &Instruction| {
        let Kind::Expose(ports) = &it.kind else { return false };
        ports.iter().any(|port| {
            port.resolved
                .split(['/', '-'])
                .next()
                .and_then(|port| port.parse::<u16>().ok())
                .is_none_or(|port| port < 1024)
        })
    };
    let ancestry: Vec<_> = file.ancestry(stage).flat_map(|it| file.of_stage(it)).collect();
    // A volume belongs to root until somebody gives it away.
    let keeps = |it: &&Instruction| matches!(it.kind, Kind::Volume(_)) || makes_user(it);
    if !own.get(started..)?.iter().all(|it| quiet(&it.kind)) || ancestry.iter().any(|it| low(it) || keeps(it)) {
        return None;
    }
    // What is copied and installed as root can be read, and not written.
    if user == "node" && !starts_node(own) {
        return None;
    }
    let at = own.get(started)?.span.start as usize;
    let head = text.get(..at)?;
    // Above the comments that speak of what is started.
    let (mut line, mut at) = (head, at);
    while let Some(above) = line.strip_suffix('\n') {
        let begin = above.rfind('\n').map_or(0, |newline| newline + 1);
        if !above.get(begin..)?.trim_start().starts_with('#') {
            break;
        }
        (line, at) = (text.get(..begin)?, begin);
    }
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let edit = Edit {
        path: None,
        span: Span::new(at, at),
        replacement: format!("# {user}, a user of the base image{newline}USER {number}{newline}"),
    };
    Some(Fix::new(format!("run as `{user}`, whom the base image brings"), Safety::Unsafe, vec![edit]))
}

/// Whether a step makes a user, whom the image is meant for then.
fn makes_user(it: &Instruction) -> bool {
    let Kind::Run(run) = &it.kind else { return false };
    let programs = run.script.commands.iter().filter_map(|command| command.program());
    programs.into_iter().any(|program| matches!(program.name, "adduser" | "useradd"))
}

/// Whether the image starts a program of Node.js itself, and not through a package manager, a shell that does more, or
/// a tool that watches files: those write beside the code.
fn starts_node(own: &[Instruction]) -> bool {
    let last = |wanted: fn(&Kind) -> Option<&Invocation>| own.iter().rev().find_map(|it| wanted(&it.kind));
    let entrypoint = last(|kind| if let Kind::Entrypoint(it) = kind { Some(it) } else { None });
    let command = last(|kind| if let Kind::Cmd(it) = kind { Some(it) } else { None });
    let words: Vec<&str> = match [entrypoint, command].into_iter().flatten().collect::<Vec<_>>().as_slice() {
        [only] if only.form == Form::Shell => match only.script.commands.as_slice() {
            [one] if only.script.complete => one.words.iter().map(|word| word.text.as_str()).collect(),
            _ => return false,
        },
        all if all.iter().all(|it| it.form == Form::Exec) => {
            all.iter().flat_map(|it| &it.words).map(|word| word.text.as_str()).collect()
        }
        _ => return false,
    };
    let name = |word: &str| word.rsplit('/').next().unwrap_or("").to_owned();
    let mut started =
        words.iter().skip_while(|word| matches!(name(word).as_str(), "tini" | "dumb-init" | "exec" | "--"));
    let program = started.next().copied().unwrap_or("");
    // The base image's entry point gives a script to `node`.
    let is_node = name(program) == "node"
        || entrypoint.is_none() && [".js", ".mjs", ".cjs"].iter().any(|end| program.ends_with(end));
    is_node && !started.any(|word| word.starts_with("--watch"))
}
