//! A PostgreSQL database that exists for one run, reached through the `psql` program.
//!
//! No shell, and no command of psql's own: each piece of SQL is an argument that does not begin with a backslash, so
//! that psql hands it to the server as it is. The server limits statements, and each call to psql is limited besides.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{anyhow, bail};

use crate::exit::hinted;

/// What a server or psql may say.
const OUTPUT_BYTES_MAX: u64 = 16 << 20;
/// What the system takes as one argument, with room for what comes before.
const ARGUMENT_BYTES_MAX: usize = 120_000;
/// What the system takes as all arguments.
const ARGUMENTS_BYTES_MAX: usize = 1_500_000;
/// Variables with which libpq finds another server than the one that the address names.
const ELSEWHERE: [&str; 4] = ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGSERVICEFILE"];
/// How long a server may take to answer at all.
const CONNECT_SECONDS: u32 = 10;
/// Longer than the server's own limit, for what does not heed it.
const GRACE: Duration = Duration::from_secs(5);

/// A server, and how to sign in.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    /// Without a password.
    url: String,
    password: Option<String>,
    seconds: u32,
}

/// A database that is dropped when this goes.
#[derive(Debug)]
pub(crate) struct Scratch {
    server: Server,
    /// Its name.
    pub(crate) name: String,
    is_dropped: bool,
}

/// What a server said no to.
#[derive(Debug)]
pub(crate) struct Refused(pub(crate) String);

impl Server {
    /// A server from its address; refuses one that may hold something of worth.
    pub(crate) fn new(url: &str, scratch_host: Option<&str>, seconds: u32) -> anyhow::Result<Self> {
        let rest = url.strip_prefix("postgresql://").or_else(|| url.strip_prefix("postgres://"));
        let Some(rest) = rest.filter(|rest| !rest.contains(|c: char| c.is_control() || c.is_whitespace())) else {
            return Err(hinted(
                anyhow!("the database is not given as an address"),
                "postgresql://USER@localhost:5432/postgres",
            ));
        };
        let (authority, path) = rest.find(['/', '?']).map_or((rest, ""), |at| rest.split_at(at));
        let (user, place) = authority.rsplit_once('@').map_or((None, authority), |(user, place)| (Some(user), place));
        let (user, password) = match user.map(|user| user.split_once(':').unwrap_or((user, ""))) {
            Some((user, password)) => (Some(user), Some(password).filter(|password| !password.is_empty())),
            None => (None, None),
        };
        if path.contains('?') {
            bail!("parameters behind `?` could name another host; give host, port, user and database alone");
        }
        let host = match place.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or(""),
            None => place.split(':').next().unwrap_or(""),
        };
        let is_here = host.is_empty() || matches!(host, "localhost" | "127.0.0.1" | "::1") || host.starts_with("%2F");
        if !is_here && scratch_host != Some(host) {
            let error = anyhow!(
                "migrations can change roles, and fill disks, of the whole server, and {host} is not this machine"
            );
            return Err(hinted(error, format!("when nothing on it is of worth: --scratch-host {host}")));
        }
        if place.contains(',') {
            bail!("one host, not several");
        }
        let user = user.map_or(String::new(), |user| format!("{user}@"));
        let password = password.map(unescaped);
        Ok(Self { url: format!("postgresql://{user}{place}{path}"), password, seconds })
    }

    /// The same server, with another database.
    fn of_database(&self, name: &str) -> Self {
        let rest = self.url.strip_prefix("postgresql://").unwrap_or("");
        let authority = rest.split('/').next().unwrap_or("");
        Self { url: format!("postgresql://{authority}/{name}"), ..self.clone() }
    }

    /// Runs pieces of SQL one after another in one session, as one transaction when asked to.
    pub(crate) fn run(&self, pieces: &[String], in_transaction: bool) -> anyhow::Result<Result<String, Refused>> {
        if pieces.iter().any(|piece| piece.len() > ARGUMENT_BYTES_MAX)
            || pieces.iter().map(String::len).sum::<usize>() > ARGUMENTS_BYTES_MAX
        {
            return Ok(Err(Refused(format!(
                "a statement above {ARGUMENT_BYTES_MAX} bytes, or a migration above {ARGUMENTS_BYTES_MAX}, was not run"
            ))));
        }
        let mut command = Command::new("psql");
        command.args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--no-password"]);
        command.args(["--set=ON_ERROR_STOP=1", "--set=VERBOSITY=terse", "--dbname", &self.url]);
        if in_transaction {
            command.arg("--single-transaction");
        }
        for piece in pieces {
            let piece = piece.trim_start();
            if piece.starts_with('\\') {
                return Ok(Err(Refused("a command of psql, which no tool for migrations runs".to_owned())));
            }
            command.arg(format!("--command={piece}"));
        }
        let milliseconds = u64::from(self.seconds) * 1000;
        command
            .env(
                "PGOPTIONS",
                format!(
                    "-c statement_timeout={milliseconds} -c lock_timeout={milliseconds} -c client_min_messages=warning"
                ),
            )
            .env("PGCONNECT_TIMEOUT", CONNECT_SECONDS.to_string())
            .env("PGAPPNAME", "palisade")
            .envs(self.password.iter().map(|password| ("PGPASSWORD", password)));
        // What was looked at is the address; nothing around it may send psql elsewhere.
        for name in ELSEWHERE {
            command.env_remove(name);
        }
        let limit = Duration::from_secs(u64::from(self.seconds) + u64::from(CONNECT_SECONDS)) + GRACE;
        let (succeeded, out, errors) = bounded(command, limit)?;
        if succeeded {
            return Ok(Ok(out));
        }
        // A server that cannot be reached judges nothing.
        if errors.contains("connection to server") && !errors.contains("ERROR:") {
            return Err(hinted(anyhow!("{}", errors.trim()), "is PostgreSQL running, and may this user sign in?"));
        }
        Ok(Err(Refused(errors.trim().to_owned())))
    }

    /// One answer of the server.
    pub(crate) fn ask(&self, sql: &str) -> anyhow::Result<String> {
        self.run(&[sql.to_owned()], false)?.map_err(|refused| anyhow!("the server refused: {}", refused.0))
    }

    /// Creates a database that nobody else uses.
    pub(crate) fn scratch(&self) -> anyhow::Result<Scratch> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(|error| anyhow!("the system gives no random bytes: {error}"))?;
        let name = bytes.iter().fold("palisade_scratch_".to_owned(), |name, byte| format!("{name}{byte:02x}"));
        self.ask(&format!("CREATE DATABASE {name} TEMPLATE template0"))?;
        Ok(Scratch { server: self.clone(), name, is_dropped: false })
    }
}

impl Scratch {
    /// The server, in this database.
    pub(crate) fn server(&self) -> Server {
        self.server.of_database(&self.name)
    }

    /// Drops it, whoever is still in it.
    pub(crate) fn drop_now(mut self) -> anyhow::Result<()> {
        self.is_dropped = true;
        self.server.ask(&self.statement()).map(drop)
    }

    fn statement(&self) -> String {
        format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.is_dropped && self.server.ask(&self.statement()).is_err() {
            eprintln!("warning: {} could not be dropped; drop it by hand", self.name);
        }
    }
}

/// `%40` as `@`, in passwords.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let pair = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or(&[]);
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Runs a program to its end, or to the end of its time.
fn bounded(mut command: Command, limit: Duration) -> anyhow::Result<(bool, String, String)> {
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            hinted(anyhow!("psql is not installed"), "Debian and Ubuntu: apt install postgresql-client")
        }
        _ => anyhow!("psql did not start: {error}"),
    })?;
    let (done, wait) = mpsc::channel();
    let (out, errors) = (child.stdout.take(), child.stderr.take());
    for (name, stream) in [
        (true, out.map(|stream| Box::new(stream) as Box<dyn std::io::Read + Send>)),
        (false, errors.map(|stream| Box::new(stream) as Box<dyn std::io::Read + Send>)),
    ] {
        let done = done.clone();
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            drop(stream.map(|stream| stream.take(OUTPUT_BYTES_MAX).read_to_end(&mut bytes)));
            drop(done.send((name, bytes)));
        });
    }
    let (mut text, mut said) = (String::new(), String::new());
    for _ in 0..2 {
        match wait.recv_timeout(limit) {
            Ok((is_output, bytes)) => {
                *(if is_output { &mut text } else { &mut said }) = String::from_utf8_lossy(&bytes).into_owned();
            }
            Err(_) => {
                drop(child.kill());
                drop(child.wait());
                return Ok((false, String::new(), format!("stopped after {} seconds", limit.as_secs())));
            }
        }
    }
    let status = child.wait()?;
    Ok((status.success(), text, said))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn only_servers_without_worth_are_reached_and_passwords_stay_out_of_arguments() {
        for (url, url_kept, password) in [
            ("postgresql://me:s%40t@localhost:5433/a", "postgresql://me@localhost:5433/a", Some("s@t")),
            ("postgres://127.0.0.1", "postgresql://127.0.0.1", None),
            ("postgresql:///postgres", "postgresql:///postgres", None),
            ("postgresql://a@[::1]:1/b", "postgresql://a@[::1]:1/b", None),
        ] {
            let server = Server::new(url, None, 1).unwrap();
            assert_eq!((server.url.as_str(), server.password.as_deref()), (url_kept, password));
        }
        for url in [
            "postgresql://db.example.com/a",
            "postgresql://localhost,db.example.com/a",
            "postgresql://localhost/a?host=db.example.com",
            "postgresql://localhost@db.example.com/a",
            "localhost/a",
            "host=localhost",
        ] {
            assert!(Server::new(url, None, 1).is_err(), "{url}");
        }
        assert!(Server::new("postgresql://postgres/a", Some("postgres"), 1).is_ok());
        assert_eq!(Server::new("postgresql://u@h/a", Some("h"), 1).unwrap().of_database("b").url, "postgresql://u@h/b");
    }
}
