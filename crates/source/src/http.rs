//! HTTPS requests, bounded in time and bytes, that go where they were sent and nowhere else.
//!
//! No redirect is followed, no cookie kept, no compression asked for, plain HTTP refused but to this machine when asked. Certificates are checked
//! against the system's roots, or those that `SSL_CERT_FILE` or `SSL_CERT_DIR` name. Errors never hold an address,
//! a header or a body: these may hold secrets.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, Proxy, http};

/// From the first packet to a connection.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);
/// A host from which nothing comes for so long is given up, however long the whole may take.
const STALL_TIME_MAX: Duration = Duration::from_secs(30);
/// Headers of a reply.
const HEADER_BYTES_MAX: usize = 64 << 10;

/// What every request of a client keeps to.
#[derive(Clone, Debug)]
pub struct Limits {
    /// From start to the last byte of the reply.
    pub time_max: Duration,
    /// The body of a reply; a longer one is an error.
    pub body_bytes_max: usize,
}

/// The proxy that the user's environment names.
#[derive(Clone, Default)]
pub struct ProxySettings {
    /// `HTTPS_PROXY` or `ALL_PROXY`: `http://user:password@host:port`.
    pub address: Option<String>,
    /// `NO_PROXY`: hosts, and domains with all below them, separated by commas; `*` for all.
    pub except: Option<String>,
}

/// A request.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// `GET`, `HEAD` or `POST`.
    pub method: &'a str,
    /// The address; only `https`, but see [`Client::with_plain_localhost`].
    pub url: &'a str,
    /// Names and values.
    pub headers: &'a [(&'a str, String)],
    /// Sent with a POST.
    pub body: &'a str,
}

/// A reply.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status: redirects and errors are statuses like any other.
    pub status: u16,
    /// The whole body.
    pub body: Vec<u8>,
    /// Names in lower case, and values, of what is plain text.
    headers: Vec<(String, String)>,
}

impl Answer {
    /// The first header of a name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Why there is no reply. None of them holds anything of the request.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// No certificate to trust.
    #[error("no trusted certificates were found on this machine")]
    NoRoots,
    /// The proxy's address cannot be used; nothing is sent around it.
    #[error("the address of the proxy cannot be used")]
    ProxyAddress,
    /// The proxy answered, and refused.
    #[error("the proxy refused the connection")]
    ProxyRefused,
    /// No address for HTTPS, or a header that cannot be sent.
    #[error("this is no request that can be sent over HTTPS")]
    Request,
    /// It took too long.
    #[error("no answer in time")]
    Timeout,
    /// The name has no address.
    #[error("the host's name cannot be resolved")]
    Resolve,
    /// The connection failed.
    #[error("the connection failed: {0}")]
    Connection(std::io::ErrorKind),
    /// The certificate is not trusted, or the handshake failed.
    #[error("no trusted connection: {0}")]
    Tls(String),
    /// What came was no HTTP.
    #[error("the answer is not HTTP")]
    Protocol,
    /// The reply is longer than asked for.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
}

/// Sends requests.
pub struct Client {
    direct: Agent,
    proxied: Option<Agent>,
    plain: Option<Agent>,
    except: Vec<String>,
    limits: Limits,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Client {
    /// A client that sends nothing yet. Reads the system's certificates.
    ///
    /// # Errors
    /// [`HttpError::NoRoots`] and [`HttpError::ProxyAddress`].
    pub fn new(limits: Limits, proxy: &ProxySettings) -> Result<Self, HttpError> {
        let roots: Vec<Vec<u8>> =
            rustls_native_certs::load_native_certs().certs.iter().map(|certificate| certificate.to_vec()).collect();
        Self::trusting(&roots, limits, proxy)
    }

    /// A client that trusts these certificates, in DER, and no others.
    ///
    /// # Errors
    /// [`HttpError::NoRoots`] and [`HttpError::ProxyAddress`].
    pub fn trusting(roots: &[Vec<u8>], limits: Limits, proxy: &ProxySettings) -> Result<Self, HttpError> {
        let roots: Vec<Certificate<'static>> =
            roots.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect();
        if roots.is_empty() {
            return Err(HttpError::NoRoots);
        }
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(RootCerts::Specific(Arc::new(roots)))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let agent = |proxy: Option<Proxy>| -> Agent {
            Agent::config_builder()
                .tls_config(tls.clone())
                .proxy(proxy)
                .https_only(true)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .http_status_as_error(false)
                .timeout_connect(Some(CONNECT_TIME_MAX.min(limits.time_max)))
                .timeout_global(Some(limits.time_max))
                .timeout_per_read(Some(STALL_TIME_MAX.min(limits.time_max)))
                .max_response_header_size(HEADER_BYTES_MAX)
                .user_agent(concat!("palisade/", env!("CARGO_PKG_VERSION")))
                .build()
                .into()
        };
        let proxied = match proxy.address.as_deref().filter(|address| !address.is_empty()) {
            None => None,
            Some(address) => {
                // Other schemes are taken here and fail later, with a panic.
                let scheme = address.split_once("://").map_or("http", |(scheme, _)| scheme);
                if !matches!(scheme, "http" | "https") {
                    return Err(HttpError::ProxyAddress);
                }
                let proxy = Proxy::new(address).map_err(|_| HttpError::ProxyAddress)?;
                Some(agent(Some(proxy)))
            }
        };
        let except = proxy.except.as_deref().unwrap_or_default().split(',');
        let except = except.map(|entry| entry.trim().trim_start_matches(['*', '.']).to_ascii_lowercase());
        let all = proxy.except.as_deref().is_some_and(|text| text.split(',').any(|entry| entry.trim() == "*"));
        Ok(Self {
            plain: None,
            direct: agent(None),
            proxied: proxied.filter(|_| !all),
            except: except.filter(|entry| !entry.is_empty()).collect(),
            limits,
        })
    }

    /// Takes plain HTTP too, to this machine alone: nothing of it goes over a network.
    #[must_use]
    pub fn with_plain_localhost(mut self) -> Self {
        let time_max = self.limits.time_max;
        self.plain = Some(
            Agent::config_builder()
                .proxy(None)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .http_status_as_error(false)
                .timeout_connect(Some(CONNECT_TIME_MAX.min(time_max)))
                .timeout_global(Some(time_max))
                .timeout_per_read(Some(STALL_TIME_MAX.min(time_max)))
                .max_response_header_size(HEADER_BYTES_MAX)
                .user_agent(concat!("palisade/", env!("CARGO_PKG_VERSION")))
                .build()
                .into(),
        );
        self
    }

    /// Sends a request and waits for the whole reply.
    ///
    /// # Errors
    /// [`HttpError`] when there is no reply, or one longer than the limit.
    pub fn send(&self, call: Call<'_>) -> Result<Answer, HttpError> {
        let mut reply = self.run(call)?;
        let (status, headers) = (reply.status().as_u16(), plain_headers(&reply));
        let mut body = Vec::new();
        let most = self.limits.body_bytes_max;
        let read = reply.body_mut().as_reader().take(most as u64 + 1).read_to_end(&mut body);
        read.map_err(|error| plain(&ureq::Error::from(error)))?;
        if body.len() > most {
            return Err(HttpError::TooLong(most));
        }
        Ok(Answer { status, body, headers })
    }

    fn run(&self, call: Call<'_>) -> Result<http::Response<ureq::Body>, HttpError> {
        let uri: http::Uri = call.url.parse().map_err(|_| HttpError::Request)?;
        let host = uri.host().ok_or(HttpError::Request)?.to_ascii_lowercase();
        let unsecured = self.plain.as_ref().filter(|_| uri.scheme_str() == Some("http") && is_this_machine(&host));
        let usual = || self.proxied.as_ref().filter(|_| !self.is_excepted(&host)).unwrap_or(&self.direct);
        let agent = unsecured.unwrap_or_else(usual);
        let mut request = http::Request::builder().method(call.method).uri(uri);
        for (name, value) in call.headers {
            request = request.header(*name, value);
        }
        let reply = if call.method == "POST" {
            agent.run(request.body(call.body).map_err(|_| HttpError::Request)?)
        } else {
            agent.run(request.body(()).map_err(|_| HttpError::Request)?)
        };
        reply.map_err(|error| plain(&error))
    }

    /// Sends a GET and gives status, headers and the bytes as they come: at most `body_bytes_max`, within `time_max`. An
    /// error of the bytes holds an [`HttpError`].
    ///
    /// # Errors
    /// [`HttpError`] when there is no reply.
    pub fn stream(&self, url: &str, headers: &[(&str, String)]) -> Result<(Answer, Box<dyn std::io::Read>), HttpError> {
        let call = Call { method: "GET", url, headers, body: "" };
        let mut reply = self.run(call)?;
        let answer = Answer { status: reply.status().as_u16(), body: Vec::new(), headers: plain_headers(&reply) };
        let body = std::mem::replace(reply.body_mut(), ureq::Body::builder().data(Vec::new()));
        let most = self.limits.body_bytes_max as u64;
        Ok((answer, Box::new(Telling(body.into_reader()).take(most))))
    }

    fn is_excepted(&self, host: &str) -> bool {
        self.except.iter().any(|entry| {
            host.strip_suffix(entry.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('.'))
        })
    }
}

/// Names and values of what is plain text.
fn plain_headers(reply: &http::Response<ureq::Body>) -> Vec<(String, String)> {
    let text = |value: &http::HeaderValue| value.to_str().map(str::to_owned).ok();
    reply.headers().iter().filter_map(|(name, value)| Some((name.as_str().to_owned(), text(value)?))).collect()
}

/// Whether a host's name always stands for this machine.
#[must_use]
pub fn is_this_machine(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]" | "::1")
}

/// A body whose errors are told in our words.
struct Telling<R>(R);

impl<R: std::io::Read> std::io::Read for Telling<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(out).map_err(|error| match error.kind() {
            std::io::ErrorKind::Interrupted => error,
            _ => std::io::Error::other(plain(&ureq::Error::from(error))),
        })
    }
}

/// The error without anything of the request.
fn plain(error: &ureq::Error) -> HttpError {
    match error {
        ureq::Error::Timeout(_) => HttpError::Timeout,
        ureq::Error::HostNotFound => HttpError::Resolve,
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => HttpError::Timeout,
        ureq::Error::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(error) => HttpError::Tls(error.to_string()),
            // The system's resolver says no more than this, by a name that is not stable yet.
            None if format!("{:?}", error.kind()) == "Uncategorized" => HttpError::Resolve,
            None => HttpError::Connection(error.kind()),
        },
        ureq::Error::Rustls(error) => HttpError::Tls(error.to_string()),
        ureq::Error::Tls(text) => HttpError::Tls((*text).to_owned()),
        ureq::Error::Pem(_) | ureq::Error::TlsRequired => HttpError::Tls("it was not secured".to_owned()),
        ureq::Error::InvalidProxyUrl => HttpError::ProxyAddress,
        ureq::Error::ConnectProxyFailed(_) => HttpError::ProxyRefused,
        ureq::Error::ConnectionFailed => HttpError::Connection(std::io::ErrorKind::NotConnected),
        ureq::Error::Http(_) | ureq::Error::BadUri(_) | ureq::Error::RequireHttpsOnly(_) => HttpError::Request,
        _ => HttpError::Protocol,
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn client(proxy: Option<String>, except: &str, time_max: Duration) -> Result<Client, HttpError> {
        let proxy = ProxySettings { address: proxy, except: Some(except.to_owned()) };
        Client::trusting(&[b"no certificate".to_vec()], Limits { time_max, body_bytes_max: 100 }, &proxy)
    }

    #[test]
    fn a_host_that_says_nothing_is_given_up() -> Result<(), Box<dyn std::error::Error>> {
        // It takes the connection and never reads.
        let silent = TcpListener::bind("127.0.0.1:0")?;
        let proxy = format!("http://{}", silent.local_addr()?);
        let client = client(Some(proxy), "", Duration::from_millis(200))?;
        let call = Call { method: "GET", url: "https://api.example/secret-in-the-path", headers: &[], body: "" };
        let error = client.send(call).err();
        assert!(matches!(error, Some(HttpError::Timeout)), "{error:?}");
        assert!(!format!("{error:?}").contains("secret"));
        Ok(())
    }

    #[test]
    fn only_https_is_sent_and_errors_hold_nothing_of_it() -> Result<(), Box<dyn std::error::Error>> {
        let client = client(None, "", Duration::from_millis(200))?;
        for url in ["http://127.0.0.1:1/secret", "ftp://x/secret", "secret", "https://", "https://a b/secret"] {
            let error = client.send(Call { method: "GET", url, headers: &[], body: "" }).err();
            assert!(matches!(error, Some(HttpError::Request)), "{url} {error:?}");
            let said = error.map(|error| format!("{error} {error:?}")).unwrap_or_default();
            assert!(!said.is_empty() && !said.contains("secret"), "{said}");
        }
        let headers = [("x-key", "secret\r\nhost: evil.example".to_owned())];
        let call = Call { method: "GET", url: "https://127.0.0.1:1/", headers: &headers, body: "" };
        assert!(matches!(client.send(call), Err(HttpError::Request)));
        Ok(())
    }

    #[test]
    fn proxies_are_for_the_hosts_that_are_not_excepted() -> Result<(), HttpError> {
        let of = |except: &str| client(Some("http://127.0.0.1:1".to_owned()), except, CONNECT_TIME_MAX);
        let some = of("example.org, .internal,*.corp")?;
        for (host, excepted) in [
            ("example.org", true),
            ("api.example.org", true),
            ("badexample.org", false),
            ("a.internal", true),
            ("git.corp", true),
            ("example.com", false),
        ] {
            assert_eq!(some.is_excepted(host), excepted, "{host}");
        }
        assert!(of("*")?.proxied.is_none());
        assert!(matches!(
            client(Some("socks5://127.0.0.1:1".to_owned()), "", CONNECT_TIME_MAX),
            Err(HttpError::ProxyAddress)
        ));
        Ok(())
    }
}
