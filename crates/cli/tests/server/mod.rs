//! A server of this machine that says what it was told to, whatever sense that makes.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What is answered at a path: status line, headers, and the bytes after them.
type Answer = (&'static str, String, Vec<u8>);

/// A server of this machine that writes down what it was asked, and says what it was told to.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) host: String,
    files: Arc<Mutex<HashMap<String, Answer>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let server = Self { host, files: Arc::default(), asked: Arc::default() };
        let own = server.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let own = own.clone();
                std::thread::spawn(move || own.answer(stream));
            }
        });
        server
    }

    fn answer(&self, mut stream: TcpStream) {
        let (mut bytes, mut one) = (Vec::new(), [0]);
        while !bytes.ends_with(b"\r\n\r\n") && stream.read(&mut one).unwrap_or(0) == 1 {
            bytes.extend(one);
        }
        let request = String::from_utf8_lossy(&bytes).into_owned();
        let path = request.split(' ').nth(1).unwrap_or("").to_owned();
        let lower = request.to_ascii_lowercase();
        self.asked.lock().unwrap().push(request);
        let known = self.files.lock().unwrap().get(&path).cloned();
        let (status, headers, body) =
            known.unwrap_or(("404 Not Found", "content-length: 0\r\n".to_owned(), Vec::new()));
        let etag = headers.split_once("etag: ").and_then(|(_, rest)| rest.split("\r\n").next());
        let unchanged = etag.is_some_and(|etag| lower.contains(&format!("if-none-match: {etag}")));
        let (status, body) = if unchanged { ("304 Not Modified", Vec::new()) } else { (status, body) };
        let _ = stream.write_all(format!("HTTP/1.1 {status}\r\n{headers}connection: close\r\n\r\n").as_bytes());
        let _ = stream.write_all(&body);
    }

    /// From now on these bytes are at a path, with their length.
    pub(crate) fn put(&self, path: &str, headers: &str, body: impl Into<Vec<u8>>) {
        let body = body.into();
        let headers = format!("{headers}content-length: {}\r\n", body.len());
        self.raw(path, "200 OK", &headers, body);
    }

    pub(crate) fn raw(&self, path: &str, status: &'static str, headers: &str, body: impl Into<Vec<u8>>) {
        self.files.lock().unwrap().insert(path.to_owned(), (status, headers.to_owned(), body.into()));
    }

    /// The paths that were asked for since the last time.
    pub(crate) fn asked(&self) -> Vec<String> {
        let asked = self.requests();
        let mut paths: Vec<String> = asked.iter().map(|text| text.split(' ').nth(1).unwrap_or("").to_owned()).collect();
        paths.sort();
        paths
    }

    /// All that it was asked, head by head, since the last time.
    pub(crate) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    pub(crate) fn remove(&self, path: &str) {
        self.files.lock().unwrap().remove(path);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }
}
