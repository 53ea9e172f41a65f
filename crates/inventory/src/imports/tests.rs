//! Each language as a table: what counts as an import, what does not, and texts that are made to hang a reader.

#![expect(clippy::unwrap_used, reason = "tests")]
use super::*;

/// Reads and writes each import as `line kind name`.
fn check(path: &str, text: &str, expected: &str) {
    let imports = read(Language::of(path).unwrap(), path, text, &|_| true);
    let shown: Vec<String> =
        imports.iter().map(|one| format!("{} {:?} {}", one.line, one.kind, one.name).trim_end().to_owned()).collect();
    assert_eq!(shown.join("\n"), expected, "{path}:\n{text}");
}

/// The same, of names that are asked for only.
fn check_of(path: &str, text: &str, wanted: &[&str], expected: &str) {
    let imports = read(Language::of(path).unwrap(), path, text, &|name| wanted.contains(&name));
    let shown: Vec<String> =
        imports.iter().map(|one| format!("{} {:?} {}", one.line, one.kind, one.name).trim_end().to_owned()).collect();
    assert_eq!(shown.join("\n"), expected, "{path}:\n{text}");
}

#[test]
fn go() {
    let check = |text, expected| check("a.go", text, expected);
    check("package a\n\nimport \"fmt\"\nimport x \"example.org/b\"\n", "3 Code fmt\n4 Code example.org/b");
    check(
        "// Package a.\n//go:build linux\n\n/* import \"no\" */ package a; import (\n\t\"a/b\" // import \"no\"\n\t. \"c\"\n\
         \t_ `d`\n\tx \"e\"; y \"f\"\n)\nimport \"C\"\n\nvar s = `import \"no\"`\nimport \"no\"\n",
        "5 Code a/b\n6 Code c\n7 Code d\n8 Code e\n8 Code f\n10 Code C",
    );
    check("import \"no\"\n", "");
    check("package a\nimport (\n\"open", "3 Code open");
    check("package a\nimport (\n\"a\"\nfunc", "3 Code a");
    check("\u{feff}package a\r\nimport \"a\"\r\n", "2 Code a");
}

#[test]
fn python_statements() {
    let check = |text, expected| check("a.py", text, expected);
    check("import a\nimport b.c as d, e\n", "1 Code a\n2 Code b.c\n2 Code e");
    check("from a.b import c as d, e\n", "1 Code a.b\n1 Code a.b.c\n1 Code a.b.e");
    check("from a import (\n  b, # import no\n  c,\n)\nimport d\n", "1 Code a\n1 Code a.b\n1 Code a.c\n5 Code d");
    check("from . import a\nfrom .b import c\nfrom .. import d\n", "");
    check("try: import a\nexcept ImportError: import b; import c\n", "1 Code a\n2 Code b\n2 Code c");
    check("def f():\n\tfrom a import *\n\tyield from b\n\traise X from c\n", "2 Code a");
    check("import \\\n  a . b\n", "2 Code a.b");
    check("x = [import_, from_]\nimportant = 1\nimport_a = 2\n", "");
    check("\u{feff}import a\r\nimport b\r\n", "1 Code a\n2 Code b");
    check("lambda: x\nx: int = 1\nd = {'k': v}\n", "3 Text k");
    // A bracket in what is no code does not swallow the rest.
    check("x = (\nimport a\n", "2 Code a");
}

#[test]
fn python_comments_and_texts_are_no_imports() {
    let check = |text, expected| check("a.py", text, expected);
    check("# import a\n'''\nimport b\n'''\nr\"\"\"\nfrom c import d\n\"\"\"\n", "");
    check("s = 'import a'\nt = \"it's\\\nimport b\"\nimport c\n", "4 Code c");
    check("s = '''a\\'''\nimport b\n'''\nimport c\n", "4 Code c");
    check("s = f'{x}' rb'\\''\nimport a\n", "2 Code a");
    check(
        "APPS = [\n  'corsheaders.middleware.Cors', 'two words', f'x', b'y',\n]\n",
        "2 Text corsheaders.middleware.Cors",
    );
    check("workers = 'uvicorn.workers:Worker'\n", "1 Text uvicorn.workers.Worker");
}

#[test]
fn python_at_run_time() {
    let check = |text, expected| check("a.py", text, expected);
    check("importlib.import_module('a.b')\n__import__(\"c\")\n", "1 Code a.b\n1 Text a.b\n2 Code c\n2 Text c");
    check("import_module(name)\n", "1 Computed");
    check("import_module('a' + name)\n", "1 Computed\n1 Text a");
    check("import_module(f'a.{name}')\n", "1 Computed");
    check("import_module('.b', package='a')\n", "1 Text .b\n1 Text a");
    check(
        "def import_module(name):\n  pass\nfrom importlib import import_module\n",
        "3 Code importlib\n3 Code importlib.import_module",
    );
}

#[test]
fn python_types() {
    let check = |text, expected| check("a.py", text, expected);
    check(
        "if TYPE_CHECKING:\n    import a\n\n    from b import c\n# x\nimport d\n",
        "2 Types a\n4 Types b\n4 Types b.c\n6 Code d",
    );
    check("def f():\n\tif typing.TYPE_CHECKING:\n\t\timport a\n\telse:\n\t\timport b\n", "3 Types a\n5 Code b");
    check("if not TYPE_CHECKING:\n    import a\n", "2 Code a");
    super::tests::check("a.pyi", "import a\n", "1 Types a");
}

#[test]
fn javascript_statements() {
    let check = |text, expected| check("a.ts", text, expected);
    check(
        "import a from \"a\";\nimport * as b from 'b'\nimport {c, d as e} from `c`\nimport 'd'\n",
        "1 Code a\n2 Code b\n3 Code c\n4 Code d",
    );
    check("import a, {\n  b,\n} from 'x/y'\n", "3 Code x/y");
    check(
        "export * from 'a'\nexport {b as default} from 'b'\nexport * as c from 'c'\n",
        "1 Code a\n2 Code b\n3 Code c",
    );
    check(
        "import type {A} from 'a'\nimport type B from 'b'\nexport type {C} from 'c'\n",
        "1 Types a\n2 Types b\n3 Types c",
    );
    check("import type from 'a'\nimport {type B, c} from 'b'\n", "1 Code a\n2 Code b");
    check(
        "const a = require('a'), b = require(\"b\").c\nimport d = require('d')\n",
        "1 Code a\n1 Text a\n1 Code b\n1 Text b\n2 Code d\n2 Text d",
    );
    check(
        "await import('a'); import(/* webpackChunkName: 'b' */ `c`)\nrequire.resolve('d')\n",
        "1 Code a\n1 Text a\n1 Code c\n1 Text c\n2 Code d\n2 Text d",
    );
    check("import a from 'a' with {type: 'json'}\n", "1 Code a\n1 Text json");
    check("import/**/a/**/from/**/'a'", "1 Code a");
}

#[test]
fn javascript_comments_and_texts_are_no_imports() {
    let check = |text, expected| check_of("a.js", text, &["a", "b", "c"], expected);
    check("// import 'a'\n/* require('b') */\n/*\n import c from 'c'\n*/\n", "");
    check("s = \"import 'a'\"; t = `import b from 'b'`; u = 'require(\"c\")'\n", "");
    check("s = `${require('a')} import 'b' ${`${x}`}`\nimport 'c'\n", "1 Code a\n1 Text a\n2 Code c");
    check("r = /'/; x = a / b; import('a')\ny = /[/']`/g\nimport 'b'\n", "1 Code a\n1 Text a\n3 Code b");
    check("const from = 'a'; x.from('b'); export const c = 'c'\n", "1 Text a\n1 Text b\n1 Text c");
    check("x.import('a'); x.require('b'); function require(c) {}\n", "1 Text a\n1 Text b");
    check("export default x\nlet from\n'a'\n", "3 Text a");
    check("import x\n= y; from 'a'\n", "2 Text a");
    check("import.meta.url\nx = {from: 'a'}\n", "2 Text a");
    check("plugins: ['a', \"b\"]\n", "1 Text a\n1 Text b");
}

#[test]
fn javascript_among_markup() {
    let check = |path, text, expected| check_of(path, text, &["a", "b", "c"], expected);
    check("a.tsx", "const x = <p>Don't `mind</p>\nimport('a')\nexport * from 'b'\n", "2 Code a\n2 Text a\n3 Code b");
    check("a.jsx", "<A b={c} /><B>it's</B>\nimport 'a'\n", "2 Code a");
    check(
        "a.vue",
        "<template>\n`import 'a'\n</template>\n<script setup lang=\"ts\">\nimport b from 'b'\n</script>\n<script>import 'c'</script>",
        "5 Code b\n7 Code c",
    );
    check("a.svelte", "<script context=module>import 'a'</script><p>import 'b'</p>", "1 Code a");
    check(
        "a.astro",
        "---\nimport a from 'a'\n---\n<p>import 'b'</p>\n<script>import 'c'</script>\n",
        "2 Code a\n5 Code c",
    );
    check("a.d.ts", "import a from 'a'\n", "1 Types a");
}

#[test]
fn javascript_at_run_time() {
    let check = |text, expected| check("a.mjs", text, expected);
    check("require(x)\n", "1 Computed");
    check("import('a' + x)\n", "1 Computed\n1 Text a");
    check("require(`./locale/${x}`); require('./a'); require(path.join(a, b)); require()\n", "1 Code ./a\n1 Text ./a");
    check("require(`a-${x}`)\n", "1 Computed");
}

#[test]
fn packages_of_specifiers() {
    let check =
        |specifier: &str, expected: Option<&str>| assert_eq!(javascript_package_of(specifier), expected, "{specifier}");
    check("lodash", Some("lodash"));
    check("lodash/fp/x", Some("lodash"));
    check("@a/b", Some("@a/b"));
    check("@a/b/c", Some("@a/b"));
    check("npm:chalk@5/source", Some("chalk"));
    check("npm:@a/b@^1.0.0/c", Some("@a/b"));
    check("jsr:/@std/path@1/x", Some("@std/path"));
    for none in ["./a", "../a", "/a", "#a", "@/a", "@", "", "node:fs", "https://example.org/a", "~/a"] {
        check(none, if none == "@/a" { Some("@/a") } else { None });
    }
}

#[test]
fn rust_paths() {
    let check = |text, expected| check_of("a.rs", text, &["a", "b", "c", "d", "time"], expected);
    check("use a;\nuse b::X;\npub(crate) use c::{X, y::Z};\nuse ::d as e;\n", "1 Code a\n2 Code b\n3 Code c\n4 Code d");
    check(
        "use {a::X, b::{self, Y}};\nextern crate c;\n#[macro_use] extern crate d as e;\n",
        "1 Code a\n1 Code b\n2 Code c\n3 Code d",
    );
    check("fn f() { a::g(); let x: b::T = c::m!(); <T as d::U>::v() }\n", "1 Code a\n1 Code b\n1 Code c\n1 Code d");
    check(
        "#[a::main]\n#[derive(b::X)]\n#![c::x]\nstruct S { #[d::y] z: u8 }\n",
        "1 Code a\n2 Code b\n3 Code c\n4 Code d",
    );
    check("use crate::a::X; use super::b; use self::c::Y; x::d::Z; y.a::<T>(); $crate::b::x", "");
    check("let a = 1; a.b; a::<u8>(); enum T { a, b } r#d::x", "1 Code d");
    check("x(::a::B); x::<::b::C>()", "1 Code a\n1 Code b");
    check("fn f() {\n\n    // what for\n    a::g();\n}\n", "4 Code a");
}

#[test]
fn rust_names_in_scope_are_no_crates() {
    let check = |text, expected| check_of("a.rs", text, &["a", "b", "time"], expected);
    check("use std::time;\nfn f() { time::now() }\n", "");
    check("use std::{time, io};\nfn f() { time::now() }\n", "");
    check("use std::time::{self, Duration};\nfn f() { time::now() }\n", "");
    check("use x::y as time;\ntime::now()", "");
    check("mod time;\nuse time::Clock;\n", "");
    check("use a::a;\nuse b::{x::b, c::{self}};\n#[a]\nfn f() { b::g() }\n", "1 Code a\n2 Code b");
    check("use time::{self, Date};\nfn f() { time::now() }\n", "1 Code time");
    check("use time;\nfn f() { time::now() }\n", "1 Code time");
    check("mod time;\nfn f() { ::time::now() }\n", "2 Code time");
    // A module does not see the names around it, a block does; what stands after a block does not see its own.
    check("use std::time;\nmod m { fn f() { time::now() } }\n", "2 Code time");
    check("fn f() { use std::time; { time::now() } }\nfn g() { time::now() }\n", "2 Code time");
}

#[test]
fn rust_tests_and_texts() {
    let check = |text, expected| check_of("a.rs", text, &["a", "b", "c"], expected);
    check("#[cfg(test)]\nmod tests { use a::X; fn f() { b::g() } }\nuse c::Y;\n", "2 Test a\n2 Test b\n3 Code c");
    check("#[cfg(test)]\nuse a::X;\nuse b::Y;\n", "2 Test a\n3 Code b");
    check("#[tokio::test]\nasync fn f() { a::g() }\nfn h() { b::i() }\n", "2 Test a\n3 Code b");
    check(
        "#[cfg(not(test))]\nmod m { use a::X; }\n#[cfg(all(test, unix))] mod n { use b::X; }\n",
        "2 Code a\n3 Test b",
    );
    check("// use a::X;\n/* use b::X; /* */ use c::X; */\n/// a::b\n", "");
    check("\"use a::X;\" \"\\\"a::x\" r#\"\"use b::X;\"# b\"a::b\" '\"' b'\"' use c::X; 'a::x", "1 Code c");
    check("fn f<'a>(x: &'a str) -> Box<dyn X + use<'a>> { b::g('{', '\\'', '\\u{7d}') }\n", "1 Code b");
}

#[test]
fn what_is_hostile_ends() {
    let long = 40_000;
    let texts = [
        "(",
        "[",
        "{",
        "`${",
        "`",
        "'",
        "\"",
        "'''",
        "/*",
        "#[",
        "use {",
        "import ",
        "from a import (",
        "import(",
        "require(",
        "/",
        "r#\"",
        "\\",
        "<script>",
        "mod a {",
        "\u{e9}",
        "a::",
        "import_module(",
        "\0",
        "=/[",
        ";if TYPE_CHECKING:",
        "a {a::",
    ];
    for text in texts {
        for path in ["a.go", "a.py", "a.rs", "a.ts", "a.vue", "a.astro"] {
            let repeated = text.repeat(long / text.len());
            let started = format!("package a\nimport (\n{repeated}");
            assert!(read(Language::of(path).unwrap(), path, &repeated, &|_| true).len() <= IMPORTS_MAX);
            assert!(read(Language::of(path).unwrap(), path, &started, &|_| true).len() <= IMPORTS_MAX);
        }
    }
    let many: String = (0..10_000).map(|number| format!("import a{number}\n")).collect();
    assert_eq!(read(Language::Python, "a.py", &many, &|_| true).len(), IMPORTS_MAX);
    let large = format!("import a\n{}", " ".repeat(SOURCE_BYTES_MAX));
    assert!(read(Language::Python, "a.py", &large, &|_| true).is_empty());
}
