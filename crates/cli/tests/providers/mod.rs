//! Every provider at once, on this machine: a proxy on 127.0.0.1 that answers CONNECT itself, with certificates of
//! an authority made for the test. Nothing it is asked ever leaves the machine.

mod certificates;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;

use certificates::Authority;
use rustls::{ServerConfig, ServerConnection, Stream};
use tempfile::TempDir;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The host that was asked for.
    pub(crate) host: String,
    /// The request line, the headers and the body; empty when nothing was sent.
    pub(crate) text: String,
}

/// What a host does with a request.
pub(crate) enum Act {
    /// Status, more headers, body.
    Answer(u16, &'static str, String),
    /// Bytes that are no HTTP.
    Garbage,
    /// Hangs up.
    HangUp,
}

/// The proxy.
pub(crate) struct Providers {
    _folder: TempDir,
    /// The certificate to trust.
    pub(crate) authority: PathBuf,
    /// `http://127.0.0.1:PORT`
    pub(crate) address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Providers {
    /// Hosts in `strangers` show a certificate of somebody else, those in `refused` are not connected to.
    pub(crate) fn start(
        strangers: &'static [&'static str],
        refused: &'static [&'static str],
        act: fn(&str, &str) -> Act,
    ) -> Self {
        let folder = TempDir::new().unwrap();
        let (ours, theirs) = (Authority::new(1), Authority::new(2));
        let file = folder.path().join("authority.pem");
        fs::write(&file, ours.pem()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let log = Arc::clone(&seen);
        let (ours, theirs) = (Arc::new(ours), Arc::new(theirs));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (log, ours, theirs) = (Arc::clone(&log), Arc::clone(&ours), Arc::clone(&theirs));
                thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    let Some(host) = connect(&mut stream) else { return };
                    if refused.contains(&host.as_str()) {
                        log.lock().unwrap().push(Seen { host, text: String::new() });
                        let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
                        return;
                    }
                    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
                    let issuer = if strangers.contains(&host.as_str()) { &theirs } else { &ours };
                    serve(&host, stream, issuer, &log, act);
                });
            }
        });
        Self { _folder: folder, authority: file, address, seen }
    }

    /// Everything that arrived so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

/// The host of a CONNECT.
fn connect(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > 4096 || stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    Some(head.strip_prefix("CONNECT ")?.split_once(":443 ")?.0.to_owned())
}

fn serve(host: &str, mut stream: TcpStream, issuer: &Authority, log: &Mutex<Vec<Seen>>, act: fn(&str, &str) -> Act) {
    let (leaf, key) = issuer.leaf(host);
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf], key)
        .unwrap();
    let mut session = ServerConnection::new(Arc::new(config)).unwrap();
    loop {
        let Some(text) = request(&mut Stream::new(&mut session, &mut stream)) else {
            log.lock().unwrap().push(Seen { host: host.to_owned(), text: String::new() });
            return;
        };
        log.lock().unwrap().push(Seen { host: host.to_owned(), text: text.clone() });
        let mut out = Stream::new(&mut session, &mut stream);
        match act(host, &text) {
            Act::Answer(status, headers, body) => {
                let head = format!("HTTP/1.1 {status} X\r\n{headers}content-length: {}\r\n\r\n", body.len());
                // A client that has read enough hangs up.
                if out.write_all(head.as_bytes()).and_then(|()| out.write_all(body.as_bytes())).is_err() {
                    return;
                }
            }
            Act::Garbage => {
                let _ = out.write_all(b"\0\x01 this is no protocol\r\n\r\n");
                return;
            }
            Act::HangUp => return,
        }
    }
}

/// One request; nothing when the client hangs up or does not trust the certificate.
fn request(stream: &mut impl Read) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let mut text = String::new();
    let mut length = 0;
    loop {
        let from = text.len();
        if reader.read_line(&mut text).ok()? == 0 {
            return None;
        }
        let line = &text[from..];
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    text.push_str(&String::from_utf8_lossy(&body));
    Some(text)
}
