//! Injection, files, addresses, cryptography and TLS.

use palisade_model::Severity::{High, Low, Medium};

use super::RUST;
use crate::Check;
use crate::code::rule::{At, Test, call, danger, rule, set};
use crate::code::{crypto, likely, meta};

const PAGE: &str = include_str!("rules.md");

/// See the page.
pub(in crate::code) static CHECKS: &[Check] = &[
    Check::on_code(
        meta("code/rust-sql-injection", "SQL is pieced together with values", PAGE, High, &["CWE-89", "OWASP-2021:A03"]),
        rule(
            RUST,
            &[
                call(&["sqlx.query", "sqlx.query_as", "sqlx.query_scalar", "diesel.sql_query", "*.sql_query", "*.raw_sql"], &[(At::Arg(0, "sql"), Test::Sql)]),
                call(&["*.execute", "*.query", "*.query_one", "*.query_row", "*.batch_execute", "*.prepare", "*.execute_batch"], &[(At::Arg(0, "sql"), Test::Sql)]),
            ],
            "a value is part of this statement's text, so it can end the statement and begin another; \
             bind it as a parameter",
        )
        .words(&["sqlx", "diesel", "rusqlite", "postgres", "mysql"]),
    ),
    Check::on_code(
        meta("code/rust-shell-injection", "shell command is pieced together with values", PAGE, High, &["CWE-78", "OWASP-2021:A03"]),
        rule(
            RUST,
            &[call(&["Shell.new()...arg", "Shell.new().arg", "Shell.new().args", "Shell.new()...args"], &[(At::Arg(0, "arg"), Test::Injected(danger::SHELL))])],
            "a shell reads this text, so a value with `;` or `$(…)` in it runs commands of its own; \
             run the program itself with arguments of its own",
        )
        .words(&["Command"]),
    ),
    Check::on_code(
        meta("code/rust-path-traversal", "path of a file comes from outside", PAGE, High, &["CWE-22", "OWASP-2021:A01"]),
        rule(
            RUST,
            &[call(
                &["File.open", "File.create", "fs.read", "fs.read_to_string", "fs.write", "fs.remove_file", "fs.remove_dir_all", "NamedFile.open", "NamedFile.open_async"],
                &[(At::Arg(0, "path"), Test::Outside(danger::PATH))],
            )],
            "`../` in this value reaches any file that this program can read; \
             take `file_name()` of it, or check that the canonical path is inside of its folder",
        )
        .words(&["File", "fs::"]),
    ),
    Check::on_code(
        likely(meta("code/rust-archive-extraction", "members of an archive are written wherever they say", PAGE, High, &["CWE-22", "OWASP-2021:A08"])),
        rule(
            RUST,
            &[call(&["File.create", "fs.write", "fs.create_dir_all"], &[(At::Arg(0, "path"), Test::Member)])],
            "a member named `../../x` is written outside of the folder; use `enclosed_name()`",
        )
        .words(&["zip"]),
    ),
    Check::on_code(
        meta("code/rust-request-forgery", "address of a request comes from outside", PAGE, High, &["CWE-918", "OWASP-2021:A10"]),
        rule(
            RUST,
            &[call(&["reqwest.get", "Client.new().get", "Client.new().post", "blocking.get", "ureq.get", "ureq.post"], &[(At::Arg(0, "url"), Test::Outside(danger::URL))])],
            "whoever chooses this address reaches what only this server can: the cloud's metadata, databases, \
             other services; compare the host with those that are allowed",
        )
        .words(&["reqwest", "ureq"]),
    ),
    Check::on_code(
        meta("code/rust-open-redirect", "visitors are sent to an address from outside", PAGE, Medium, &["CWE-601", "OWASP-2021:A01"]),
        rule(
            RUST,
            &[call(&["Redirect.to", "Redirect.temporary", "Redirect.permanent"], &[(At::Arg(0, "uri"), Test::Outside(danger::URL))])],
            "a link to this site can lead anywhere, which makes false sign-in pages credible; allow only paths of this site",
        )
        .words(&["Redirect"]),
    ),
    Check::on_code(
        meta("code/rust-html-injection", "answer holds a value from the request as HTML", PAGE, High, &["CWE-79", "OWASP-2021:A03"]),
        rule(
            RUST,
            &[call(&["Html", "PreEscaped", "RawHtml"], &[(At::Arg(0, "html"), Test::Outside(danger::HTML))])],
            "a link with `<script>` in it runs in the browser of whoever follows it; escape the value, or use a template",
        )
        .words(&["Html", "PreEscaped"]),
    ),
    Check::on_code(
        likely(meta("code/rust-regex-injection", "regular expression is made of a value from outside", PAGE, Low, &["CWE-1333", "CWE-730"])),
        rule(
            RUST,
            &[call(&["Regex.new", "RegexBuilder.new"], &[(At::Arg(0, "pattern"), Test::Outside(danger::QUERY))])],
            "a large pattern takes memory and time to compile; use `regex::escape`, or set a size limit",
        )
        .words(&["Regex"]),
    ),
    Check::on_code(
        crypto(meta("code/rust-tls-unverified", "certificate of the server is not checked", PAGE, High, &["CWE-295", "OWASP-2021:A07"])),
        rule(
            RUST,
            &[
                call(&["*.danger_accept_invalid_certs", "*.danger_accept_invalid_hostnames"], &[(At::Arg(0, "accept"), Test::Is(true))]),
                call(&["*.set_verify"], &[(At::Arg(0, "mode"), Test::From(&["SslVerifyMode.NONE"]))]),
            ],
            "anybody on the way can answer in the server's name and read passwords; \
             add the authority's certificate instead",
        )
        .words(&["danger_accept_invalid", "SslVerifyMode"]),
    ),
    Check::on_code(
        crypto(likely(meta("code/rust-weak-hash", "hash is broken", PAGE, Low, &["CWE-327", "OWASP-2021:A02"]))),
        rule(
            RUST,
            &[call(&["md5.compute", "Md5.new", "Md5.digest", "Md4.new", "Md4.digest", "MessageDigest.md5"], &[])],
            "two files with one such hash are made in seconds; use SHA-256",
        )
        .words(&["md5", "Md5", "Md4"]),
    ),
    Check::on_code(
        crypto(meta("code/rust-weak-cipher", "cipher is broken", PAGE, High, &["CWE-327", "OWASP-2021:A02"])),
        rule(
            RUST,
            &[call(&["Des.new", "TdesEde3.new", "Rc4.new", "Blowfish.new", "Rc2.new", "Cipher.des_cbc", "Cipher.des_ecb", "Cipher.des_ede3_cbc", "Cipher.rc4", "Cipher.bf_cbc"], &[])],
            "this cipher no longer keeps anything secret; use AES-GCM or ChaCha20-Poly1305",
        )
        .words(&["Des", "Rc4", "Blowfish", "Rc2", "Cipher"]),
    ),
    Check::on_code(
        crypto(meta("code/rust-small-key", "key is too short", PAGE, High, &["CWE-326", "OWASP-2021:A02"])),
        rule(
            RUST,
            &[
                call(&["RsaPrivateKey.new"], &[(At::Arg(1, "bits"), Test::Below(2048.0))]),
                call(&["Rsa.generate", "Dsa.generate"], &[(At::Arg(0, "bits"), Test::Below(2048.0))]),
            ],
            "keys of this size are broken with rented machines; use 3072 bits, or Ed25519",
        )
        .words(&["RsaPrivateKey", "Rsa::", "Dsa::"]),
    ),
    Check::on_code(
        crypto(likely(meta("code/rust-predictable-secret", "secret comes from a predictable generator", PAGE, High, &["CWE-338", "OWASP-2021:A02"]))),
        rule(
            RUST,
            &[set(
                &["token", "password", "secret", "otp", "session_id", "nonce", "salt", "api_key", "key"],
                &[(At::Value, Test::From(&["fastrand.u64()", "fastrand.u32()", "fastrand.alphanumeric()", "SmallRng.seed_from_u64()", "StdRng.seed_from_u64()"]))],
            )],
            "numbers of this generator can be computed from a few others; use `rand::rngs::OsRng`",
        )
        .words(&["fastrand", "SmallRng", "seed_from_u64"]),
    ),
    Check::on_code(
        meta("code/rust-unverified-token", "signature of a token is not checked", PAGE, High, &["CWE-347", "OWASP-2021:A07"]),
        rule(
            RUST,
            &[call(&["*.insecure_disable_signature_validation", "*.dangerous_insecure_decode", "*.insecure_decode"], &[])],
            "anybody can write a token that says who they are; verify it with the key and a fixed list of algorithms",
        )
        .words(&["insecure_disable_signature_validation", "insecure_decode"]),
    ),
    Check::on_code(
        meta("code/rust-predictable-temporary-file", "temporary file has a name that can be guessed", PAGE, Low, &["CWE-377"]),
        rule(
            RUST,
            &[call(&["File.create", "fs.write", "OpenOptions...open"], &[(At::Arg(0, "path"), Test::Temporary)])],
            "somebody can create a file or a link of this name first; use the crate `tempfile`",
        )
        .words(&["\"/tmp/", "\"/var/tmp/"]),
    ),
    Check::on_code(
        meta("code/rust-world-writable", "everybody on the machine may write this file", PAGE, Medium, &["CWE-732"]),
        rule(
            RUST,
            &[call(&["Permissions.from_mode", "*.set_mode"], &[(At::Arg(0, "mode"), Test::WorldWritable)])],
            "any program on this machine can change what this one trusts; leave out the last write bit: 0o755, 0o644",
        )
        .words(&["from_mode", "set_mode"]),
    ),
    Check::on_code(
        likely(meta("code/rust-bind-all", "server listens on every address", PAGE, Low, &["CWE-605"])),
        rule(
            RUST,
            &[call(&["TcpListener.bind", "UdpSocket.bind", "*.bind"], &[(At::Arg(0, "addr"), Test::Has(&["0.0.0.0:", "[::]:"]))])],
            "every network that this machine is in reaches this port; take the address from the settings, \
             with 127.0.0.1 as the default",
        )
        .words(&["0.0.0.0:", "[::]:"]),
    ),
];
