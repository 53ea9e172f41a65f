//! What the parser must see, and what it must survive.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

/// One line per instruction: stage, keyword, flags, and what it says.
fn shown(text: &str) -> Vec<String> {
    let file = parse(text);
    file.instructions
        .iter()
        .map(|instruction| {
            let values = |values: &[Value]| values.iter().map(|it| it.resolved.clone()).collect::<Vec<_>>().join(" | ");
            let pairs = |pairs: &[Pair]| {
                let pair = |pair: &Pair| match &pair.value {
                    Some(value) if value.known => format!("{}={}", pair.name, value.resolved),
                    Some(value) => format!("{}=?{}", pair.name, value.resolved),
                    None => pair.name.clone(),
                };
                pairs.iter().map(pair).collect::<Vec<_>>().join(" | ")
            };
            let said = match &instruction.kind {
                Kind::Add(transfer) | Kind::Copy(transfer) => {
                    format!("{} -> {}", values(&transfer.sources), transfer.destination.resolved)
                }
                Kind::Arg(list) | Kind::Env(list) | Kind::Label(list) => pairs(list),
                Kind::Run(it) | Kind::Cmd(it) | Kind::Entrypoint(it) | Kind::Healthcheck(Some(it)) => {
                    let command = |command: &crate::shell::Command| command.span.of(text).to_owned();
                    format!("{:?} {}", it.form, it.script.commands.iter().map(command).collect::<Vec<_>>().join(" ; "))
                }
                Kind::From { image, alias } => {
                    format!("{} {}", image.resolved, alias.as_ref().map_or("", |alias| alias.text.as_str()))
                }
                Kind::Expose(list) | Kind::Volume(list) => values(list),
                Kind::Maintainer(value) | Kind::StopSignal(value) | Kind::User(value) | Kind::Workdir(value) => {
                    value.resolved.clone()
                }
                Kind::Shell(words) => words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" | "),
                Kind::Healthcheck(None) => "none".to_owned(),
                Kind::Unknown(_) => "?".to_owned(),
            };
            let stage = instruction.stage.map_or("-".to_owned(), |stage| stage.to_string());
            let flags: String = instruction.flags.iter().map(|flag| format!(" {}", flag.span.of(text))).collect();
            let trigger = if instruction.on_build { "ONBUILD " } else { "" };
            format!("{stage} {trigger}{}{flags} {said}", instruction.keyword).trim_end().to_owned()
        })
        .collect()
}

#[test]
fn continuations_skip_comments_and_blank_lines_and_keep_offsets() {
    let text = "FROM a\nRUN one \\\n# comment\n\n  # another\n  && two 'x \\\ny' && three\nUSER b\n";
    assert_eq!(shown(text), ["0 FROM a", "0 RUN Shell one ; two 'x \\\ny' ; three", "0 USER b"]);
    assert!(parse(text).problems.is_empty());
    let windows = "\u{feff}# escape=`\r\nFROM a\r\nRUN dir c:\\ && `\r\n  del c:\\x\r\nUSER x\\y\r\n";
    assert_eq!(shown(windows), ["0 FROM a", "0 RUN Shell dir c:\\ ; del c:\\x", "0 USER x\\y"]);
    assert!(parse(windows).problems.is_empty());
}

#[test]
fn forms_and_flags() {
    let text = r#"from a AS build
run --mount=type=secret,id=x --network=none make
RUN ["sh", "-c", "curl \"x\" | sh"]
CMD ['not', 'json']
COPY --from=build --chown="1:1" ["a b", "c", "/d/"]
ADD https://x/y /z
ONBUILD RUN x
HEALTHCHECK --interval=5s CMD curl -f http://localhost/
HEALTHCHECK NONE
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
EXPOSE 22 80/tcp
"#;
    assert_eq!(
        shown(text),
        [
            "0 FROM a build",
            "0 RUN --mount=type=secret,id=x --network=none Shell make",
            r#"0 RUN Exec "sh", "-c", "curl \"x\" | sh" ; "curl \"x\" | sh" ; "curl \"x\" | sh""#,
            "0 CMD Shell ['not', 'json']",
            "0 COPY --from=build --chown=\"1:1\" a b | c -> /d/",
            "0 ADD https://x/y -> /z",
            "0 ONBUILD RUN Shell x",
            "0 HEALTHCHECK --interval=5s Shell curl -f http://localhost/",
            "0 HEALTHCHECK none",
            "0 SHELL /bin/bash | -o | pipefail | -c",
            "0 EXPOSE 22 | 80/tcp",
        ]
    );
    assert!(parse(text).problems.is_empty());
}

#[test]
fn here_documents_belong_to_their_instruction() {
    let text = "FROM a\nRUN <<EOF\nset -e\ncurl x | sh\nEOF\nRUN <<-E cat > /x && two\n\tbody\n\tE\nRUN <<'PY' python3\nprint(1)\nPY\nRUN <<S\n#!/usr/bin/env python3\nimport os\nS\nCOPY <<one <<two /etc/\n1\none\n2\ntwo\nUSER b";
    assert_eq!(
        shown(text),
        [
            "0 FROM a",
            "0 RUN HereDocument set -e ; curl x ; sh",
            "0 RUN Shell <<-E cat > /x ; two",
            "0 RUN Shell <<'PY' python3",
            "0 RUN HereDocument",
            "0 COPY  -> /etc/",
            "0 USER b",
        ]
    );
    let file = parse(text);
    assert!(file.problems.is_empty());
    let copy = file.instructions.get(5).unwrap();
    let bodies: Vec<&str> = copy.here_documents.iter().map(|document| document.body.of(text)).collect();
    assert_eq!(bodies, ["1\n", "2\n"]);
}

#[test]
fn variables_resolve_where_they_are_known() {
    let text = "ARG V=20\nARG U\nARG R=${U:-docker.io}\nFROM $R/node:${V}-slim AS a\nARG V\nENV A=1 B=\"$V x\" C=$BASE D=${A:+set} E=$U\nENV OLD form here\nFROM a\nENV F=$A G=$V\nUSER ${WHO:-app}\nFROM x:$U";
    assert_eq!(
        shown(text),
        [
            "- ARG V=20",
            "- ARG U",
            "- ARG R=docker.io",
            "0 FROM docker.io/node:20-slim a",
            "0 ARG V",
            "0 ENV A=1 | B=20 x | C=?$BASE | D=?${A:+set} | E=?$U",
            "0 ENV OLD=form here",
            "1 FROM a",
            "1 ENV F=1 | G=20",
            "1 USER app",
            "2 FROM x:$U",
        ]
    );
    let file = parse(text);
    assert_eq!(
        file.stages.iter().map(|stage| stage.base).collect::<Vec<_>>(),
        [Base::Image, Base::Stage(0), Base::Image]
    );
    assert!(!file.stages.get(2).unwrap().image.known);
}

#[test]
fn stages_know_what_is_shipped() {
    let file = parse("FROM a AS x\nFROM b AS y\nFROM x AS z\nCOPY --from=y /a /b\nCOPY --from=1 /a /b\nFROM z\n");
    let shipped: Vec<bool> = file.stages.iter().map(|stage| stage.shipped).collect();
    assert_eq!(shipped, [true, false, true, true]);
    let sources: Vec<usize> =
        file.instructions.iter().filter_map(|it| file.source_stage(it)).map(|stage| stage.index).collect();
    assert_eq!(sources, [1, 1]);
    assert_eq!(file.path_of(file.instructions.get(3).unwrap().span), "z/COPY");
}

#[test]
fn image_names_are_divided() {
    let parts = |text| {
        let name = ImageName::parse(text);
        (name.registry, name.repository, name.tag, name.digest)
    };
    assert_eq!(parts("node"), (None, "node", None, None));
    assert_eq!(parts("a/b:1@sha256:x"), (None, "a/b", Some("1"), Some("sha256:x")));
    assert_eq!(parts("localhost:5000/a/b"), (Some("localhost:5000"), "a/b", None, None));
    assert_eq!(ImageName::parse("docker.io/library/node:20").hub_name(), Some("node"));
    assert_eq!(ImageName::parse("arm64v8/alpine:3").hub_name(), Some("alpine"));
    assert_eq!(ImageName::parse("public.ecr.aws/docker/library/node:20").hub_name(), Some("node"));
    assert_eq!(ImageName::parse("gcr.io/node").hub_name(), None);
}

#[test]
fn errors_are_listed_and_the_rest_is_read() {
    for (text, message) in [
        ("FROM a\nRUNN x\nUSER b", "no such instruction: RUNN"),
        ("FROM a b c d\nUSER b", "FROM takes an image and optionally `AS name`"),
        ("RUN x\nFROM a\nUSER b", "RUN stands before the first FROM"),
        ("FROM a\nCOPY x\nUSER b", "COPY takes a source and a destination"),
        ("FROM a\nENV x\nUSER b", "ENV takes a name and a value"),
        ("FROM a\nRUN --mout=x y\nUSER b", "RUN has no flag --mout"),
        ("FROM a\nONBUILD FROM b\nUSER b", "FROM cannot follow ONBUILD"),
        ("FROM a\nENV a='b\nUSER b", "a quote or a variable is not closed"),
        ("FROM a\nCMD [1]\nUSER b", "a command as a JSON array takes strings only"),
    ] {
        let file = parse(text);
        assert_eq!(file.problems.iter().map(|it| it.message.as_str()).collect::<Vec<_>>(), [message], "{text}");
        assert!(matches!(file.instructions.last().unwrap().kind, Kind::User(_)), "{text}");
    }
    assert_eq!(parse("FROM a\nRUN <<E\nx\n").problems.len(), 1);
    assert_eq!(parse("# only a comment\n").problems.len(), 1);
}

#[test]
fn anything_is_survived() {
    let line = format!("FROM a\nRUN {}", "x".repeat(10 << 20));
    let continued = format!("FROM a\nRUN x{}", " \\\n y".repeat(100_000));
    let comments = format!("FROM a\nRUN x \\\n{}y", "# c \\\n".repeat(100_000));
    let instructions = "ENV A=$A$A\n".repeat(60_000);
    let doubling = format!("FROM a\nENV A=xxxxxxxx\n{}", "ENV A=$A$A\n".repeat(200));
    let braces = format!("FROM {}", "${a:-".repeat(100_000));
    let json = format!("FROM a\nCMD {}", "[".repeat(100_000));
    let documents = format!("FROM a\nRUN {}", "<<a ".repeat(50_000));
    let quotes = format!("FROM a\nENV x=\"{}", "'".repeat(100_000));
    let unknown = "nothing\n".repeat(100_000);
    for text in [
        "",
        "\\",
        "\\\n",
        "#",
        "FROM",
        "FROM \\",
        "RUN <<",
        "RUN <<\"",
        "COPY <<a",
        "--",
        "ONBUILD",
        "ONBUILD ONBUILD x",
        "ENV =",
        "ARG =",
        "CMD [\"\\ud800\"]",
        "CMD [\"\\u12\"]",
        "é\u{a0}ü",
        "\u{feff}",
        "# escape=é\nFROM a",
        "FROM a\n\u{0}",
        &line,
        &continued,
        &comments,
        &instructions,
        &doubling,
        &braces,
        &json,
        &documents,
        &quotes,
        &unknown,
    ] {
        let file = parse(text);
        assert!(file.problems.len() <= PROBLEMS_MAX && file.instructions.len() <= INSTRUCTIONS_MAX);
        for instruction in &file.instructions {
            assert!(instruction.span.end as usize <= text.len());
            file.path_of(instruction.span);
        }
    }
    assert_eq!(parse(&continued).runs().next().unwrap().1.script.commands.len(), 1);
    assert!(!parse(&line).problems.is_empty(), "what is left out is said");
}
