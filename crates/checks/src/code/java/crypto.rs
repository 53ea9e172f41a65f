//! Hashes, ciphers, keys, random numbers, TLS.

use palisade_model::Severity::{High, Low, Medium};

use super::JAVA;
use crate::Check;
use crate::code::rule::{At, Test, call, rule, set};
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
    "resetToken",
    "authToken",
    "accessToken",
    "csrfToken",
    "verificationCode",
    "pin",
];

/// See the page.
pub(in crate::code) static CHECKS: &[Check] = &[
    Check::on_code(
        crypto(meta("code/java-fast-password-hash", "password is hashed with a fast function", PAGE, High, &["CWE-916", "OWASP-2021:A02"])),
        rule(
            JAVA,
            &[
                call(&["MessageDigest.digest", "MessageDigest.update", "MessageDigest.getInstance().digest", "MessageDigest.getInstance().update"], &[(At::Arg(0, "input"), Test::Password)]),
                call(&["DigestUtils.md5Hex", "DigestUtils.sha1Hex", "DigestUtils.sha256Hex", "DigestUtils.sha512Hex"], &[(At::Arg(0, "data"), Test::Password)]),
                call(&["NoOpPasswordEncoder.getInstance", "MessageDigestPasswordEncoder", "Md5PasswordEncoder", "ShaPasswordEncoder", "StandardPasswordEncoder"], &[]),
            ],
            "a graphics card tries billions of these a second; use argon2, scrypt or bcrypt",
        )
        .words(&["MessageDigest", "DigestUtils", "PasswordEncoder"]),
    ),
    Check::on_code(
        crypto(likely(meta("code/java-weak-hash", "hash is broken", PAGE, Low, &["CWE-327", "OWASP-2021:A02"]))),
        rule(
            JAVA,
            &[
                call(&["MessageDigest.getInstance"], &[(At::Arg(0, "algorithm"), Test::Text(&["md5", "md4", "md2"]))]),
                call(&["DigestUtils.md5Hex", "DigestUtils.md5", "Hashing.md5"], &[]),
            ],
            "two files with one such hash are made in seconds; use SHA-256",
        )
        .words(&["MD5", "md5", "MD4", "MD2"]),
    ),
    Check::on_code(
        crypto(meta("code/java-weak-cipher", "cipher is broken", PAGE, High, &["CWE-327", "OWASP-2021:A02"])),
        rule(
            JAVA,
            &[
                call(&["Cipher.getInstance", "KeyGenerator.getInstance", "SecretKeyFactory.getInstance"], &[(At::Arg(0, "transformation"), Test::Begins(&["des", "rc4", "rc2", "arcfour", "blowfish"]))]),
                call(&["NullCipher"], &[]),
            ],
            "this cipher no longer keeps anything secret; use `AES/GCM/NoPadding`",
        )
        .words(&["Cipher", "KeyGenerator", "SecretKeyFactory"]),
    ),
    Check::on_code(
        crypto(meta("code/java-ecb-mode", "equal blocks stay equal when encrypted", PAGE, Medium, &["CWE-327", "OWASP-2021:A02"])),
        rule(
            JAVA,
            &[
                call(&["Cipher.getInstance"], &[(At::Arg(0, "transformation"), Test::Begins(&["aes/ecb"]))]),
                call(&["Cipher.getInstance"], &[(At::Arg(0, "transformation"), Test::Text(&["aes"]))]),
            ],
            "ECB, which is also what `AES` alone means, shows which parts of a text are the same; use `AES/GCM/NoPadding`",
        )
        .words(&["Cipher"]),
    ),
    Check::on_code(
        crypto(meta("code/java-fixed-key", "key or vector of a cipher is written in the code", PAGE, High, &["CWE-321", "CWE-329"])),
        rule(
            JAVA,
            &[call(&["SecretKeySpec", "IvParameterSpec", "PBEKeySpec"], &[(At::Arg(0, "key"), Test::Literal)])],
            "whoever reads this repository can decrypt what it protects; take keys from a secrets manager, \
             and a fresh random vector each time",
        )
        .words(&["SecretKeySpec", "IvParameterSpec", "PBEKeySpec"]),
    ),
    Check::on_code(
        crypto(likely(meta("code/java-small-key", "key is too short", PAGE, High, &["CWE-326", "OWASP-2021:A02"]))),
        rule(
            JAVA,
            &[call(&["KeyPairGenerator.initialize", "KeyPairGenerator.getInstance().initialize"], &[(At::Arg(0, "keysize"), Test::Below(2048.0)), (At::Arg(0, "keysize"), Test::ShortRsa)])],
            "keys of this size are broken with rented machines; use 3072 bits, or Ed25519",
        )
        .words(&["KeyPairGenerator"]),
    ),
    Check::on_code(
        crypto(likely(meta("code/java-fast-key-derivation", "password is turned into a key too quickly", PAGE, Medium, &["CWE-916"]))),
        rule(
            JAVA,
            &[
                call(&["PBEKeySpec"], &[(At::Arg(2, "iterationCount"), Test::Below(100_000.0))]),
                call(&["BCryptPasswordEncoder", "BCrypt.gensalt"], &[(At::Arg(0, "strength"), Test::Below(10.0))]),
            ],
            "each try costs an attacker too little; use 600,000 rounds of PBKDF2-SHA256, or argon2",
        )
        .words(&["PBEKeySpec", "BCrypt"]),
    ),
    Check::on_code(
        crypto(likely(meta("code/java-predictable-secret", "secret comes from a predictable generator", PAGE, High, &["CWE-338", "OWASP-2021:A02"]))),
        rule(
            JAVA,
            &[
                set(SECRET_NAMES, &[(At::Value, Test::From(&["Math.random()", "Random.nextInt()", "Random.nextLong()", "Random().nextInt()", "Random().nextLong()", "RandomStringUtils.random()", "RandomStringUtils.randomAlphanumeric()", "RandomStringUtils.randomNumeric()"]))]),
            ],
            "a few values of such a generator give away all that follow; use `SecureRandom`",
        )
        .words(&["Math.random", "Random"]),
    ),
    Check::on_code(
        crypto(meta("code/java-tls-unverified", "certificate of the server is not checked", PAGE, High, &["CWE-295", "OWASP-2021:A07"])),
        rule(
            JAVA,
            &[
                call(&["NoopHostnameVerifier", "AllowAllHostnameVerifier", "TrustAllStrategy"], &[]),
                call(&["*.setHostnameVerifier", "*.setSSLHostnameVerifier", "*.setDefaultHostnameVerifier", "*.hostnameVerifier"], &[(At::Arg(0, "verifier"), Test::From(&["=> true", "NoopHostnameVerifier.INSTANCE", "*.ALLOW_ALL_HOSTNAME_VERIFIER", "NoopHostnameVerifier()"]))]),
                call(&["*.loadTrustMaterial"], &[(At::Any, Test::From(&["TrustAllStrategy.INSTANCE", "*.TrustAllStrategy.INSTANCE", "=> true"]))]),
                call(&["*.trustManager"], &[(At::Any, Test::From(&["InsecureTrustManagerFactory.INSTANCE"]))]),
            ],
            "anybody on the way can answer in the server's name and read passwords; \
             add the authority's certificate to the trust store instead",
        )
        .words(&["HostnameVerifier", "TrustAllStrategy", "ALLOW_ALL", "InsecureTrustManagerFactory", "loadTrustMaterial"]),
    ),
    Check::on_code(
        crypto(meta("code/java-old-tls", "old version of TLS is asked for", PAGE, Medium, &["CWE-327", "OWASP-2021:A02"])),
        rule(
            JAVA,
            &[call(&["SSLContext.getInstance"], &[(At::Arg(0, "protocol"), Test::Text(&["ssl", "sslv2", "sslv3", "tlsv1", "tlsv1.1"]))])],
            "this version has known holes; ask for `TLSv1.3`, or `TLS`",
        )
        .words(&["SSLContext"]),
    ),
    Check::on_code(
        likely(meta("code/java-timing-compare", "secret is compared byte by byte", PAGE, Medium, &["CWE-208"])),
        rule(
            JAVA,
            &[
                call(&["Arrays.equals"], &[(At::Any, Test::From(&["Mac.doFinal()", "Mac.getInstance().doFinal()", "*.doFinal()"]))]),
                call(&["*.equals"], &[(At::Receiver, Test::Credential), (At::Arg(0, "other"), Test::NotText)]),
            ],
            "how long this takes tells how many bytes were right; use `MessageDigest.isEqual`",
        )
        .words(&["doFinal", "oken", "ignature"]),
    ),
];
