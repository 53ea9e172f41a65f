//! Hashes, ciphers, keys, random numbers, TLS.

use palisade_model::Severity::{High, Low, Medium};

use super::PYTHON;
use crate::Check;
use crate::code::rule::{At, Test, call, compare, rule, set};
use crate::code::{crypto, likely, meta};

const PAGE: &str = include_str!("crypto.md");

const FAST_HASHES: &[&str] =
    &["hashlib.md5", "hashlib.sha1", "hashlib.sha224", "hashlib.sha256", "hashlib.sha384", "hashlib.sha512"];

/// Names under which secrets are kept.
const SECRET_NAMES: &[&str] = &[
    "token",
    "*.token",
    "password",
    "*.password",
    "secret",
    "*.secret",
    "otp",
    "*.otp",
    "session_id",
    "*.session_id",
    "nonce",
    "*.nonce",
    "salt",
    "*.salt",
    "api_key",
    "*.api_key",
    "reset_token",
    "*.reset_token",
    "auth_token",
    "*.auth_token",
    "secret_key",
    "*.secret_key",
    "verification_code",
    "*.verification_code",
    "new_password",
    "passwd",
    "access_token",
    "csrf_token",
    "session_key",
];

const RANDOM: &[&str] = &[
    "random.random()",
    "random.randint()",
    "random.choice()",
    "random.choices()",
    "random.getrandbits()",
    "random.randrange()",
    "random.sample()",
    "random.randbytes()",
    "numpy.random.randint()",
    "random.uniform()",
];

/// See the page.
pub(in crate::code) static CHECKS: &[Check] = &[
    Check::on_code(
        crypto(meta(
            "code/python-fast-password-hash",
            "password is hashed with a fast function",
            PAGE,
            High,
            &["CWE-916", "OWASP-2021:A02"],
        )),
        rule(
            PYTHON,
            &[call(FAST_HASHES, &[(At::Arg(0, "string"), Test::Password)])],
            "a graphics card tries billions of these a second; use argon2, scrypt or bcrypt",
        )
        .words(&["hashlib"])
        .also(&["passw", "pwd", "passphrase"]),
    ),
    Check::on_code(
        crypto(likely(meta("code/python-weak-hash", "hash is broken", PAGE, Low, &["CWE-327", "OWASP-2021:A02"]))),
        rule(
            PYTHON,
            &[
                call(
                    &[
                        "hashlib.md5",
                        "hashlib.md4",
                        "Crypto.Hash.MD5.new",
                        "Crypto.Hash.MD4.new",
                        "Cryptodome.Hash.MD5.new",
                    ],
                    &[(At::Named("usedforsecurity"), Test::NotFalse)],
                ),
                call(
                    &["hashlib.new"],
                    &[
                        (At::Arg(0, "name"), Test::Text(&["md5", "md4"])),
                        (At::Named("usedforsecurity"), Test::NotFalse),
                    ],
                ),
            ],
            "two files with one such hash are made in seconds; use SHA-256, or say `usedforsecurity=False`",
        )
        .words(&["md5", "md4", "MD5", "MD4"]),
    ),
    Check::on_code(
        crypto(meta(
            "code/python-weak-signature-hash",
            "signature rests on a broken hash",
            PAGE,
            Medium,
            &["CWE-328", "OWASP-2021:A02"],
        )),
        rule(
            PYTHON,
            &[
                call(&["hmac.new", "hmac.digest"], &[(At::Arg(2, "digestmod"), Test::Text(&["md5", "md4"]))]),
                call(&["hmac.new", "hmac.digest"], &[(At::Arg(2, "digestmod"), Test::From(&["hashlib.md5"]))]),
                call(&["*.sign", "*.verify"], &[(At::Any, Test::From(&["*.hashes.MD5()", "*.hashes.SHA1()"]))]),
            ],
            "a broken hash under a signature lets others make documents that fit it; use SHA-256",
        )
        .words(&["hmac", "hashes.MD5", "hashes.SHA1"]),
    ),
    Check::on_code(
        crypto(meta("code/python-weak-cipher", "cipher is broken", PAGE, High, &["CWE-327", "OWASP-2021:A02"])),
        rule(
            PYTHON,
            &[
                call(
                    &[
                        "Crypto.Cipher.DES.new",
                        "Crypto.Cipher.DES3.new",
                        "Crypto.Cipher.ARC4.new",
                        "Crypto.Cipher.ARC2.new",
                        "Crypto.Cipher.Blowfish.new",
                        "Crypto.Cipher.XOR.new",
                        "Cryptodome.Cipher.DES.new",
                        "Cryptodome.Cipher.DES3.new",
                        "Cryptodome.Cipher.ARC4.new",
                        "Cryptodome.Cipher.Blowfish.new",
                    ],
                    &[],
                ),
                call(
                    &[
                        "*.algorithms.ARC4",
                        "*.algorithms.Blowfish",
                        "*.algorithms.IDEA",
                        "*.algorithms.TripleDES",
                        "*.algorithms.CAST5",
                        "*.algorithms.SEED",
                    ],
                    &[],
                ),
            ],
            "this cipher no longer keeps anything secret; use AES-GCM or ChaCha20-Poly1305",
        )
        .words(&["Cipher", "ARC4", "Blowfish", "IDEA", "TripleDES", "CAST5"]),
    ),
    Check::on_code(
        crypto(meta(
            "code/python-ecb-mode",
            "equal blocks stay equal when encrypted",
            PAGE,
            Medium,
            &["CWE-327", "OWASP-2021:A02"],
        )),
        rule(
            PYTHON,
            &[
                call(
                    &["Crypto.Cipher.AES.new", "Cryptodome.Cipher.AES.new"],
                    &[(At::Arg(1, "mode"), Test::From(&["*.MODE_ECB"]))],
                ),
                call(&["*.modes.ECB"], &[]),
            ],
            "ECB shows which parts of a text are the same; use GCM",
        )
        .words(&["ECB"]),
    ),
    Check::on_code(
        crypto(meta(
            "code/python-fixed-key",
            "key or vector of a cipher is written in the code",
            PAGE,
            High,
            &["CWE-321", "CWE-329"],
        )),
        rule(
            PYTHON,
            &[
                call(
                    &[
                        "Crypto.Cipher.AES.new",
                        "Cryptodome.Cipher.AES.new",
                        "*.algorithms.AES",
                        "cryptography.fernet.Fernet",
                        "*.algorithms.ChaCha20",
                    ],
                    &[(At::Arg(0, "key"), Test::Literal)],
                ),
                call(&["Crypto.Cipher.AES.new", "Cryptodome.Cipher.AES.new"], &[(At::Arg(2, "iv"), Test::Literal)]),
                call(
                    &["*.modes.CBC", "*.modes.CTR", "*.modes.GCM"],
                    &[(At::Arg(0, "initialization_vector"), Test::Literal)],
                ),
            ],
            "whoever reads this repository can decrypt what it protects; take keys from a secrets manager, \
             and a fresh random vector each time",
        )
        .words(&["AES", "Fernet", "ChaCha20"]),
    ),
    Check::on_code(
        crypto(meta("code/python-small-key", "key is too short", PAGE, High, &["CWE-326", "OWASP-2021:A02"])),
        rule(
            PYTHON,
            &[
                call(&["*.rsa.generate_private_key"], &[(At::Arg(1, "key_size"), Test::Below(2048.0))]),
                call(&["*.dsa.generate_private_key"], &[(At::Arg(0, "key_size"), Test::Below(2048.0))]),
                call(
                    &[
                        "Crypto.PublicKey.RSA.generate",
                        "Cryptodome.PublicKey.RSA.generate",
                        "Crypto.PublicKey.DSA.generate",
                    ],
                    &[(At::Arg(0, "bits"), Test::Below(2048.0))],
                ),
            ],
            "keys of this size are broken with rented machines; use 3072 bits, or Ed25519",
        )
        .words(&["generate_private_key", "RSA", "DSA"]),
    ),
    Check::on_code(
        crypto(likely(meta(
            "code/python-fast-key-derivation",
            "password is turned into a key too quickly",
            PAGE,
            Medium,
            &["CWE-916"],
        ))),
        rule(
            PYTHON,
            &[
                call(&["hashlib.pbkdf2_hmac"], &[(At::Arg(3, "iterations"), Test::Below(100_000.0))]),
                call(&["*.PBKDF2HMAC"], &[(At::Named("iterations"), Test::Below(100_000.0))]),
                call(&["bcrypt.gensalt"], &[(At::Arg(0, "rounds"), Test::Below(10.0))]),
            ],
            "each try costs an attacker too little; use 600,000 rounds of PBKDF2-SHA256, or argon2",
        )
        .words(&["pbkdf2", "PBKDF2", "gensalt"]),
    ),
    Check::on_code(
        crypto(likely(meta(
            "code/python-predictable-secret",
            "secret comes from a predictable generator",
            PAGE,
            High,
            &["CWE-338", "OWASP-2021:A02"],
        ))),
        rule(
            PYTHON,
            &[set(SECRET_NAMES, &[(At::Value, Test::From(RANDOM))])],
            "a few values of `random` give away all that follow; use the module `secrets`",
        )
        .words(&["random.", "from random"])
        .also(&[
            "token",
            "password",
            "secret",
            "otp",
            "session_id",
            "nonce",
            "salt",
            "api_key",
            "verification_code",
            "passwd",
        ]),
    ),
    Check::on_code(
        crypto(meta(
            "code/python-tls-unverified",
            "certificate of the server is not checked",
            PAGE,
            High,
            &["CWE-295", "OWASP-2021:A07"],
        )),
        rule(
            PYTHON,
            &[
                call(
                    &[
                        "requests.get",
                        "requests.post",
                        "requests.put",
                        "requests.delete",
                        "requests.head",
                        "requests.patch",
                        "requests.request",
                        "requests.Session().get",
                        "requests.Session().post",
                        "requests.Session().request",
                        "httpx.get",
                        "httpx.post",
                        "httpx.Client",
                        "httpx.AsyncClient",
                        "httpx.request",
                        "httpx.stream",
                        "requests.session().get",
                        "boto3.client",
                        "boto3.resource",
                        "hvac.Client",
                    ],
                    &[(At::Named("verify"), Test::Is(false))],
                ),
                set(
                    &[
                        "requests.Session().verify",
                        "requests.session().verify",
                        "session.verify",
                        "self.session.verify",
                    ],
                    &[(At::Value, Test::Is(false))],
                ),
                call(&["ssl._create_unverified_context"], &[]),
                set(
                    &["ssl._create_default_https_context"],
                    &[(At::Value, Test::From(&["ssl._create_unverified_context"]))],
                ),
                set(&["*.verify_mode"], &[(At::Value, Test::From(&["ssl.CERT_NONE"]))]),
                call(&["aiohttp.TCPConnector"], &[(At::Named("ssl"), Test::Is(false))]),
                call(&["aiohttp.TCPConnector"], &[(At::Named("verify_ssl"), Test::Is(false))]),
                call(
                    &["urllib3.PoolManager", "urllib3.HTTPSConnectionPool"],
                    &[(At::Named("cert_reqs"), Test::Text(&["cert_none"]))],
                ),
                call(
                    &["urllib3.PoolManager", "urllib3.HTTPSConnectionPool"],
                    &[(At::Named("cert_reqs"), Test::From(&["ssl.CERT_NONE"]))],
                ),
            ],
            "anybody on the way can answer in the server's name and read passwords; \
             give `verify` the authority's certificate instead",
        )
        .words(&[
            "verify=False",
            "verify = False",
            "_create_unverified_context",
            "CERT_NONE",
            "ssl=False",
            "verify_ssl",
        ]),
    ),
    Check::on_code(
        crypto(meta(
            "code/python-old-tls",
            "old version of TLS is asked for",
            PAGE,
            Medium,
            &["CWE-327", "OWASP-2021:A02"],
        )),
        rule(
            PYTHON,
            &[
                call(
                    &["ssl.SSLContext", "ssl.wrap_socket"],
                    &[(
                        At::Any,
                        Test::From(&[
                            "ssl.PROTOCOL_SSLv2",
                            "ssl.PROTOCOL_SSLv3",
                            "ssl.PROTOCOL_TLSv1",
                            "ssl.PROTOCOL_TLSv1_1",
                            "ssl.PROTOCOL_SSLv23",
                        ]),
                    )],
                ),
                set(
                    &["*.minimum_version"],
                    &[(
                        At::Value,
                        Test::From(&["ssl.TLSVersion.TLSv1", "ssl.TLSVersion.TLSv1_1", "ssl.TLSVersion.SSLv3"]),
                    )],
                ),
                call(&["ssl.wrap_socket"], &[]),
            ],
            "this version has known holes; `ssl.create_default_context()` chooses well",
        )
        .words(&["PROTOCOL_", "TLSv1", "SSLv", "wrap_socket"]),
    ),
    Check::on_code(
        crypto(meta("code/python-ssh-unknown-host", "SSH trusts any server", PAGE, Medium, &["CWE-295"])),
        rule(
            PYTHON,
            &[call(
                &["*.set_missing_host_key_policy"],
                &[(
                    At::Arg(0, "policy"),
                    Test::From(&[
                        "paramiko.AutoAddPolicy()",
                        "paramiko.AutoAddPolicy",
                        "paramiko.WarningPolicy()",
                        "paramiko.WarningPolicy",
                        "paramiko.client.AutoAddPolicy()",
                        "paramiko.client.AutoAddPolicy",
                    ]),
                )],
            )],
            "whoever stands in between answers as the server and gets what is sent; load known hosts and keep the default policy",
        ),
    ),
    Check::on_code(
        meta(
            "code/python-unverified-token",
            "signature of a token is not checked",
            PAGE,
            High,
            &["CWE-347", "OWASP-2021:A07"],
        ),
        rule(
            PYTHON,
            &[
                call(&["jwt.decode", "jose.jwt.decode"], &[(At::Named("verify"), Test::Is(false))]),
                set(&["*.verify_signature"], &[(At::Value, Test::Is(false))]),
                call(&["jwt.decode", "jwt.encode"], &[(At::Any, Test::Text(&["none"]))]),
                call(&["jwt.decode"], &[(At::Any, Test::Holds(&["none"]))]),
            ],
            "anybody can write a token that says who they are; verify it with the key and a fixed list of algorithms",
        )
        .words(&["jwt", "verify_signature"])
        .also(&["verify", "none"]),
    ),
    Check::on_code(
        likely(meta("code/python-timing-compare", "secret is compared byte by byte", PAGE, Medium, &["CWE-208"])),
        rule(
            PYTHON,
            &[
                compare(&[(At::Receiver, Test::Hmac), (At::Value, Test::Unfixed)]),
                compare(&[(At::Receiver, Test::Credential), (At::Value, Test::NotText)]),
            ],
            "how long this takes tells how many bytes were right; use `hmac.compare_digest`",
        )
        .words(&["hmac", "token", "api_key", "password"])
        .also(&["hmac.", "flask", "django", "fastapi", "starlette", "request.headers"]),
    ),
];
