//! What the splitter must see, and what it must survive.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

/// `name arg arg` per command; nested ones behind `>` marks.
fn shown(text: &str) -> Vec<String> {
    let script = parse(text, Dialect::Posix);
    script
        .commands
        .iter()
        .map(|command| {
            let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
            let mark = match command.nesting {
                Nesting::None => "",
                Nesting::Substitution => "$ ",
                Nesting::ProcessSubstitution => "< ",
                Nesting::Script => "c ",
            };
            let feeders: Vec<&str> = script
                .feeders(command)
                .iter()
                .filter_map(|feeder| feeder.program())
                .map(|program| program.name)
                .collect();
            let feeders = if feeders.is_empty() { String::new() } else { format!(" <- {}", feeders.join(",")) };
            format!("{mark}{}{feeders}", words.join(" "))
        })
        .collect()
}

#[test]
fn operators_separate_commands() {
    assert_eq!(shown("a 1 && b 2||c;d & e\nf"), ["a 1", "b 2", "c", "d", "e", "f"]);
    assert_eq!(shown("a \\\n  b \\\n && c"), ["a b", "c"]);
    assert_eq!(shown("a # no && b\nc#d"), ["a", "c#d"]);
}

#[test]
fn quotes_are_removed_and_expansions_kept() {
    assert_eq!(shown(r#"echo 'a b'"c $X"\ d$'e\n'"#), ["echo a bc $X de\n"]);
    assert_eq!(
        shown("echo ${X:-a b} ${{ github.event.title }} $((1 + (2)))"),
        ["echo ${X:-a b} ${{ github.event.title }} $((1 + (2)))"]
    );
    let commands = commands("X=1 Y=\"two words\" run --k=v");
    let command = commands.first().unwrap();
    let names: Vec<_> = command.assignments.iter().map(|it| (it.name.as_str(), it.value.text.as_str())).collect();
    assert_eq!(names, [("X", "1"), ("Y", "two words")]);
    assert_eq!(command.words.len(), 2);
}

#[test]
fn pipes_name_their_feeders() {
    assert_eq!(shown("curl x | sudo sh -"), ["curl x", "sudo sh - <- curl"]);
    assert_eq!(shown("(curl x || wget y) | sh; z"), ["curl x", "wget y", "sh <- curl,wget", "z"]);
    assert_eq!(shown("{ curl x; wget y; } | sh"), ["curl x", "wget y", "sh <- curl,wget"]);
    assert_eq!(shown("a | b | c"), ["a", "b <- a", "c <- b"]);
    assert_eq!(shown("if a; then b; fi | c"), ["a", "b", "c <- a,b"]);
}

#[test]
fn nested_scripts_are_read() {
    assert_eq!(shown("sh -c \"$(curl x)\""), ["sh -c $(curl x)", "$ curl x", "c $(curl x)"]);
    assert_eq!(shown("bash <(curl x)"), ["bash <(curl x)", "< curl x"]);
    assert_eq!(shown("echo `id -u`"), ["echo `id -u`", "$ id -u"]);
    assert_eq!(
        shown("sudo bash -lc 'apt-get update && curl x | sh'"),
        ["sudo bash -lc apt-get update && curl x | sh", "c apt-get update", "c curl x", "c sh <- curl"]
    );
    assert_eq!(shown("sh <<EOF\ncurl x\nEOF\nnext"), ["sh", "c curl x", "next"]);
}

#[test]
fn compound_commands_are_taken_apart() {
    assert_eq!(
        shown("for x in a b; do echo $x; done; case $x in a|b) c ;; *) d;; esac; e"),
        ["echo $x", "c", "d", "e"]
    );
    assert_eq!(shown("for x in $(a b); do c; done"), ["a b", "c"].map(|it| if it == "a b" { "$ a b" } else { it }));
    assert_eq!(shown("f() { a; }; function g { b; }; f"), ["a", "b", "f"]);
    assert_eq!(shown("if [ -n \"$X\" ] && ! b; then c; else d; fi"), ["[ -n $X ]", "b", "c", "d"]);
    assert_eq!(shown("[[ $a == b && $c < d ]] && e"), ["[[ $a == b $c d ]]", "e"]);
    assert_eq!(shown("while read -r l; do x; done < <(find .)"), ["read -r l", "x", "", "< find ."]);
}

#[test]
fn redirections_and_here_documents() {
    let script = parse("cat > /etc/x <<-'E' 2>&1\n\tpassword\n\tE\nnext", Dialect::Posix);
    assert!(script.complete);
    let command = script.commands.first().unwrap();
    let kinds: Vec<_> = command.redirections.iter().map(|it| (it.direction, it.target.text.as_str())).collect();
    assert_eq!(kinds, [(Direction::Write, "/etc/x"), (Direction::Here, "E"), (Direction::Write, "1")]);
    assert_eq!(command.redirections.get(1).unwrap().body.as_ref().unwrap().text, "password\n");
    assert_eq!(script.commands.len(), 2);
}

#[test]
fn spans_point_into_the_script() {
    let text = "a && curl -k 'https://x y' | sh -c 'wget -q z'";
    for command in commands(text) {
        for word in &command.words {
            let source = word.span.of(text);
            assert!(source.contains(word.text.as_str()), "{source} holds {}", word.text);
        }
    }
    let wget =
        commands(text).into_iter().find(|command| command.program().is_some_and(|it| it.name == "wget")).unwrap();
    assert_eq!(wget.span.of(text), "wget -q z");
}

#[test]
fn wrappers_are_looked_through() {
    for text in [
        "sudo -E -u root curl -k x",
        "env -i A=b curl -k x",
        "timeout -k 5 30 curl -k x",
        "FOO=1 nice -n 5 /usr/bin/curl -fsSLk x",
        "xargs -n 1 -P 4 curl -k",
    ] {
        let commands = commands(text);
        let program = commands.first().unwrap().program().unwrap();
        assert_eq!(program.name, "curl", "{text}");
        assert!(program.has_option(&["-k", "--insecure"]), "{text}");
    }
}

#[test]
fn anything_is_survived() {
    let deep = "$(".repeat(100_000);
    let braces = "${".repeat(100_000);
    let nested = "(".repeat(100_000);
    let quotes = "\"$(".repeat(50_000);
    let ticks = "`\\`".repeat(50_000);
    let cases = "case x in ".repeat(20_000);
    let arithmetic = "$((".repeat(100_000);
    let long = "x".repeat(10 << 20);
    for text in [
        "'",
        "\"",
        "<<",
        "<<E",
        "$",
        "${",
        "$((",
        ")",
        ";;",
        "case",
        "case x in",
        "for",
        "[[",
        "&",
        "|",
        "\\",
        "f(",
        "`",
        "é'ü",
        "<",
        "2>",
        "function",
        "\u{feff}a",
        &deep,
        &braces,
        &nested,
        &quotes,
        &ticks,
        &cases,
        &arithmetic,
        &long,
    ] {
        let script = parse(text, Dialect::Posix);
        assert!(script.commands.len() <= COMMANDS_MAX);
        for dialect in [Dialect::Cmd, Dialect::PowerShell] {
            assert!(parse(text, dialect).commands.len() <= COMMANDS_MAX);
        }
    }
    assert!(!parse("echo 'x", Dialect::Posix).complete);
    assert!(!parse(&long, Dialect::Posix).complete);
}
