//! PostgreSQL itself, beside the grammar that migrations are read with, and beside `palisade data check`.
//!
//! The server is Debian's, with a folder of its own, on the loopback alone, and is stopped at the end.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use palisade_inventory::Format;
use palisade_inventory::migration::Migration;
use palisade_inventory::sql::Dialect;

use super::tools::Missing;
use super::{Bench, observed};

/// Where Debian keeps the programs of each version.
const PROGRAMS: &str = "/usr/lib/postgresql";
/// A port that nothing else has.
const PORT: &str = "54931";

/// What PL/pgSQL, by which the server is asked, takes for words of its own.
const OWN_WORDS: [&str; 12] = [
    "begin",
    "commit",
    "rollback",
    "start",
    "end",
    "savepoint",
    "release",
    "declare",
    "execute",
    "fetch",
    "move",
    "abort",
];

/// Asks the grammar of the server about a statement without running it.
const PROBE: &str = "CREATE FUNCTION accepts(s text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN \
    EXECUTE 'CREATE OR REPLACE FUNCTION pg_temp.probe() RETURNS void LANGUAGE plpgsql AS ' || quote_literal('BEGIN ' || s || '; END'); \
    RETURN 'yes'; EXCEPTION WHEN syntax_error THEN RETURN 'no: ' || SQLERRM; WHEN OTHERS THEN RETURN 'yes'; END $$;";

/// A server that is stopped when this goes.
struct Server {
    programs: PathBuf,
    folder: PathBuf,
    as_postgres: bool,
}

impl Server {
    fn start() -> Result<Self> {
        let newest =
            std::fs::read_dir(PROGRAMS).ok().and_then(|all| all.flatten().map(|one| one.path().join("bin")).max());
        let programs = newest.filter(|bin| bin.join("initdb").is_file());
        let missing = || Missing("PostgreSQL is not installed (Debian's package postgresql has it)".to_owned());
        let programs = programs.ok_or_else(missing)?;
        let root = observed(Command::new("id").arg("-u")).is_ok_and(|(_, out, _)| out.trim() == "0");
        let made = observed(user(root, "mktemp").args(["-d", "/tmp/palisade-postgresql-XXXXXX"]))?;
        let server = Self { programs, folder: PathBuf::from(made.1.trim()), as_postgres: root };
        let data = server.folder.join("data");
        server.program("initdb", &["--auth=trust", "--username=postgres", "-D"], &data)?;
        let options = format!("-c listen_addresses=127.0.0.1 -p {PORT} -k {} -c fsync=off", server.folder.display());
        let log = server.folder.join("log").display().to_string();
        server.program("pg_ctl", &["start", "--wait", "--log", &log, "-o", &options, "-D"], &data)?;
        Ok(server)
    }

    fn program(&self, name: &str, words: &[&str], data: &Path) -> Result<()> {
        let program = self.programs.join(name).display().to_string();
        let mut command = user(self.as_postgres, &program);
        let status =
            command.args(words).arg(data).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/tmp").status()?;
        if !status.success() {
            bail!("{name} failed");
        }
        Ok(())
    }

    /// What psql prints for a script.
    fn psql(&self, script: &str) -> Result<String> {
        let mut command = Command::new("psql");
        command.args(["-X", "-q", "-A", "-t", "-h", "127.0.0.1", "-p", PORT, "-U", "postgres", "postgres"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut input = child.stdin.take().context("no input")?;
        let script = script.to_owned();
        let writer = std::thread::spawn(move || input.write_all(script.as_bytes()));
        let output = child.wait_with_output()?;
        drop(writer.join());
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.folder.join("data");
        drop(self.program("pg_ctl", &["stop", "--wait", "--mode=immediate", "-D"], &data));
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// A program as the user that the server runs as: it refuses root.
fn user(as_postgres: bool, program: &str) -> Command {
    if !as_postgres {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--", program]);
    command
}

/// Statements of the corpus's migrations for PostgreSQL: path, text, and whether our grammar takes them.
fn statements(corpus: &Path) -> Result<Vec<(String, String, bool)>> {
    let mut all = Vec::new();
    let mut folders = vec![corpus.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)?.flatten() {
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() && entry.file_name() != ".git" {
                folders.push(path);
                continue;
            }
            let shown = path.strip_prefix(corpus).unwrap_or(&path).display().to_string();
            if !kind.is_file() || !shown.ends_with(".sql") {
                continue;
            }
            let text = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
            let spoken = palisade_inventory::sql::hints(&text);
            if Format::of(&shown, text.as_bytes()) != Format::Migration || text.contains("${") || text.contains("{{") {
                continue;
            }
            let Some(one) = Migration::parse(shown.as_str().into(), &text) else { continue };
            let named = one.dialect_of_name().or(one.dialect_of_folder());
            if named != Some(Dialect::Postgresql) && (named.is_some() || spoken.other > 0 || spoken.postgresql == 0) {
                continue;
            }
            for statement in &one.script.statements {
                let words = text.get(statement.span.start as usize..statement.span.end as usize).unwrap_or("");
                let first = words.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("").to_ascii_lowercase();
                if OWN_WORDS.contains(&first.as_str()) || words.is_empty() {
                    continue;
                }
                let refused = one.problems().iter().any(|problem| {
                    problem.span.start >= statement.span.start && problem.span.start <= statement.span.end
                });
                all.push((shown.clone(), words.to_owned(), !refused));
            }
        }
    }
    Ok(all)
}

/// The grammar beside the server's, on each statement of real migrations.
pub(super) fn grammar(bench: &Bench) -> Result<String> {
    let Some(corpus) = &bench.corpus else {
        bail!(Missing("no --corpus with repositories that hold migrations".to_owned()))
    };
    let all = statements(corpus)?;
    if all.is_empty() {
        bail!(Missing("the corpus holds no migrations for PostgreSQL".to_owned()));
    }
    let server = Server::start()?;
    let mut script = format!("{PROBE}\n");
    for (_, text, _) in &all {
        let hex = text.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        script.push_str(&format!(
            "SELECT replace(accepts(convert_from(decode('{hex}', 'hex'), 'UTF8')), E'\\n', ' ');\n"
        ));
    }
    let answers = server.psql(&script)?;
    let answers: Vec<&str> = answers.lines().collect();
    if answers.len() != all.len() {
        bail!("{} answers to {} statements", answers.len(), all.len());
    }
    let (mut refused, mut newer) = (Vec::new(), 0_usize);
    for ((path, text, ours), theirs) in all.iter().zip(answers) {
        match (*ours, theirs == "yes") {
            (false, true) => {
                let start: String = text.chars().take(80).collect();
                refused.push(format!("{path}: {}", start.replace('\n', " ")));
            }
            // The grammar is that of the newest version; the server may be older.
            (true, false) => newer += 1,
            _ => {}
        }
    }
    if !refused.is_empty() {
        bail!("{} statements that the server takes are refused: {}", refused.len(), refused.join("; "));
    }
    if newer * 100 > all.len() * 3 {
        bail!("{newer} of {} statements that the server refuses are taken", all.len());
    }
    Ok(format!(
        "{} statements: none is refused that the server takes, {newer} are of a newer version than it",
        all.len()
    ))
}

/// `palisade data check` on a way back that works, and on one that leaves an index behind.
pub(super) fn check(bench: &Bench) -> Result<String> {
    let server = Server::start()?;
    let folder = bench.scratch.join("db/migrations");
    std::fs::create_dir_all(&folder)?;
    for (name, text) in [
        ("0001_a.up.sql", "CREATE TABLE a (b jsonb);"),
        ("0001_a.down.sql", "DROP TABLE a;"),
        ("0002_c.up.sql", "CREATE ROLE palisade_interop; CREATE INDEX i ON a (b);"),
        ("0002_c.down.sql", "DROP ROLE palisade_interop;"),
    ] {
        std::fs::write(folder.join(name), text)?;
    }
    let url = format!("postgresql://postgres@127.0.0.1:{PORT}/postgres");
    let words = ["data", "check", "--database", &url, "--time-limit", "5"];
    let (code, out, errors) = observed(&mut bench.palisade(&bench.scratch, &words))?;
    if code != 1 || !out.contains("left over: index") {
        bail!("a way back that leaves an index behind gave {code}: {out}{errors}");
    }
    std::fs::write(folder.join("0002_c.down.sql"), "DROP INDEX i; DROP ROLE palisade_interop;")?;
    let (code, out, errors) = observed(&mut bench.palisade(&bench.scratch, &words))?;
    if code != 0 || !out.contains("2 up, 2 down, 2 up again") {
        bail!("a good way back gave {code}: {out}{errors}");
    }
    std::fs::write(folder.join("0003_s.up.sql"), "SET statement_timeout = 0; SELECT pg_sleep(600);")?;
    let (code, out, errors) = observed(&mut bench.palisade(&bench.scratch, &words))?;
    if code != 1 {
        bail!("a migration that hangs gave {code}: {out}{errors}");
    }
    let left = server.psql("SELECT datname FROM pg_database WHERE datname LIKE 'palisade%'; SELECT rolname FROM pg_roles WHERE rolname LIKE 'palisade%';")?;
    if !left.trim().is_empty() {
        bail!("left behind: {left}");
    }
    Ok("a good way back, one that leaves an index, and one that hangs; nothing stays on the server".to_owned())
}
