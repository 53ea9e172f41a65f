//! Hashes, ciphers, keys, random numbers, TLS.

use palisade_model::Severity::{High, Low, Medium};

use super::GO;
use crate::Check;
use crate::code::rule::{At, Test, call, compare, rule, set};
use crate::code::{crypto, likely, meta};

const PAGE: &str = include_str!("crypto.md");

const SECRET_NAMES: &[&str] = &[
    "token",
    "*.Token",
    "password",
    "*.Password",
    "secret",
    "*.Secret",
    "otp",
    "sessionID",
    "*.SessionID",
    "nonce",
    "*.Nonce",
    "salt",
    "*.Salt",
    "apiKey",
    "*.APIKey",
    "resetToken",
    "authToken",
    "secretKey",
    "accessToken",
    "csrfToken",
    "verificationCode",
    "key",
];

/// See the page.
pub(in crate::code) static CHECKS: &[Check] = &[
    Check::on_code(
        crypto(meta(
            "code/go-fast-password-hash",
            "password is hashed with a fast function",
            PAGE,
            High,
            &["CWE-916", "OWASP-2021:A02"],
        )),
        rule(
            GO,
            &[call(
                &["crypto/md5.Sum", "crypto/sha1.Sum", "crypto/sha256.Sum256", "crypto/sha512.Sum512"],
                &[(At::Arg(0, "data"), Test::Password)],
            )],
            "a graphics card tries billions of these a second; use argon2, scrypt or bcrypt",
        )
        .words(&["crypto/md5", "crypto/sha"]),
    ),
    Check::on_code(
        crypto(likely(meta("code/go-weak-hash", "hash is broken", PAGE, Low, &["CWE-327", "OWASP-2021:A02"]))),
        rule(
            GO,
            &[call(
                &[
                    "crypto/md5.New",
                    "crypto/md5.Sum",
                    "golang_org/x/crypto/md4.New",
                    "golang_org/x/crypto/ripemd160.New",
                ],
                &[],
            )],
            "two files with one such hash are made in seconds; use SHA-256",
        )
        .words(&["crypto/md5", "crypto/md4", "ripemd160"]),
    ),
    Check::on_code(
        crypto(meta("code/go-weak-cipher", "cipher is broken", PAGE, High, &["CWE-327", "OWASP-2021:A02"])),
        rule(
            GO,
            &[call(
                &[
                    "crypto/des.NewCipher",
                    "crypto/des.NewTripleDESCipher",
                    "crypto/rc4.NewCipher",
                    "golang_org/x/crypto/blowfish.NewCipher",
                    "golang_org/x/crypto/cast5.NewCipher",
                    "golang_org/x/crypto/tea.NewCipher",
                ],
                &[],
            )],
            "this cipher no longer keeps anything secret; use AES-GCM or ChaCha20-Poly1305",
        )
        .words(&["crypto/des", "crypto/rc4", "blowfish", "cast5", "crypto/tea"]),
    ),
    Check::on_code(
        crypto(meta(
            "code/go-fixed-key",
            "key or vector of a cipher is written in the code",
            PAGE,
            High,
            &["CWE-321", "CWE-329"],
        )),
        rule(
            GO,
            &[
                call(
                    &["crypto/aes.NewCipher", "golang_org/x/crypto/chacha20poly1305.New"],
                    &[(At::Arg(0, "key"), Test::Literal)],
                ),
                call(
                    &["crypto/cipher.NewCBCEncrypter", "crypto/cipher.NewCTR", "crypto/cipher.NewCFBEncrypter"],
                    &[(At::Arg(1, "iv"), Test::Literal)],
                ),
                call(&["crypto/hmac.New"], &[(At::Arg(1, "key"), Test::Literal)]),
            ],
            "whoever reads this repository can decrypt or sign what it protects; take keys from a secrets manager",
        )
        .words(&["crypto/aes", "crypto/cipher", "chacha20poly1305", "crypto/hmac"]),
    ),
    Check::on_code(
        crypto(meta("code/go-small-key", "key is too short", PAGE, High, &["CWE-326", "OWASP-2021:A02"])),
        rule(
            GO,
            &[call(&["crypto/rsa.GenerateKey"], &[(At::Arg(1, "bits"), Test::Below(2048.0))])],
            "keys of this size are broken with rented machines; use 3072 bits, or Ed25519",
        )
        .words(&["crypto/rsa"]),
    ),
    Check::on_code(
        crypto(likely(meta(
            "code/go-fast-key-derivation",
            "password is turned into a key too quickly",
            PAGE,
            Medium,
            &["CWE-916"],
        ))),
        rule(
            GO,
            &[
                call(&["golang_org/x/crypto/pbkdf2.Key"], &[(At::Arg(2, "iter"), Test::Below(100_000.0))]),
                call(&["golang_org/x/crypto/bcrypt.GenerateFromPassword"], &[(At::Arg(1, "cost"), Test::Below(10.0))]),
            ],
            "each try costs an attacker too little; use 600,000 rounds of PBKDF2-SHA256, or argon2",
        )
        .words(&["pbkdf2", "bcrypt"]),
    ),
    Check::on_code(
        crypto(likely(meta(
            "code/go-predictable-secret",
            "secret comes from a predictable generator",
            PAGE,
            High,
            &["CWE-338", "OWASP-2021:A02"],
        ))),
        rule(
            GO,
            &[
                set(
                    SECRET_NAMES,
                    &[(
                        At::Value,
                        Test::From(&[
                            "math/rand.Int()",
                            "math/rand.Intn()",
                            "math/rand.Int63()",
                            "math/rand.Int31()",
                            "math/rand.Uint32()",
                            "math/rand.Uint64()",
                            "math/rand.Int31n()",
                            "math/rand.Int63n()",
                        ]),
                    )],
                ),
                call(&["math/rand.Read"], &[]),
            ],
            "numbers of `math/rand` can be computed from a few others; use `crypto/rand`",
        )
        .words(&["math/rand"]),
    ),
    Check::on_code(
        crypto(meta(
            "code/go-tls-unverified",
            "certificate of the server is not checked",
            PAGE,
            High,
            &["CWE-295", "OWASP-2021:A07"],
        )),
        rule(
            GO,
            &[
                call(
                    &["crypto/tls.Config"],
                    &[
                        (At::Named("InsecureSkipVerify"), Test::Is(true)),
                        (At::Named("VerifyPeerCertificate"), Test::Missing),
                        (At::Named("VerifyConnection"), Test::Missing),
                    ],
                ),
                set(&["*.InsecureSkipVerify"], &[(At::Value, Test::Is(true))]),
            ],
            "anybody on the way can answer in the server's name and read passwords; \
             add the authority's certificate to `RootCAs` instead",
        )
        .words(&["InsecureSkipVerify"]),
    ),
    Check::on_code(
        crypto(meta("code/go-old-tls", "old version of TLS is allowed", PAGE, Medium, &["CWE-327", "OWASP-2021:A02"])),
        rule(
            GO,
            &[
                call(
                    &["crypto/tls.Config"],
                    &[(
                        At::Named("MinVersion"),
                        Test::From(&["crypto/tls.VersionSSL30", "crypto/tls.VersionTLS10", "crypto/tls.VersionTLS11"]),
                    )],
                ),
                set(
                    &["*.MinVersion"],
                    &[(
                        At::Value,
                        Test::From(&["crypto/tls.VersionSSL30", "crypto/tls.VersionTLS10", "crypto/tls.VersionTLS11"]),
                    )],
                ),
            ],
            "this version has known holes; ask for `tls.VersionTLS12` or newer",
        )
        .words(&["VersionSSL30", "VersionTLS10", "VersionTLS11"]),
    ),
    Check::on_code(
        crypto(meta("code/go-ssh-unknown-host", "SSH trusts any server", PAGE, High, &["CWE-322", "CWE-295"])),
        rule(
            GO,
            &[call(&["golang_org/x/crypto/ssh.InsecureIgnoreHostKey"], &[])],
            "whoever stands in between answers as the server and gets what is sent; use `knownhosts.New`",
        )
        .words(&["InsecureIgnoreHostKey"]),
    ),
    Check::on_code(
        meta(
            "code/go-unverified-token",
            "signature of a token is not checked",
            PAGE,
            High,
            &["CWE-347", "OWASP-2021:A07"],
        ),
        rule(
            GO,
            &[
                call(&["*.ParseUnverified"], &[]),
                call(&["*.SignedString"], &[(At::Any, Test::From(&["*.UnsafeAllowNoneSignatureType"]))]),
            ],
            "anybody can write a token that says who they are; use `jwt.ParseWithClaims` with the key",
        )
        .words(&["ParseUnverified", "UnsafeAllowNoneSignatureType"]),
    ),
    Check::on_code(
        likely(meta("code/go-timing-compare", "secret is compared byte by byte", PAGE, Medium, &["CWE-208"])),
        rule(
            GO,
            &[
                compare(&[(At::Receiver, Test::Hmac), (At::Value, Test::Unfixed)]),
                compare(&[(At::Receiver, Test::Credential), (At::Value, Test::NotText)]),
                call(&["bytes.Equal"], &[(At::Any, Test::Hmac)]),
            ],
            "how long this takes tells how many bytes were right; use `hmac.Equal` or `subtle.ConstantTimeCompare`",
        )
        .words(&["hmac", "oken", "ignature"]),
    ),
];
