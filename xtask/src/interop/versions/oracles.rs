//! The tools that decide: each reads versions, one a line, and answers with a row of signs for each.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use palisade_advisory::Order;

use super::super::tools::Missing;
use super::super::{Bench, observed};
use super::{Rule, script};
use crate::project;

/// The release of Maven whose order is ours.
const MAVEN: &str = "3.9.16";
/// npm's own parser of versions.
const NPM_SEMVER: &str = "semver@7";
/// Where Debian's package puts Composer's library.
const COMPOSER: &str = "/usr/share/php/Composer/Semver/autoload.php";

/// Every rule that has an oracle.
pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "npm",
        order: Order::Semver,
        oracle: npm,
        corpus: "bitnami-vulndb",
        seeds: "1.0.0 1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta.2 1.0.0-beta.11 2.1.0+build.5 1.2.3-0 0.0.0-2019 \
                10.2.33-x-y.7z",
        is_loose: true,
    },
    Rule {
        name: "Go",
        order: Order::Semver,
        oracle: |bench| Ok(Command::new(bench.oracle("versions/go")?)),
        corpus: "vulndb/data/osv",
        seeds: "v1.0.0 v1 v1.2 v1.0.0-alpha.1 v2.0.0+incompatible v0.0.0-20190301182410-1c5f21f3b8d7 v1.0.0-rc.10 \
                v1.2.4-0.20200101000000-abcdefabcdef v1.0.0-rc.9",
        is_loose: false,
    },
    Rule {
        name: "PyPI",
        order: Order::Pep440,
        oracle: |bench| Ok(with(bench.python("packaging")?, "compare.py")),
        corpus: "advisory-database/vulns",
        seeds: "1.0 1.0.0 1!0.5 1.0a1 1.0.dev3 1.0rc2.post3.dev4 1.0.post1 1.0-1 1.0-RC_1 v2.0+local.7 1.0+a.1 \
                1.0.0-preview.2 1.0c 0.9.final 1.0--2",
        is_loose: false,
    },
    Rule {
        name: "Maven",
        order: Order::Maven,
        oracle: maven,
        corpus: "maven",
        seeds: "1 1.0 1-alpha-1 1.0-beta2 1.0-SNAPSHOT 1.0.RC1 1.0.Final 1.0-sp-1 2.0.0.M3 1.0-rc-1 1.0.ga 1-foo 1a1 1..2 \
                2.3-20030203.000129 1--1 1.x1 1.0.0-jre 31.1-android 1.0-cr2 1.alpha.1 b2-c.3-5",
        is_loose: false,
    },
    Rule {
        name: "RubyGems",
        order: Order::Gem,
        oracle: |bench| Ok(with(bench.debian("ruby", "ruby")?, "compare.rb")),
        corpus: "ruby-advisory-db/gems",
        seeds: "1.0 1.0.0 1.0.a 1.0.a.2 1.0.b1 2.0.0.rc1 1.0-java 1.2.3-4.x 0 1.0.0.pre.1 1.8.2.a10 1.0.0.0.z.0",
        is_loose: false,
    },
    Rule {
        name: "Packagist",
        order: Order::Packagist,
        oracle: composer,
        corpus: "packagist",
        seeds: "1.0.0 v2.1 1.0.0-alpha1 1.0-beta.2 1.0.0-RC3 1.0-dev 1.x-dev 2.0.x-dev 1.0.0-p1 1.0pl2 1.0-patch.3 20100102 \
                2010-01-02 2010.01.02-beta 1.2.3.4 1.0.0+build 1.0a1dev 1.0.0@stable dev-main 20100102-203040 1.0-stable",
        is_loose: false,
    },
    Rule {
        name: "CRAN",
        order: Order::Cran,
        oracle: |bench| Ok(with(bench.debian("Rscript", "r-base-core")?, "compare.R")),
        corpus: "cran",
        seeds: "1.0 1.0-1 0.1.2-3 2 10-20 1.0.0.0 3.1415",
        is_loose: false,
    },
    Rule {
        name: "Debian",
        order: Order::Dpkg,
        oracle: dpkg,
        corpus: "debian",
        seeds: "1.0-1 1.0 1:0.5-2 1.0~rc1-1 1.0+dfsg-3ubuntu0.1 2.36-9+deb12u4 1.0-1~bpo11+1 0 1.2.3a-4.5 0:1.0 1.0.~~a \
                4.0.0~rc2+b 1-2-3",
        is_loose: false,
    },
    Rule {
        name: "RPM",
        order: Order::Rpm,
        oracle: rpm,
        corpus: "osv-database",
        seeds: "1.0-1 1.0 1:0.5-2.el9 1.0~rc1-1 1.0^git1-1.fc39 2.36-9.el8_6.1 0 1.2.3a-4.5 0:1.0 1.0~~a 1_2.3 1.a.1 1^~2",
        is_loose: false,
    },
    Rule {
        name: "Alpine",
        order: Order::Apk,
        oracle: apk,
        corpus: "advisories",
        seeds: "1.0-r0 1.0 1.2.3_alpha 1.2_beta2-r1 1.2_rc3 1.2_p1-r2 1.2a 1.02.3 1.2b_git20200101-r1 0.1_pre2_p3 01.2 \
                1.2~abc12-r1 1.10 1.9 1.0_cvs1_hg 3_svn",
        is_loose: false,
    },
];

/// A program that is given one of our scripts.
fn with(program: impl AsRef<std::ffi::OsStr>, name: &str) -> Command {
    let mut command = Command::new(program);
    command.arg(script(name));
    command
}

fn npm(bench: &Bench) -> Result<Command> {
    let (node, npm) = (bench.debian("node", "nodejs")?, bench.debian("npm", "npm")?);
    let folder = bench.scratch.join("npm");
    let mut install = Command::new(npm);
    install.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
    observed(install.arg(&folder).arg(NPM_SEMVER))?;
    let package = folder.join("node_modules/semver");
    need(&package, "npm installs no semver")?;
    let mut command = with(node, "compare.cjs");
    command.arg(package);
    Ok(command)
}

fn maven(bench: &Bench) -> Result<Command> {
    let (java, maven) = (bench.debian("java", "default-jdk-headless")?, bench.debian("mvn", "maven")?);
    let jar = bench.scratch.join(format!("maven-artifact-{MAVEN}.jar"));
    let mut copy = Command::new(maven);
    copy.args(["--quiet", "--batch-mode", "dependency:copy"]);
    copy.arg(format!("-Dartifact=org.apache.maven:maven-artifact:{MAVEN}"));
    observed(copy.arg(format!("-DoutputDirectory={}", bench.scratch.display())).current_dir(&bench.scratch))?;
    need(&jar, "Maven copies no maven-artifact")?;
    let mut command = Command::new(java);
    command.arg("-cp").arg(jar).arg(script("Compare.java"));
    Ok(command)
}

fn composer(bench: &Bench) -> Result<Command> {
    let php = bench.debian("php", "php-cli")?;
    if !Path::new(COMPOSER).exists() {
        // A library has no program to find: whether it came is seen below.
        drop(bench.debian("php-composer-semver", "php-composer-semver"));
    }
    need(Path::new(COMPOSER), "composer/semver is not installed (Debian's package php-composer-semver has it)")?;
    Ok(with(php, "compare.php"))
}

fn dpkg(bench: &Bench) -> Result<Command> {
    let perl = bench.debian("perl", "perl")?;
    let has = || observed(Command::new(&perl).args(["-MDpkg::Version", "-e", "1"])).is_ok_and(|(code, ..)| code == 0);
    if !has() {
        drop(bench.debian("libdpkg-perl", "libdpkg-perl"));
    }
    if !has() {
        return Err(Missing("Dpkg::Version is not installed (Debian's package libdpkg-perl has it)".to_owned()).into());
    }
    Ok(with(perl, "compare.pl"))
}

fn rpm(bench: &Bench) -> Result<Command> {
    let mut command = Command::new(bench.debian("rpm", "rpm")?);
    let script = project::read(&project::root(), "xtask/interop/versions/compare.lua")?;
    command.arg("--eval").arg(format!("%{{lua:{script}}}"));
    Ok(command)
}

fn apk(bench: &Bench) -> Result<Command> {
    let sources = bench.corpus.as_ref().map(|corpus| corpus.join("apk-tools/src")).filter(|path| path.is_dir());
    let sources =
        sources.ok_or_else(|| Missing("a checkout of alpinelinux/apk-tools is not in --corpus".to_owned()))?;
    let built = bench.scratch.join("apk-oracle");
    let mut compile = Command::new(bench.debian("cc", "gcc")?);
    // Sections, so that what the comparison never calls needs no more of the sources.
    compile.args(["-O1", "-w", "-D_GNU_SOURCE", "-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections", "-I"]);
    compile.arg(&sources).arg(script("apk.c")).args(["version.c", "blob.c", "ctype.c"].map(|name| sources.join(name)));
    let (_, _, errors) = observed(compile.arg("-o").arg(&built))?;
    need(&built, &format!("the sources of apk-tools do not build: {}", errors.lines().last().unwrap_or_default()))?;
    Ok(Command::new(built))
}

/// Skips when a file did not come to be.
fn need(path: &Path, otherwise: &str) -> Result<()> {
    if path.exists() { Ok(()) } else { Err(Missing(otherwise.to_owned()).into()) }
}
