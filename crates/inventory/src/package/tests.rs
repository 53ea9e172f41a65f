//! Reads hand-written files of each kind and shows what they give, a line a package.

use super::*;

/// What a file gives: `purl scope direct source hashed licence > needs`, roots and gaps, a line each.
fn shown(path: &str, text: &str, files: &[(&str, &str)]) -> String {
    let read = |path: &str| files.iter().find(|(name, _)| *name == path).map(|(_, text)| text.as_bytes().to_vec());
    let others = Others::new(files.iter().map(|(path, _)| *path), &read);
    let Some(manifest) = Manifest::read_among(path, text, &others) else { return "no manifest".to_owned() };
    let mut out = Vec::new();
    for package in &manifest.packages {
        let mut line = format!("{} {:?}", package.purl, package.scope);
        if package.direct == Some(true) {
            line += " direct";
        }
        if package.source != Source::Registry {
            line += &format!(" {:?}", package.source).replace('"', "");
        }
        if !package.hashes.is_empty() {
            line += " hashed";
        }
        if let Some(licence) = &package.licence {
            line += &format!(" licence {licence}");
        }
        for need in &package.needs {
            line += &format!(" > {}", manifest.packages[*need as usize].purl.name());
        }
        assert!(!package.span.of(text).is_empty(), "{path}: {} has no place", package.purl);
        out.push(line);
    }
    out.extend(manifest.roots.iter().filter_map(|root| Some(format!("root {}", root.purl.as_ref()?))));
    for gap in manifest.open() {
        let line = text.get(..gap.span.start as usize).unwrap_or(text).matches('\n').count() + 1;
        out.push(format!("gap {line} {}", gap.message));
    }
    out.join("\n")
}

#[track_caller]
pub(super) fn check(path: &str, text: &str, expected: &str) {
    check_among(path, text, &[], expected);
}

/// The same for a file that others complete.
#[track_caller]
pub(super) fn check_among(path: &str, text: &str, files: &[(&str, &str)], expected: &str) {
    // In which order a reader meets what it does not understand says nothing.
    let lines = |text: &str| {
        let (mut gaps, mut lines): (Vec<_>, Vec<_>) =
            text.lines().map(|line| line.trim().to_owned()).partition(|line| line.starts_with("gap "));
        gaps.sort();
        lines.append(&mut gaps);
        lines.join("\n")
    };
    assert_eq!(lines(&shown(path, text, files)), lines(expected), "{path}");
}

#[test]
fn unfinished_merges_and_secrets() {
    let text = "\u{feff}require (\n<<<<<<< HEAD\n\ta v1.0.0\n=======\n";
    check("go.mod", text, "gap 2 an unfinished merge: conflict markers are left");
    let mut source = Source::Mirror("https://me:secret@host.example/simple?x=@y".to_owned());
    source.forget_secrets();
    assert_eq!(source, Source::Mirror("https://host.example/simple?x=@y".to_owned()));
}

#[test]
fn cargo_locks() {
    let digest = "ab".repeat(32);
    let text = format!(
        "version = 4\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\"a 2.0.0\", \"g\", \"none\"]\n\
         [[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"sparse+https://cargo.example/\"\n\
         [[package]]\nname = \"a\"\nversion = \"2.0.0\"\nsource = \
         \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"{digest}\"\n\
         [[package]]\nname = \"g\"\nversion = \"0.2.0\"\nsource = \"git+https://git.example/g#abc\"\n[[package]]\nversion = \"1\"\n"
    );
    check(
        "Cargo.lock",
        &text,
        "pkg:cargo/app@0.1.0 Runtime Local > a > g\n\
         pkg:cargo/a@1.0.0 Runtime Mirror(https://cargo.example/)\n\
         pkg:cargo/a@2.0.0 Runtime direct hashed\n\
         pkg:cargo/g@0.2.0 Runtime direct Repository(https://git.example/g#abc)\n\
         root pkg:cargo/app@0.1.0\n\
         gap 19 a package without a name\n\
         gap 5 `none` is needed and not listed",
    );
    check("Cargo.lock", "version = 4\n[[package]\n", "gap 2 unclosed array table, expected `]`");
}

#[test]
fn npm_locks_by_folder() {
    let text = r#"{"name": "app", "lockfileVersion": 3, "packages": {
      "": {"name": "app", "version": "1.0.0", "workspaces": ["lib"], "dependencies": {"a": "^1", "alias": "npm:real@2"},
           "devDependencies": {"d": "1"}},
      "lib": {"name": "@s/lib", "optionalDependencies": {"o": "1"}},
      "node_modules/@s/lib": {"resolved": "lib", "link": true},
      "node_modules/a": {"version": "1.0.0", "dependencies": {"d": "2", "@s/lib": "*"}, "license": "MIT",
                         "integrity": "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA="},
      "node_modules/a/node_modules/d": {"version": "2.0.0"},
      "node_modules/alias": {"name": "real", "version": "2.0.0", "resolved": "https://npm.example/real/-/real-2.0.0.tgz"},
      "node_modules/d": {"version": "1.0.0", "dev": true},
      "lib/node_modules/o": {"version": "1.0.0", "resolved": "git+ssh://git@git.example/o.git#abc"}}}"#;
    check(
        "package-lock.json",
        text,
        "pkg:npm/a@1.0.0 Runtime direct hashed licence MIT > d\n\
         pkg:npm/d@2.0.0 Runtime\n\
         pkg:npm/real@2.0.0 Runtime direct Mirror(https://npm.example)\n\
         pkg:npm/d@1.0.0 Development direct\n\
         pkg:npm/o@1.0.0 Optional direct Repository(git+ssh://git@git.example/o.git#abc)\n\
         root pkg:npm/app@1.0.0\n\
         root pkg:npm/%40s/lib",
    );
}

#[test]
fn npm_locks_by_nesting() {
    let text = r#"{"name": "app", "version": "1.0.0", "lockfileVersion": 1, "dependencies": {
      "a": {"version": "1.0.0", "requires": {"b": "2", "c": "1"}, "dependencies": {"b": {"version": "2.0.0"}}},
      "b": {"version": "1.0.0", "dev": true, "requires": {"none": "1"}},
      "c": {"version": "npm:real@3.0.0", "optional": true},
      "f": {"version": "file:../f"}}}"#;
    check(
        "npm-shrinkwrap.json",
        text,
        "pkg:npm/a@1.0.0 Runtime > b > real\n\
         pkg:npm/b@1.0.0 Development\n\
         pkg:npm/real@3.0.0 Optional\n\
         pkg:npm/f Runtime Local\n\
         pkg:npm/b@2.0.0 Runtime\n\
         root pkg:npm/app@1.0.0\n\
         gap 3 `none` is needed and not listed",
    );
}

#[test]
fn pnpm_locks() {
    let five = "lockfileVersion: 5.4\ndependencies:\n  a: 1.0.0_b@2.0.0\n  '@s/c': link:../c\ndevDependencies:\n  b: 2.0.0\n\
        packages:\n  /a/1.0.0_b@2.0.0:\n    dependencies:\n      '@s/d': 3.0.0\n  /b/2.0.0:\n    dev: true\n  /@s/d/3.0.0:\n    \
        dev: false\n  odd:\n    dev: true\n";
    let given = "pkg:npm/a@1.0.0 Runtime direct > d\npkg:npm/b@2.0.0 Development direct\npkg:npm/%40s/d@3.0.0 Runtime";
    check("pnpm-lock.yaml", five, &format!("{given}\ngap 15 `odd` is no name with a version"));
    let six = "lockfileVersion: '6.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: ^1\n        version: \
        1.0.0(b@2.0.0)\n    devDependencies:\n      b:\n        specifier: ^2\n        version: 2.0.0\npackages:\n  \
        /a@1.0.0(b@2.0.0):\n    dependencies:\n      '@s/d': 3.0.0\n  /b@2.0.0:\n    dev: true\n  /@s/d@3.0.0:\n    dev: false\n";
    check("pnpm-lock.yaml", six, given);
    let nine = "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        version: 1.0.0(b@2.0.0)\n    \
        devDependencies:\n      b:\n        version: 2.0.0\n      none:\n        version: 1.0.0\npackages:\n  a@1.0.0:\n    \
        resolution: {integrity: sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=}\n  b@2.0.0: {}\n  '@s/d@3.0.0': {}\nsnapshots:\n  \
        a@1.0.0(b@2.0.0):\n    dependencies:\n      '@s/d': 3.0.0\n  b@2.0.0: {}\n";
    let nine_given = given.replace("a@1.0.0 Runtime direct", "a@1.0.0 Runtime direct hashed");
    check("pnpm-lock.yaml", nine, &format!("{nine_given}\ngap 10 `none` is needed and not listed"));
}

#[test]
fn python_locks() {
    let digest = "ab".repeat(32);
    let public = super::public::address("pypi", "simple");
    let uv = format!(
        "version = 1\n[[package]]\nname = \"app\"\nversion = \"0.1\"\nsource = {{ virtual = \".\" }}\ndependencies = [{{ name = \"A_b\" \
         }}]\n[package.optional-dependencies]\nx = [{{ name = \"c\" }}]\n[package.dev-dependencies]\ndev = [{{ name = \"d\" }}]\n\
         [[package]]\nname = \"a-b\"\nversion = \"1.0\"\nsource = {{ registry = \"{public}\" }}\nwheels = [{{ hash = \
         \"sha256:{digest}\" }}]\n[package.optional-dependencies]\ny = [{{ name = \"c\" }}]\n[[package]]\nname = \"c\"\nversion = \
         \"2\"\nsource = {{ git = \"https://git.example/c\" }}\n[[package]]\nname = \"d\"\nversion = \"3\"\ndependencies = [{{ name \
         = \"none\" }}]\n"
    );
    check(
        "uv.lock",
        &uv,
        "pkg:pypi/app@0.1 Runtime Local > a-b > c > d\n\
         pkg:pypi/a-b@1.0 Runtime direct hashed > c\n\
         pkg:pypi/c@2 Runtime direct Repository(https://git.example/c)\n\
         pkg:pypi/d@3 Development direct\n\
         root pkg:pypi/app@0.1\n\
         gap 25 `none` is needed and not listed",
    );
    let one = format!(
        "[[package]]\nname = \"A\"\nversion = \"1.0\"\ncategory = \"main\"\noptional = false\n[package.dependencies]\nb = \">=1\"\n\
         [[package]]\nname = \"b\"\nversion = \"2.0\"\ncategory = \"dev\"\noptional = false\n[package.source]\ntype = \"legacy\"\nurl \
         = \"https://pypi.example/simple\"\n[[package]]\nname = \"c\"\nversion = \"3\"\ncategory = \"main\"\noptional = \
         true\n[metadata.files]\na = [{{ file = \"x\", hash = \"sha256:{digest}\" }}]\n"
    );
    check(
        "poetry.lock",
        &one,
        "pkg:pypi/a@1.0 Runtime hashed > b\n\
         pkg:pypi/b@2.0 Development Mirror(https://pypi.example/simple)\n\
         pkg:pypi/c@3 Optional",
    );
    let two = "[[package]]\nname = \"a\"\nversion = \"1.0\"\ngroups = [\"main\", \"dev\"]\n[[package]]\nname = \"b\"\nversion = \
        \"2.0\"\ngroups = [\"dev\"]\n[[package]]\ngroups = []\n";
    let both = "pkg:pypi/a@1.0 Runtime\npkg:pypi/b@2.0 Development\ngap 9 a package without a name";
    check("poetry.lock", two, both);
    check("pdm.lock", &two.replace("main", "default"), both);
}

/// Texts that would take long if anything here were quadratic or recursed as deeply as they are nested.
#[test]
fn hostile_files_end() {
    let repeated = |text: &str, times| text.repeat(times);
    let many = |line: &dyn Fn(usize) -> String| (0..5_000).map(line).collect::<String>();
    let cases = [
        ("package-lock.json", repeated("{\"dependencies\":{\"a\":", 50_000)),
        (
            "package-lock.json",
            format!(
                "{{\"packages\": {{\"{}\": {{\"dependencies\": {{{}\"z\": \"1\"}}}}}}}}",
                repeated("node_modules/a/", 20_000),
                many(&|n| format!("\"p{n}\": \"1\","))
            ),
        ),
        (
            "uv.lock",
            many(&|n| format!("[[package]]\nname = \"a\"\nversion = \"{n}\"\ndependencies = [{{ name = \"a\" }}]\n")),
        ),
        (
            "poetry.lock",
            many(&|n| format!("[[package]]\nname = \"a\"\nversion = \"{n}\"\ndependencies = {{ a = \"1\" }}\n")),
        ),
        ("yarn.lock", many(&|n| format!("a@{n}:\n  version \"{n}\"\n  dependencies:\n    a \"x\"\n"))),
        (
            "bun.lock",
            format!(
                "{{\"packages\": {{\"{}\": [\"a@1\", \"\", {{\"dependencies\": {{{}}}}}]}}}}",
                repeated("a/", 20_000),
                many(&|n| format!("\"p{n}\": \"1\","))
            ),
        ),
        ("requirements.txt", many(&|n| format!("a=={n} \\\n # via a\n"))),
        ("pom.xml", repeated("<dependencies><dependency>", 50_000)),
        ("x.csproj", repeated("<PackageReference Include='a'>", 50_000)),
        ("mix.lock", repeated("{[", 50_000)),
        ("Gemfile.lock", format!("GEM\n  specs:\n{}", many(&|n| format!("    a ({n})\n      a\n")))),
        ("go.mod", many(&|n| format!("require a v{n}\nreplace a v{n} => b v{n}\n"))),
        ("conan.lock", repeated("[", 50_000)),
        (
            ".github/workflows/a.yml",
            format!("jobs:\n  a:\n    steps:\n{}", many(&|n| format!("      - uses: o/r{n}@v1\n"))),
        ),
        (".github/workflows/a.yml", repeated("{jobs: {a: {steps: [", 20_000)),
        ("Dockerfile", many(&|n| format!("FROM a:{n} AS s{n}\nCOPY --from=s{n} a b\nCOPY --from=b:{n} a b\n"))),
    ];
    for (path, text) in cases {
        let Some(manifest) = Manifest::read(path, &text) else { unreachable!("{path} is read") };
        assert!(manifest.gaps.len() <= GAPS_MAX, "{path}");
        let edges: usize = manifest.packages.iter().map(|package| package.needs.len()).sum();
        assert!(edges <= 5_000 * 65, "{path}: {edges}");
    }
}

/// Parents that are each other's parents, lists that import each other, and more of both than anybody has.
#[test]
fn files_that_complete_each_other_end() {
    let project = |name: &str, rest: &str| {
        format!("<project><groupId>g</groupId><artifactId>{name}</artifactId><version>1</version>{rest}</project>")
    };
    let import = |name: &str| {
        format!(
            "<dependency><groupId>g</groupId><artifactId>{name}</artifactId><version>1</version><type>pom</type>\
             <scope>import</scope></dependency>"
        )
    };
    let mut files: Vec<(String, String)> = Vec::new();
    for number in 0..200 {
        let parent = format!(
            "<parent><groupId>g</groupId><artifactId>p{}</artifactId><version>1</version><relativePath>../p{0}\
             </relativePath></parent>",
            (number + 1) % 200
        );
        let lists: String = (0..200).map(|other| import(&format!("p{other}"))).collect();
        let managed = format!("<dependencyManagement><dependencies>{lists}</dependencies></dependencyManagement>");
        files.push((format!("p{number}/pom.xml"), project(&format!("p{number}"), &(parent + &managed))));
    }
    let members: String = (0..3_000).map(|n| format!("[[package]]\nname = \"m{n}\"\nversion = \"1.0.0\"\n")).collect();
    for number in 0..3_000 {
        let name = format!("m{}", number + 5_000);
        files.push((
            format!("{name}/Cargo.toml"),
            format!("[package]\nname = \"{name}\"\n[features]\ndefault = [\"default\"]\n"),
        ));
    }
    let asked = std::cell::Cell::new(0);
    let read = |path: &str| {
        asked.set(asked.get() + 1);
        files.iter().find(|(name, _)| name == path).map(|(_, text)| text.clone().into_bytes())
    };
    let others = Others::new(files.iter().map(|(path, _)| path.as_str()), &read);
    let dependency =
        "<dependencies><dependency><groupId>g</groupId><artifactId>x</artifactId></dependency></dependencies>";
    let text = files
        .first()
        .map(|(_, text)| text.replace("</project>", &format!("{dependency}</project>")))
        .unwrap_or_default();
    for (path, text) in [("p0/pom.xml", &text), ("Cargo.lock", &members)] {
        asked.set(0);
        let Some(manifest) = Manifest::read_among(path, text, &others) else { unreachable!("{path} is read") };
        assert!(manifest.open().len() <= 2 * GAPS_MAX, "{path}");
        assert!(asked.get() <= 2_000, "{path}: {}", asked.get());
    }
}

/// The line on which a lock file stops being what its package manager writes.
fn broken_at(path: &str, text: &str) -> Option<usize> {
    let manifest = Manifest::read(path, text)?;
    let first = manifest.gaps.iter().map(|gap| gap.span.start as usize).min()?;
    Some(text.get(..first).unwrap_or(text).matches('\n').count() + 1)
}

#[test]
fn what_package_managers_write_reads() {
    for (path, text) in [
        ("Cargo.lock", "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n"),
        ("web/package-lock.json", "{\"lockfileVersion\": 3, \"packages\": {}}\n"),
        ("yarn.lock", "# yarn lockfile v1\n\n\na@^1:\n  version \"1.0.0\"\n  resolved \"x\"\n"),
        ("yarn.lock", "# generated\n\n__metadata:\n  version: 8\n"),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n"),
        ("go.sum", ""),
        ("Gemfile.lock", "GEM\n  remote: https://gems.example.org/\n\nBUNDLED WITH\n   2.5.1\n"),
        ("gradle.lockfile", "# comment\na:b:1.0=runtime\nempty=\n"),
        ("mix.lock", "%{\n  \"a\": {:hex, :a, \"1.0.0\", \"0a\", [:mix], [], \"hexpm\", \"0b\"},\n}\n"),
        ("bun.lock", "{\n  \"lockfileVersion\": 1,\n}\n"),
        ("composer.lock", "\u{feff}{}"),
    ] {
        assert_eq!(broken_at(path, text), None, "{path}: {text}");
    }
}

#[test]
fn broken_ones_are_located() {
    for (path, text, line) in [
        ("Cargo.lock", "version = 4\n[[package]\nname = \"a\"\n", 2),
        ("package-lock.json", "{\n  \"a\": 1,\n  \"b\": \n}\n", 4),
        ("package-lock.json", "", 1),
        ("package-lock.json", "[]", 1),
        ("go.sum", "example.org/m v1.0.0\n", 1),
        ("yarn.lock", "a@^1:\n  version \"1\"\n<<<<<<< HEAD\nb\n", 3),
        ("pnpm-lock.yaml", "a: 'b\n", 1),
        ("mix.lock", "%{\n  \"a\": {:hex\n", 1),
        ("Gemfile.lock", "GEM\n  remote: x\nnonsense here\n", 3),
    ] {
        assert_eq!(broken_at(path, text), Some(line), "{path}: {text}");
    }
}
