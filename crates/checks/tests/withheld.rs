//! Fixes that are withheld: each case has its finding, and nothing is changed, since the change could break what works.

use palisade_checks::{Scanner, Selection, Settings};
use palisade_model::Finding;

/// Whether a check finds something in a file, and what its fixes make of the file.
fn fixed(check: &str, path: &str, text: &str) -> (bool, String) {
    let scanner = Scanner::new(Settings::default(), &Selection::default());
    let look = scanner.look(path, text.as_bytes());
    let findings = scanner.finish(vec![look], palisade_checks::Host::reading(&|_| None)).findings;
    let found = findings.iter().any(|finding| finding.check.id == check);
    let mut wanted = |finding: &Finding, _: &[u8]| finding.check.id == check;
    let file = scanner.fix(path, text.as_bytes(), &|_, _| {}, &mut wanted);
    (found, String::from_utf8_lossy(&file.after).into_owned())
}

fn withheld(check: &str, path: &str, cases: &[&str]) {
    for text in cases {
        let (found, after) = fixed(check, path, text);
        assert!(found, "{check} finds nothing in:\n{text}");
        assert_eq!(&after, text, "{check} changes it");
    }
}

/// A job of a workflow.
fn job(top: &str, job: &str) -> String {
    format!("on: [push]\npermissions:\n  contents: read\n{top}jobs:\n  a:\n    runs-on: ubuntu-latest\n{job}")
}

#[test]
fn keys_that_more_than_a_login_may_need_stay() {
    const ENV: &str = "        env:\n          AWS_ACCESS_KEY_ID: ${{ secrets.ID }}\n          AWS_SECRET_ACCESS_KEY: ${{ secrets.KEY }}\n";
    let step = |run: &str| format!("    steps:\n      - run: {run}\n{ENV}");
    let plain = step("aws s3 ls");
    let changed = fixed("ci/static-cloud-key", ".github/workflows/a.yml", &job("", &plain)).1;
    assert!(changed.contains("configure-aws-credentials"), "{changed}");
    let of_job =
        "    env:\n      AWS_ACCESS_KEY_ID: ${{ secrets.ID }}\n      AWS_SECRET_ACCESS_KEY: ${{ secrets.KEY }}\n";
    let cases = [
        // Handed on by name, or taken by a program that nobody knows here.
        job("", &step("docker run -e AWS_SECRET_ACCESS_KEY backup && aws s3 ls")),
        job("", &step("./deploy")),
        job("", &step("aws s3 ls --endpoint-url https://store.example")),
        // The secret goes elsewhere too.
        job("", &format!("{plain}      - run: echo ${{{{ secrets.KEY }}}} > key\n")),
        // Two pairs.
        job(
            "",
            &format!("{plain}{}", step("aws s3 ls").replace("    steps:\n", "").replace("secrets.ID", "secrets.NO")),
        ),
        // Which key depends on the matrix, and another comes in its place.
        job("", &plain.replace("secrets.ID", "secrets[matrix.id]")),
        job("", &plain.replace("secrets.KEY", "secrets.KEY || secrets.OLD")),
        // A session's token belongs to the pair.
        job("", &plain.replace("env:\n", "env:\n          AWS_SESSION_TOKEN: ${{ secrets.TOKEN }}\n")),
        // A comment would be lost or orphaned.
        job("", &plain.replace("secrets.KEY }}", "secrets.KEY }} # the old account")),
        job("", &plain.replace("          AWS_ACCESS", "          # the old account\n          AWS_ACCESS")),
        // A container, a service, a called workflow.
        job("", &format!("    container: alpine\n{plain}")),
        job("", &format!("    services:\n      db:\n        image: db\n{plain}")),
        job("", &plain).replace("on: [push]", "on: [push, workflow_call]"),
        // Requests from forks get no identity.
        job("", &format!("{of_job}    steps:\n      - run: aws s3 ls\n")).replace("on: [push]", "on: [pull_request]"),
        // An action of somebody's may read the keys alone.
        job("", &format!("{of_job}    steps:\n      - run: aws s3 ls\n      - uses: acme/sync@v1\n")),
        // Other jobs read the same environment.
        job(
            "env:\n  AWS_ACCESS_KEY_ID: ${{ secrets.ID }}\n  AWS_SECRET_ACCESS_KEY: ${{ secrets.KEY }}\n",
            "    steps:\n      - run: aws s3 ls\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - run: aws s3 ls\n",
        ),
        // What runs only sometimes may log in only then, and the two differ.
        job("", &format!("{plain}        if: github.ref == 'a'\n{}", step("aws s3 ls").replace("    steps:\n", ""))),
    ];
    let cases: Vec<&str> = cases.iter().map(String::as_str).collect();
    withheld("ci/static-cloud-key", ".github/workflows/a.yml", &cases);
}

#[test]
fn secrets_that_the_build_may_need_stay() {
    withheld(
        "container/secret-in-environment",
        "Dockerfile",
        &[
            "FROM a AS base\nENV DB_PASSWORD=Xk29skQ0pLaa7\nFROM base\nCMD [\"sh\", \"-c\", \"connect $DB_PASSWORD\"]\n",
            "FROM node:22\nENV NPM_TOKEN=Xk29skQ0pLaa7\nRUN npm ci\n",
            "FROM node:22\n# For the tests alone.\nENV DB_PASSWORD=Xk29skQ0pLaa7\n",
            "FROM node:22\nARG DB_PASSWORD\nENV DB_PASSWORD=Xk29skQ0pLaa7\n",
            "FROM node:22\nENV POSTGRES_PASSWORD=postgres\n",
            "FROM node:22\nONBUILD ENV DB_PASSWORD=Xk29skQ0pLaa7\n",
            "FROM node:22\nENV A=1 \\\n    # for the tests\n    DB_PASSWORD=Xk29skQ0pLaa7\n",
        ],
    );
}

#[test]
fn what_writes_beside_its_code_stays_root() {
    withheld(
        "container/root-user",
        "Dockerfile",
        &[
            "FROM node:22\nWORKDIR /app\nCMD npm run start\n",
            "FROM node:22\nCMD [\"pnpm\", \"dev\"]\n",
            "FROM node:22\nCMD node migrate.js && node x.js\n",
            "FROM node:22\nCMD [\"tini\", \"--\", \"node\", \"--watch\", \"x.js\"]\n",
            "FROM node:22\nVOLUME /data\nCMD [\"node\", \"x.js\"]\n",
            "FROM node:22\nRUN adduser --system shop && chown -R shop /srv\nCMD [\"node\", \"x.js\"]\n",
            "FROM node:22\nENTRYPOINT [\"/bin/bash\"]\nCMD [\"-c\", \"node x.js\"]\n",
            "FROM node:22\nENTRYPOINT [\"/start.sh\"]\nCMD [\"node\", \"x.js\"]\n",
        ],
    );
    for kept in [
        "FROM node:22\nENTRYPOINT [\"dumb-init\", \"--\"]\nCMD [\"node\", \"x.js\"]\n",
        "FROM node:22\nCMD exec node x.js\n",
        "FROM node:22\nCMD [\"x.js\"]\n",
    ] {
        assert!(fixed("container/root-user", "Dockerfile", kept).1.contains("USER 1000"), "{kept}");
    }
}

#[test]
fn ports_that_others_reach_stay_open() {
    let compose = "services:\n  db:\n    image: db:1\n    ports: [\"5432:5432\"]\n";
    for path in ["tests/docker-compose.yml", "docker-compose.test.yml", "docker-compose-ci.yml"] {
        withheld("container/published-database-port", path, &[compose]);
    }
    let through =
        format!("{compose}  jobs:\n    image: jobs:1\n    environment:\n      DB: host.docker.internal:5432\n");
    withheld("container/published-database-port", "docker-compose.yml", &[&through]);
    let changed = fixed("container/published-database-port", "contest/docker-compose.yml", compose).1;
    assert!(changed.contains("127.0.0.1:5432"), "{changed}");
}

#[test]
fn pods_on_windows_get_no_settings_of_linux() {
    let pod = |more: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n{more}  containers:\n    - name: app\n      image: registry.example/app:1\n"
        )
    };
    let checks = [
        "kubernetes/privilege-escalation",
        "kubernetes/undropped-capabilities",
        "kubernetes/missing-seccomp-profile",
        "kubernetes/missing-run-as-non-root",
    ];
    let nodes = pod("  nodeSelector:\n    kubernetes.io/os: windows\n");
    let process = pod("  hostNetwork: true\n  securityContext:\n    windowsOptions:\n      hostProcess: true\n");
    for check in checks {
        let linux = pod("");
        assert_ne!(fixed(check, "pod.yaml", &linux).1, linux, "{check} mends what runs on Linux");
        withheld(check, "pod.yaml", &[&nodes, &process]);
    }
    let (found, _) = fixed("kubernetes/writable-root-filesystem", "pod.yaml", &nodes);
    assert!(!found);
}
