//! `palisade fix`, end to end, on files and in git.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const WORKFLOW: &str = "# The build.\r
name: CI\r
on: issues\r
permissions: {}\r
jobs:\r
  build:\r
    runs-on: ubuntu-latest\r
    steps:\r
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8   # v5.0.0\r
      - run: echo \"${{ github.event.issue.title }}\"\r
      - run: echo '${{ github.event.issue.body }}'\r
";

struct Place {
    folder: TempDir,
}

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let place = Self { folder: TempDir::new().unwrap() };
        for (path, text) in files {
            let path = place.path(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        place
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    fn start(&self, program: &Path, arguments: &[&str], input: &str) -> Output {
        let given = self.path("../given.txt");
        let given =
            given.with_file_name(format!("given-{}", self.folder.path().file_name().unwrap().to_string_lossy()));
        fs::write(&given, input).unwrap();
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder.path()).env("GIT_CONFIG_GLOBAL", "/dev/null");
        let output = command.stdin(fs::File::open(&given).unwrap()).output().unwrap();
        fs::remove_file(given).unwrap();
        output
    }

    fn palisade(&self, arguments: &[&str], code: i32) -> String {
        self.asked(arguments, "", code)
    }

    fn asked(&self, arguments: &[&str], input: &str, code: i32) -> String {
        let output = self.start(Path::new(env!("CARGO_BIN_EXE_palisade")), arguments, input);
        let (out, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{out}\n{errors}");
        out.into_owned()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "core.autocrlf=false"];
        let output = self.start(Path::new("git"), &[&identity, arguments].concat(), "");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

const CI: &str = ".github/workflows/ci.yml";

#[test]
fn a_fix_is_shown_and_only_then_written_byte_for_byte() {
    let place = Place::new(&[(CI, WORKFLOW)]);
    let shown = place.palisade(&["fix"], 0);
    assert!(
        shown.contains("Nothing to fix") && shown.contains("may change behaviour: see them with --unsafe"),
        "{shown}"
    );
    let shown = place.palisade(&["fix", "--unsafe"], 0);
    assert!(shown.contains("+          persist-credentials: false"), "{shown}");
    assert!(shown.contains("2 findings would be fixed in 1 file; nothing was written"), "{shown}");
    assert_eq!(place.read(CI), WORKFLOW);
    place.palisade(&["fix", "--unsafe", "--write"], 0);
    let expected = WORKFLOW
        .replace("# v5.0.0\r\n", "# v5.0.0\r\n        with:\r\n          persist-credentials: false\r\n")
        .replace(
            "\"${{ github.event.issue.title }}\"\r\n",
            "\"${ISSUE_TITLE}\"\r\n        env:\r\n          ISSUE_TITLE: ${{ github.event.issue.title }}\r\n",
        );
    assert_eq!(place.read(CI), expected);
    let again = place.palisade(&["fix", "--unsafe", "--write"], 0);
    assert!(again.contains("Nothing to fix"), "{again}");
    assert_eq!(place.read(CI), expected);
}

#[test]
fn only_what_was_asked_for_and_is_under_no_exception_is_fixed() {
    let place = Place::new(&[(CI, WORKFLOW)]);
    let shown = place.palisade(&["fix", "--unsafe", "--check", "ci/persisted-credentials"], 0);
    assert!(shown.contains("1 finding would be fixed") && !shown.contains("ISSUE_TITLE"), "{shown}");
    place.palisade(&["fix", "--check", "ci/persited"], 2);
    let entry = "--check ci/persisted-credentials --owner me --ticket T-1 --reason pushes --days 30";
    let add: Vec<&str> = ["exception", "add"].into_iter().chain(entry.split(' ')).collect();
    place.palisade(&add, 0);
    let shown = place.palisade(&["fix", "--unsafe"], 0);
    assert!(shown.contains("1 finding would be fixed") && !shown.contains("persist-credentials"), "{shown}");
}

#[test]
fn fixes_are_taken_one_by_one() {
    let place = Place::new(&[(CI, WORKFLOW)]);
    place.asked(&["fix", "--interactive"], "n\nmaybe\ny\n", 0);
    let text = place.read(CI);
    assert!(text.contains("ISSUE_TITLE") != text.contains("persist-credentials"), "one of the two: {text}");
    let place = Place::new(&[(CI, WORKFLOW)]);
    place.asked(&["fix", "--interactive"], "", 0);
    assert_eq!(place.read(CI), WORKFLOW, "the end of the input is no yes");
}

#[test]
fn a_question_shows_what_would_go_but_no_secret() {
    let key = ["AKIA", "Z7QXW3NDLPK5HT2R"].concat();
    let app = format!("import os\nkey = \"{key}\"\n");
    let place = Place::new(&[(CI, WORKFLOW), ("app.py", &app)]);
    let output = place.start(Path::new(env!("CARGO_BIN_EXE_palisade")), &["fix", "--interactive"], "n\nn\nn\nn\n");
    let (asked, told) = (String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    assert!(asked.contains("- key = \"********************\"") && !asked.contains(&key), "{asked}");
    assert!(asked.contains("- ") && asked.contains("+ "), "{asked}");
    assert!(told.contains("Nothing was written") && told.contains("not taken"), "{told}");
}

#[test]
fn a_commit_takes_no_changes_along_that_were_there_before() {
    let place = Place::new(&[(CI, WORKFLOW), (".github/workflows/two.yml", WORKFLOW)]);
    let told = place.start(Path::new(env!("CARGO_BIN_EXE_palisade")), &["fix", "--unsafe", "--commit"], "");
    assert_eq!(told.status.code(), Some(2), "outside of git: {told:?}");
    assert_eq!(place.read(CI), WORKFLOW, "nothing is written that cannot be committed");
    place.git(&["init", "-q"]);
    place.git(&["config", "user.name", "t"]);
    place.git(&["config", "user.email", "t@example.com"]);
    place.git(&["add", "."]);
    place.git(&["commit", "-qm", "one"]);
    let mine = format!("{WORKFLOW}# mine\r\n");
    for stage in [false, true] {
        fs::write(place.path(CI), &mine).unwrap();
        if stage {
            place.git(&["add", CI]);
        }
        let told = place.palisade(&["fix", "--unsafe", "--commit"], 2);
        assert!(told.contains("has changes that are not committed"), "{told}");
        assert_eq!(place.read(CI), mine);
    }
    assert_eq!(place.git(&["log", "--oneline", "--", CI]).lines().count(), 1);
    assert_eq!(place.git(&["log", "--oneline"]).lines().count(), 2, "the other file was free");
}

#[test]
fn what_lies_in_an_archive_has_no_fix() {
    let place = Place::new(&[("in/.github/workflows/ci.yml", WORKFLOW)]);
    let packed = Command::new("tar").args(["-czf", "in.tar.gz", "in"]).current_dir(place.folder.path()).status();
    assert!(packed.unwrap().success());
    fs::remove_dir_all(place.path("in")).unwrap();
    let told = place.palisade(&["fix", "--unsafe"], 0);
    assert!(told.contains("Nothing to fix") && told.contains("have no fix"), "{told}");
}

#[test]
fn a_patch_applies_and_a_commit_holds_nothing_else() {
    let place = Place::new(&[(CI, WORKFLOW), ("other.txt", "x\n")]);
    place.git(&["init", "-q"]);
    place.git(&["config", "user.name", "t"]);
    place.git(&["config", "user.email", "t@example.com"]);
    place.git(&["add", "."]);
    place.git(&["commit", "-qm", "one"]);
    place.palisade(&["fix", "--unsafe", "--patch", "fixes.patch"], 0);
    place.git(&["apply", "fixes.patch"]);
    let applied = place.read(CI);
    assert!(applied.contains("persist-credentials: false\r\n"));
    place.git(&["checkout", "-q", "--", CI]);
    fs::write(place.path("other.txt"), "y\n").unwrap();
    place.git(&["add", "other.txt"]);
    place.palisade(&["fix", "--unsafe", "--commit"], 0);
    assert_eq!(place.read(CI), applied);
    assert_eq!(place.git(&["show", "--format=", "--name-only", "HEAD"]).trim(), CI);
    assert!(place.git(&["log", "-1", "--format=%B"]).contains("- ci/persisted-credentials: 1"));
}

#[test]
fn what_may_not_be_written_is_said_and_the_rest_is_written() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let place = Place::new(&[(CI, WORKFLOW), (".github/workflows/two.yml", WORKFLOW), ("real/three.yml", WORKFLOW)]);
    fs::set_permissions(place.path(CI), fs::Permissions::from_mode(0o444)).unwrap();
    symlink("../../real/three.yml", place.path(".github/workflows/three.yml")).unwrap();
    let told = place.palisade(&["fix", "--unsafe", "--write"], 2);
    assert!(told.contains("is read-only"), "{told}");
    assert_eq!(place.read(CI), WORKFLOW);
    assert_eq!(place.read("real/three.yml"), WORKFLOW);
    assert!(place.read(".github/workflows/two.yml").contains("persist-credentials"));
    let mut names: Vec<_> =
        fs::read_dir(place.path(".github/workflows")).unwrap().map(|one| one.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["ci.yml", "three.yml", "two.yml"], "nothing is left behind");
}

#[test]
fn no_secret_is_shown_in_a_diff_and_json_says_the_same() {
    let secret = "vR7-kqz2Wm!tX90";
    let text = WORKFLOW.replace(
        "      - uses:",
        &format!("      # token {secret}\r\n      - env: {{DB_PASSWORD: '{secret}'}}\r\n        uses:"),
    );
    let place = Place::new(&[(CI, &text)]);
    let shown = place.palisade(&["fix", "--unsafe"], 0);
    assert!(shown.contains("persist-credentials"), "{shown}");
    assert!(!shown.contains(&format!("'{secret}'")), "{shown}");
    let document: Value = serde_json::from_str(&place.palisade(&["fix", "--unsafe", "--format", "json"], 0)).unwrap();
    assert_eq!(document["schema"], "palisade.fix/1");
    assert_eq!(document["written"], false);
    assert_eq!(document["files"][0]["fixed"].as_array().unwrap().len(), 2);
}

#[test]
fn actions_are_pinned_to_what_their_repositories_say() {
    let text = WORKFLOW.replace("checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8   # v5.0.0", "checkout@v4");
    let text = text.replace("      - run: echo '", "      - uses: some/gone@v1\r\n      - run: echo '");
    let place = Place::new(&[(CI, &text), ("forge/actions/checkout/action.yml", "name: x\n")]);
    // The forge is a folder: git is told to look there.
    let forge = place.path("forge/actions/checkout");
    let at = forge.to_str().unwrap();
    for arguments in [
        &["-C", at, "init", "-q"][..],
        &["-C", at, "add", "."],
        &["-C", at, "commit", "-qm", "one"],
        &["-C", at, "tag", "-a", "-m", "four", "v4"],
        &["-C", at, "tag", "v4.2.2"],
    ] {
        place.git(arguments);
    }
    let commit = place.git(&["-C", at, "rev-parse", "HEAD"]).trim().to_owned();
    fs::write(place.path("palisade.toml"), "[scan]\nexclude = [\"forge/\"]\n").unwrap();
    let instead = format!("url.{}/.insteadOf", place.path("forge").to_str().unwrap());
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_palisade"));
        command.args(arguments).current_dir(place.folder.path()).env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", &instead);
        let output = command.env("GIT_CONFIG_VALUE_0", "https://github.com/").output().unwrap();
        (output.status.code().unwrap(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    assert_eq!(run(&["fix", "--update", "--offline"]).0, 2);
    let (code, told) = run(&["fix", "--update", "--check", "ci/unpinned-action", "--write"]);
    assert_eq!(code, 2, "one repository is not there: {told}");
    assert!(told.contains("some/gone@v1") && told.contains("1 finding fixed in 1 file"), "{told}");
    assert!(place.read(CI).contains(&format!("uses: actions/checkout@{commit} # v4.2.2\r\n")), "{}", place.read(CI));
    assert!(place.read("palisade.lock").contains(&commit));
    // From now on no network is needed.
    fs::write(place.path(CI), &text).unwrap();
    place.palisade(&["fix", "--write"], 0);
    assert!(place.read(CI).contains(&commit));
    // A commit of a fork is no answer of the repository, whoever wrote it into the lock.
    let foreign = "f".repeat(40);
    let lock = place.read("palisade.lock").replace(&commit, &foreign);
    fs::write(place.path("palisade.lock"), &lock).unwrap();
    let (code, told) = run(&["fix", "--update", "--check", "ci/unpinned-action", "--write"]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains(&format!("had commit {foreign}, which no tag")), "{told}");
    assert!(!place.read("palisade.lock").contains(&foreign) && !place.read(CI).contains(&foreign));
    fs::write(place.path("palisade.lock"), "version = 9\n").unwrap();
    place.palisade(&["fix"], 2);
}

#[test]
fn a_file_that_changes_while_it_is_asked_about_is_let_be() {
    use std::io::{Read as _, Write as _};
    use std::process::Stdio;
    let place = Place::new(&[(CI, WORKFLOW)]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_palisade"));
    command.args(["fix", "--interactive"]).current_dir(place.folder.path());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The first question comes after the file was read.
    let mut asked = vec![0];
    child.stderr.as_mut().unwrap().read_exact(&mut asked).unwrap();
    let changed = format!("{WORKFLOW}# somebody else\r\n");
    fs::write(place.path(CI), &changed).unwrap();
    let mut answers = child.stdin.take().unwrap();
    answers.write_all("a\n".repeat(9).as_bytes()).unwrap();
    drop(answers);
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("changed while it was looked at"), "{told}");
    assert_eq!(place.read(CI), changed);
}

#[test]
fn a_write_that_is_cut_off_leaves_the_old_file() {
    let place = Place::new(&[(CI, WORKFLOW)]);
    let program = env!("CARGO_BIN_EXE_palisade");
    // No file may grow: the system ends the program in the middle of its write, or lets the write fail.
    let killed = place.start(Path::new("sh"), &["-c", "ulimit -f 0; exec \"$0\" fix --unsafe --write", program], "");
    assert_eq!(killed.status.code(), None, "{}", String::from_utf8_lossy(&killed.stderr));
    assert_eq!(place.read(CI), WORKFLOW);
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" fix --unsafe --write";
    let failed = place.start(Path::new("sh"), &["-c", script, program], "");
    let told = String::from_utf8_lossy(&failed.stdout);
    assert_eq!(failed.status.code(), Some(2), "{told}");
    assert!(told.contains("cannot write"), "{told}");
    assert_eq!(place.read(CI), WORKFLOW);
    place.palisade(&["fix", "--unsafe", "--write"], 0);
    assert!(place.read(CI).contains("persist-credentials: false"));
}

#[test]
fn what_an_overlay_is_built_from_is_fixed_and_what_it_mends_is_not() {
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: app\n        image: registry.example/web:1\n";
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      securityContext:\n        runAsNonRoot: true\n";
    let place = Place::new(&[
        ("base/kustomization.yaml", "resources: [web.yaml]\n"),
        ("base/web.yaml", deployment),
        ("prod/kustomization.yaml", "resources: [../base]\npatches:\n- path: user.yaml\n"),
        ("prod/user.yaml", patch),
    ]);
    place.palisade(&["fix", "--unsafe", "--write", "--check", "kubernetes"], 0);
    let text = place.read("base/web.yaml");
    assert!(text.contains("drop: [ALL]") && text.contains("allowPrivilegeEscalation: false"), "{text}");
    assert!(!text.contains("runAsNonRoot"), "the overlay says so: {text}");
    assert_eq!(place.read("prod/user.yaml"), patch);
}

#[test]
fn a_secret_becomes_a_reference_in_all_files_or_in_none_and_its_rotation_is_told() {
    let token = concat!("sk_live", "_OWsWZACAvBEGAg7u8D2QXcLP");
    let settings = format!("import re\n\nSTRIPE_KEY = \"{token}\"\n");
    let place = Place::new(&[("settings.py", &settings), ("pay.js", &format!("const stripeKey = '{token}';\n"))]);
    let told = place.palisade(&["fix", "--unsafe", "--write", "--check", "secrets"], 0);
    assert!(!told.contains(token), "{told}");
    for step in ["roll it at https://dashboard.stripe.com/apikeys", "git filter-repo", "never rewrites a history"] {
        assert!(told.contains(step), "{told}");
    }
    assert_eq!(place.read("settings.py"), "import os\nimport re\n\nSTRIPE_KEY = os.environ[\"STRIPE_KEY\"]\n");
    assert_eq!(place.read("pay.js"), "const stripeKey = process.env.STRIPE_KEY;\n");

    // Two names for one value would have to be kept equal for ever.
    let place = Place::new(&[("settings.py", &settings), ("pay.js", &format!("const payKey = '{token}';\n"))]);
    place.palisade(&["fix", "--unsafe", "--write", "--check", "secrets"], 0);
    assert_eq!(place.read("settings.py"), settings);

    let notes = format!("pay with {token}\n");
    let place = Place::new(&[("settings.py", &settings), ("notes.txt", &notes)]);
    let told = place.palisade(&["fix", "--unsafe", "--write", "--check", "secrets"], 0);
    assert!(told.contains("Nothing to fix") && !told.contains("filter-repo"), "{told}");
    assert_eq!(place.read("settings.py"), settings);
}

#[test]
fn what_only_all_files_show_is_fixed_on_top_of_what_each_shows() {
    let deployment = |name: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  namespace: shop\nspec:\n  template:\n    spec:\n      serviceAccountName: {name}\n      containers:\n        - name: app\n          image: registry.example/web:1\n"
        )
    };
    let place = Place::new(&[("a.yaml", &deployment("web")), ("b.yaml", &deployment("worker"))]);
    place.palisade(&["fix", "--unsafe", "--write", "--check", "kubernetes"], 0);
    let (first, second) = (place.read("a.yaml"), place.read("b.yaml"));
    let policy = "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n";
    assert!(first.contains("drop: [ALL]") && first.contains(policy), "{first}");
    assert!(second.contains("drop: [ALL]") && !second.contains(policy), "{second}");
    let again = place.palisade(&["fix", "--unsafe", "--check", "kubernetes"], 0);
    assert!(again.contains("Nothing to fix"), "{again}");
}

#[test]
fn an_account_that_stands_elsewhere_is_not_made_again() {
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          image: registry.example/web:1\n";
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\n";
    let place = Place::new(&[
        ("kustomization.yaml", "resources: [web.yaml, account.yaml]\n"),
        ("web.yaml", deployment),
        ("account.yaml", account),
    ]);
    let told = place.palisade(&["fix", "--unsafe", "--write", "--check", "kubernetes/default-service-account"], 0);
    assert!(told.contains("Nothing to fix"), "{told}");
    assert_eq!(place.read("web.yaml"), deployment);
}
