//! Hashes, ciphers, keys, random numbers, TLS, tokens.

use palisade_model::Severity::{High, Low, Medium};

use super::SCRIPT;
use crate::Check;
use crate::code::rule::{At, Test, call, compare, rule, set};
use crate::code::{crypto, likely, meta};

const PAGE: &str = include_str!("crypto.md");

const SECRET_NAMES: &[&str] = &[
    "token",
    "*.token",
    "password",
    "*.password",
    "secret",
    "*.secret",
    "otp",
    "*.otp",
    "sessionId",
    "*.sessionId",
    "nonce",
    "*.nonce",
    "salt",
    "*.salt",
    "apiKey",
    "*.apiKey",
    "resetToken",
    "*.resetToken",
    "authToken",
    "*.authToken",
    "secretKey",
    "accessToken",
    "*.accessToken",
    "csrfToken",
    "sessionToken",
    "verificationCode",
    "*.verificationCode",
    "resetCode",
    "inviteCode",
];

/// See the page.
pub(in crate::code) static CHECKS: &[Check] = &[
    Check::on_code(
        crypto(meta(
            "code/js-fast-password-hash",
            "password is hashed with a fast function",
            PAGE,
            High,
            &["CWE-916", "OWASP-2021:A02"],
        )),
        rule(
            SCRIPT,
            &[call(&["crypto.createHash().update"], &[(At::Arg(0, "data"), Test::Password)])],
            "a graphics card tries billions of these a second; use argon2, scrypt or bcrypt",
        )
        .words(&["createHash"]),
    ),
    Check::on_code(
        crypto(likely(meta("code/js-weak-hash", "hash is broken", PAGE, Low, &["CWE-327", "OWASP-2021:A02"]))),
        rule(
            SCRIPT,
            &[
                call(
                    &["crypto.createHash", "crypto.createHmac"],
                    &[(At::Arg(0, "algorithm"), Test::Text(&["md5", "md4", "rsa-md5"]))],
                ),
                call(&["CryptoJS.MD5", "crypto-js.MD5", "crypto-js/md5"], &[]),
            ],
            "two files with one such hash are made in seconds; use SHA-256",
        )
        .words(&["md5", "MD5", "md4"]),
    ),
    Check::on_code(
        crypto(meta("code/js-weak-cipher", "cipher is broken", PAGE, High, &["CWE-327", "OWASP-2021:A02"])),
        rule(
            SCRIPT,
            &[
                call(
                    &["crypto.createCipheriv", "crypto.createDecipheriv"],
                    &[(At::Arg(0, "algorithm"), Test::Has(&["des", "rc4", "rc2", "bf-", "blowfish", "idea", "seed"]))],
                ),
                call(&["*.DES.encrypt", "*.TripleDES.encrypt", "*.RC4.encrypt"], &[]),
            ],
            "this cipher no longer keeps anything secret; use aes-256-gcm or chacha20-poly1305",
        )
        .words(&["createCipheriv", "createDecipheriv", "DES.", "RC4"]),
    ),
    Check::on_code(
        crypto(meta(
            "code/js-ecb-mode",
            "equal blocks stay equal when encrypted",
            PAGE,
            Medium,
            &["CWE-327", "OWASP-2021:A02"],
        )),
        rule(
            SCRIPT,
            &[
                call(
                    &["crypto.createCipheriv", "crypto.createDecipheriv"],
                    &[(At::Arg(0, "algorithm"), Test::Has(&["-ecb"]))],
                ),
                set(&["*.mode"], &[(At::Value, Test::From(&["*.mode.ECB"]))]),
            ],
            "ECB shows which parts of a text are the same; use GCM",
        )
        .words(&["-ecb", "ECB"]),
    ),
    Check::on_code(
        crypto(meta(
            "code/js-cipher-from-password",
            "cipher makes its key in a way long withdrawn",
            PAGE,
            Medium,
            &["CWE-327", "OWASP-2021:A02"],
        )),
        rule(
            SCRIPT,
            &[call(&["crypto.createCipher", "crypto.createDecipher"], &[])],
            "the key is one MD5 of the password and there is no vector; use `scrypt` and `createCipheriv`",
        )
        .words(&["createCipher(", "createDecipher("]),
    ),
    Check::on_code(
        crypto(meta(
            "code/js-fixed-key",
            "key or vector of a cipher is written in the code",
            PAGE,
            High,
            &["CWE-321", "CWE-329"],
        )),
        rule(
            SCRIPT,
            &[
                call(&["crypto.createCipheriv", "crypto.createDecipheriv"], &[(At::Arg(1, "key"), Test::Literal)]),
                call(&["crypto.createCipheriv"], &[(At::Arg(2, "iv"), Test::Literal)]),
            ],
            "whoever reads this repository can decrypt what it protects; take keys from a secrets manager, \
             and a fresh random vector each time",
        )
        .words(&["createCipheriv", "createDecipheriv"]),
    ),
    Check::on_code(
        crypto(meta("code/js-small-key", "key is too short", PAGE, High, &["CWE-326", "OWASP-2021:A02"])),
        rule(
            SCRIPT,
            &[set(&["*.modulusLength"], &[(At::Value, Test::Below(2048.0))])],
            "keys of this size are broken with rented machines; use 3072 bits, or ed25519",
        )
        .words(&["modulusLength"]),
    ),
    Check::on_code(
        crypto(likely(meta(
            "code/js-fast-key-derivation",
            "password is turned into a key too quickly",
            PAGE,
            Medium,
            &["CWE-916"],
        ))),
        rule(
            SCRIPT,
            &[
                call(&["crypto.pbkdf2", "crypto.pbkdf2Sync"], &[(At::Arg(2, "iterations"), Test::Below(100_000.0))]),
                call(
                    &["bcrypt.hash", "bcrypt.hashSync", "bcrypt.genSalt", "bcryptjs.hash", "bcryptjs.hashSync"],
                    &[(At::Any, Test::Below(10.0))],
                ),
            ],
            "each try costs an attacker too little; use 600,000 rounds of PBKDF2-SHA256, or argon2",
        )
        .words(&["pbkdf2", "bcrypt"]),
    ),
    Check::on_code(
        crypto(likely(meta(
            "code/js-predictable-secret",
            "secret comes from a predictable generator",
            PAGE,
            High,
            &["CWE-338", "OWASP-2021:A02"],
        ))),
        rule(
            SCRIPT,
            &[set(
                SECRET_NAMES,
                &[(
                    At::Value,
                    Test::From(&[
                        "Math.random()",
                        "Math.random().substring()",
                        "Math.random().slice()",
                        "Math.random().substr()",
                        "Math.random().toString().substring()",
                        "Math.random().toString().slice()",
                        "Math.random().toString().substr()",
                    ]),
                )],
            )],
            "a few values of `Math.random` give away all that follow; use `crypto.randomBytes` or `randomUUID`",
        )
        .words(&["Math.random"])
        .also(&["oken", "assword", "ecret", "otp", "ession", "nonce", "salt", "Key", "Code"]),
    ),
    Check::on_code(
        crypto(meta(
            "code/js-tls-unverified",
            "certificate of the server is not checked",
            PAGE,
            High,
            &["CWE-295", "OWASP-2021:A07"],
        )),
        rule(
            SCRIPT,
            &[
                set(&["*.rejectUnauthorized", "*.strictSSL"], &[(At::Value, Test::Is(false))]),
                set(&["process.env.NODE_TLS_REJECT_UNAUTHORIZED"], &[(At::Value, Test::Text(&["0"]))]),
            ],
            "anybody on the way can answer in the server's name and read passwords; \
             give `ca` the authority's certificate instead",
        )
        .words(&["rejectUnauthorized", "NODE_TLS_REJECT_UNAUTHORIZED", "strictSSL"]),
    ),
    Check::on_code(
        crypto(meta(
            "code/js-old-tls",
            "old version of TLS is asked for",
            PAGE,
            Medium,
            &["CWE-327", "OWASP-2021:A02"],
        )),
        rule(
            SCRIPT,
            &[set(
                &["*.minVersion", "*.secureProtocol"],
                &[(
                    At::Value,
                    Test::Text(&[
                        "tlsv1",
                        "tlsv1.1",
                        "sslv3_method",
                        "sslv23_method",
                        "tlsv1_method",
                        "tlsv1_1_method",
                    ]),
                )],
            )],
            "this version has known holes; ask for TLSv1.2 or newer",
        )
        .words(&["minVersion", "secureProtocol"]),
    ),
    Check::on_code(
        meta(
            "code/js-unverified-token",
            "signature of a token is not checked",
            PAGE,
            High,
            &["CWE-347", "OWASP-2021:A07"],
        ),
        rule(
            SCRIPT,
            &[
                call(
                    &["jsonwebtoken.verify", "jsonwebtoken.sign", "jwt.verify", "jwt.sign"],
                    &[(At::Field(2, "algorithm"), Test::Text(&["none"]))],
                ),
                call(&["jsonwebtoken.verify", "jwt.verify"], &[(At::Field(2, "algorithms"), Test::Holds(&["none"]))]),
                set(&["*.ignoreExpiration"], &[(At::Value, Test::Is(true))]),
            ],
            "anybody can write a token that says who they are, or use one for ever; \
             verify it with the key, a fixed list of algorithms and its end",
        )
        .words(&["jsonwebtoken", "jwt", "ignoreExpiration"]),
    ),
    Check::on_code(
        likely(meta("code/js-timing-compare", "secret is compared byte by byte", PAGE, Medium, &["CWE-208"])),
        rule(
            SCRIPT,
            &[
                compare(&[(At::Receiver, Test::Hmac), (At::Value, Test::Unfixed)]),
                compare(&[(At::Receiver, Test::Credential), (At::Value, Test::NotText)]),
            ],
            "how long this takes tells how many bytes were right; use `crypto.timingSafeEqual`",
        )
        .words(&["createHmac", "signature", "token", "apiKey", "api_key"])
        .also(&["createHmac", "req.headers", "request.headers", "req.query", "req.body"]),
    ),
];
