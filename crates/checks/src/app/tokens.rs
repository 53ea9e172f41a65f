//! Tokens and passwords: how long a token holds, and how passwords are kept.

use palisade_inventory::code::Language;
use palisade_model::Severity::{High, Low, Medium};

use super::{GO, JAVA, PYTHON, SCRIPT, meta, rule};
use crate::Check;
use crate::check::likely;
use crate::code::rule::{At, Test, call, set};

const PAGE: &str = include_str!("tokens.md");

/// Written where it is given: what has a name may get an end on another line.
const WRITTEN: Test = Test::Shown(&["{"]);

/// Words that show where somebody is kept from trying passwords without end.
const SLOWED: &[&str] = &[
    "ratelimit",
    "rate-limit",
    "rate_limit",
    "ratelimiter",
    "throttl",
    "slowapi",
    "flask_limiter",
    "axes",
    "bruteforce",
    "express-brute",
    "lockout",
    "locked_out",
    "lockedout",
    "lockeduntil",
    "locked_until",
    "failedlogin",
    "failed_login",
    "login_attempts",
    "loginattempts",
    "failedattempts",
    "failed_attempts",
    "max_attempts",
    "maxattempts",
    "captcha",
    "limit_req",
    "limit-rps",
    "limit-rpm",
    "governor",
    "bucket4j",
    "resilience4j",
    "tollbooth",
    "rack::attack",
    "rate_based_statement",
    "local_ratelimit",
    "golang.org/x/time/rate",
    "httprate",
    "turnstile",
    "slowdown",
];

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_service(
        likely(meta(
            "app/unlimited-login",
            "passwords can be tried without end",
            PAGE,
            Medium,
            &["CWE-307", "OWASP-2021:A07", "OWASP-API:API4"],
        )),
        rule(
            &Language::ALL,
            &[
                call(
                    &[
                        "bcrypt.compare",
                        "bcrypt.compareSync",
                        "bcryptjs.compare",
                        "bcryptjs.compareSync",
                        "argon2.verify",
                        "@node-rs/argon2.verify",
                        "@node-rs/bcrypt.compare",
                    ],
                    &[],
                )
                .of(SCRIPT),
                call(
                    &[
                        "werkzeug.security.check_password_hash",
                        "bcrypt.checkpw",
                        "django.contrib.auth.authenticate",
                        "passlib.context.CryptContext().verify",
                        "pwdlib.PasswordHash().verify",
                        "pwdlib.PasswordHash().verify_and_update",
                        "pwdlib.PasswordHash.recommended().verify_and_update",
                        "argon2.PasswordHasher().verify",
                    ],
                    &[],
                )
                .of(PYTHON),
                call(&["golang_org/x/crypto/bcrypt.CompareHashAndPassword"], &[]).of(GO),
                call(&["BCryptPasswordEncoder.matches", "BCrypt.checkpw"], &[]).of(JAVA),
                call(&["*.verify_password", "bcrypt.verify"], &[]).of(super::RUST),
            ],
            "a password is compared here, and nothing in this repository bounds how often; \
             limit tries by account and by address",
        )
        .words(&[
            "bcrypt",
            "argon2",
            "check_password_hash",
            "authenticate",
            "CryptContext",
            "PasswordHash",
            "BCrypt",
            "verify_password",
        ]),
        SLOWED,
    ),
    Check::on_code(
        likely(meta("app/endless-token", "token never ends", PAGE, Medium, &["CWE-613", "OWASP-2021:A07"])),
        rule(
            &Language::ALL,
            &[
                call(
                    &["jsonwebtoken.sign"],
                    &[
                        (At::Arg(0, ""), WRITTEN),
                        (At::Arg(0, ""), Test::Lacks(&["exp"])),
                        (At::Arg(2, ""), Test::Missing),
                    ],
                )
                .of(SCRIPT),
                call(
                    &["jsonwebtoken.sign"],
                    &[
                        (At::Arg(0, ""), WRITTEN),
                        (At::Arg(0, ""), Test::Lacks(&["exp"])),
                        (At::Arg(2, ""), WRITTEN),
                        (At::Arg(2, ""), Test::Lacks(&["expiresIn"])),
                    ],
                )
                .of(SCRIPT),
                call(
                    &["jwt.encode", "jose.jwt.encode"],
                    &[(At::Arg(0, "payload"), WRITTEN), (At::Arg(0, "payload"), Test::Lacks(&["exp"]))],
                )
                .of(PYTHON),
                call(
                    &[
                        "github_com/golang-jwt/jwt/v5.NewWithClaims",
                        "github_com/golang-jwt/jwt/v4.NewWithClaims",
                        "github_com/golang-jwt/jwt.NewWithClaims",
                        "github_com/dgrijalva/jwt-go.NewWithClaims",
                    ],
                    &[
                        (At::Arg(1, ""), WRITTEN),
                        (At::Arg(1, ""), Test::Lacks(&["exp", "ExpiresAt", "RegisteredClaims", "StandardClaims"])),
                    ],
                )
                .of(GO),
            ],
            "whoever finds it in a log next year is let in; set `exp`, to minutes for what is sent with each request",
        )
        .words(&["jsonwebtoken", "jwt"]),
    ),
    Check::on_code(
        meta(
            "app/plain-password-store",
            "passwords are kept as they are, or nearly",
            PAGE,
            High,
            &["CWE-256", "CWE-916", "OWASP-2021:A02"],
        ),
        rule(
            &[Language::Java, Language::Python],
            &[
                call(&["NoOpPasswordEncoder.getInstance"], &[]).of(JAVA),
                set(&["PASSWORD_HASHERS"], &[(At::Value, Test::Leads(&["md5", "sha1", "crypt"]))]).of(PYTHON),
            ],
            "whoever reads this table has every password, here and wherever it was used again; use argon2 or bcrypt",
        )
        .words(&["NoOpPasswordEncoder", "PASSWORD_HASHERS"]),
    ),
    Check::on_code(
        meta("app/no-password-rules", "any password will do", PAGE, Low, &["CWE-521", "OWASP-2021:A07"]),
        rule(
            PYTHON,
            &[set(&["AUTH_PASSWORD_VALIDATORS"], &[(At::Value, Test::Empty)])],
            "the first thousand of the known passwords open some account; turn Django's validators on",
        )
        .words(&["AUTH_PASSWORD_VALIDATORS"]),
    ),
];
