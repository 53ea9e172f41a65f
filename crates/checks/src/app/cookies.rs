//! Cookies and sessions: who can read them, who can send them, and who can make them up.

use palisade_inventory::code::Language;
use palisade_model::Severity::{High, Low, Medium};

use super::{EVERY, PYTHON, RUST, SCRIPT, meta, rule};
use crate::Check;
use crate::check::likely;
use crate::code::rule::{At, Test, call, set};

const PAGE: &str = include_str!("cookies.md");

/// Names of cookies that are as good as a password.
const SESSION: Test = Test::Has(&["session", "sessid", "token", "jwt", "auth", "remember"]);
const SESSIONS: &[&str] = &["express-session", "cookie-session", "fastify-session", "@fastify/session", "koa-session"];
const JS_COOKIE: &[&str] =
    &["res.cookie", "response.cookie", "reply.setCookie", "reply.cookie", "ctx.cookies.set", "res.cookies.set"];

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_code(
        likely(meta(
            "app/script-readable-session",
            "scripts can read the session's cookie",
            PAGE,
            Medium,
            &["CWE-1004", "OWASP-2021:A05"],
        )),
        rule(
            &[Language::Python, Language::JavaScript, Language::TypeScript, Language::Tsx, Language::Rust],
            &[
                call(JS_COOKIE, &[(At::Arg(0, ""), SESSION), (At::Arg(2, ""), Test::Missing)]).of(SCRIPT),
                call(JS_COOKIE, &[(At::Arg(0, ""), SESSION), (At::Field(2, "httpOnly"), Test::NotTrue)]).of(SCRIPT),
                call(SESSIONS, &[(At::Field(0, "cookie.httpOnly"), Test::Is(false))]).of(SCRIPT),
                call(SESSIONS, &[(At::Field(0, "httpOnly"), Test::Is(false))]).of(SCRIPT),
                call(&["*.set_cookie"], &[(At::Arg(0, "key"), SESSION), (At::Named("httponly"), Test::NotTrue)])
                    .of(PYTHON),
                set(&["SESSION_COOKIE_HTTPONLY", "*.config.SESSION_COOKIE_HTTPONLY"], &[(At::Value, Test::Is(false))])
                    .of(PYTHON),
                call(&["*.with_http_only", "*.cookie_http_only"], &[(At::Arg(0, ""), Test::Is(false))]).of(RUST),
            ],
            "one injected script carries this cookie away and is the visitor from then on; set it for HTTP only",
        )
        .words(&["ookie", "COOKIE", "session", "with_http_only"]),
    ),
    Check::on_code(
        likely(meta(
            "app/plain-session-cookie",
            "session's cookie is sent over plain HTTP too",
            PAGE,
            Medium,
            &["CWE-614", "OWASP-2021:A05"],
        )),
        rule(
            &[Language::Python, Language::JavaScript, Language::TypeScript, Language::Tsx, Language::Rust],
            &[
                call(JS_COOKIE, &[(At::Arg(0, ""), SESSION), (At::Field(2, "secure"), Test::Is(false))]).of(SCRIPT),
                call(SESSIONS, &[(At::Field(0, "cookie.secure"), Test::Is(false))]).of(SCRIPT),
                call(SESSIONS, &[(At::Field(0, "secure"), Test::Is(false))]).of(SCRIPT),
                call(&["*.register"], &[
                    (At::Arg(0, ""), Test::From(SESSIONS)),
                    (At::Field(1, "cookie.secure"), Test::Is(false)),
                ])
                .of(SCRIPT),
                call(&["*.set_cookie"], &[(At::Arg(0, "key"), SESSION), (At::Named("secure"), Test::Is(false))]).of(PYTHON),
                set(
                    &[
                        "SESSION_COOKIE_SECURE",
                        "CSRF_COOKIE_SECURE",
                        "*.config.SESSION_COOKIE_SECURE",
                        "*.config.REMEMBER_COOKIE_SECURE",
                    ],
                    &[(At::Value, Test::Is(false))],
                )
                .of(PYTHON),
                call(&["*.cookie_secure", "*.with_secure"], &[(At::Arg(0, ""), Test::Is(false))]).of(RUST),
            ],
            "anybody on the way reads the session of a visitor who follows a plain link; set it `secure` in production",
        )
        .words(&["ookie", "COOKIE", "session", "with_secure"]),
    ),
    Check::on_code(
        likely(meta(
            "app/session-cookie-default",
            "nothing says that the session's cookie is for HTTPS only",
            PAGE,
            Low,
            &["CWE-614", "OWASP-2021:A05"],
        )),
        rule(
            &[Language::Python, Language::JavaScript, Language::TypeScript, Language::Tsx],
            &[
                call(&["express-session"], &[(At::Field(0, "cookie.secure"), Test::Missing)]).of(SCRIPT),
                call(&["cookie-session"], &[(At::Field(0, "secure"), Test::Missing)]).of(SCRIPT),
                call(
                    &["*.add_middleware"],
                    &[
                        (At::Arg(0, ""), Test::From(&["*.SessionMiddleware"])),
                        (At::Named("https_only"), Test::NotTrue),
                    ],
                )
                .of(PYTHON),
            ],
            "the default sends it over plain HTTP too, where anybody on the way reads it; \
             set it `secure`, or `https_only`, in production",
        )
        .words(&["express-session", "cookie-session", "SessionMiddleware"])
        .unless(&["cookie.secure", "autoSecure"]),
    ),
    Check::on_service(
        likely(meta(
            "app/django-plain-session",
            "session's cookie is sent over plain HTTP too",
            PAGE,
            Low,
            &["CWE-614", "OWASP-2021:A05"],
        )),
        rule(
            PYTHON,
            &[set(&["INSTALLED_APPS"], &[(At::Value, Test::Holds(&["django.contrib.sessions"]))])],
            "Django's default is not `secure`, and no settings here say otherwise; set `SESSION_COOKIE_SECURE` \
             and `CSRF_COOKIE_SECURE` in production",
        )
        .words(&["django.contrib.sessions"]),
        &["session_cookie_secure"],
    ),
    Check::on_code(
        meta(
            "app/session-secret-in-code",
            "key that signs sessions is written in the code",
            PAGE,
            High,
            &["CWE-798", "CWE-321", "OWASP-2021:A07"],
        ),
        rule(
            EVERY,
            &[
                call(SESSIONS, &[(At::Field(0, "secret"), Test::Literal)]).of(SCRIPT),
                call(SESSIONS, &[(At::Field(0, "secret"), Test::Written)]).of(SCRIPT),
                call(SESSIONS, &[(At::Field(0, "keys"), Test::Written)]).of(SCRIPT),
                call(&["*.register"], &[
                    (At::Arg(0, ""), Test::From(&["@fastify/cookie", "@fastify/session", "@fastify/jwt"])),
                    (At::Field(1, "secret"), Test::Literal),
                ])
                .of(SCRIPT),
                call(&["cookie-parser"], &[(At::Arg(0, ""), Test::Literal)]).of(SCRIPT),
                call(&["jsonwebtoken.sign", "jsonwebtoken.verify"], &[(At::Arg(1, ""), Test::Literal)]).of(SCRIPT),
                call(&["@nestjs/jwt.JwtModule.register"], &[(At::Field(0, "secret"), Test::Literal)]).of(SCRIPT),
                call(&["*.add_middleware"], &[
                    (At::Arg(0, ""), Test::From(&["*.SessionMiddleware"])),
                    (At::Named("secret_key"), Test::Literal),
                ])
                .of(PYTHON),
                set(&["*.config.SECRET_KEY", "app.secret_key", "flask.Flask().secret_key"], &[
                    (At::Value, Test::Literal),
                ])
                .of(PYTHON),
                call(&["jwt.encode", "jwt.decode", "jose.jwt.encode", "jose.jwt.decode"], &[
                    (At::Arg(1, "key"), Test::Literal),
                    (At::Named("options"), Test::Missing),
                ])
                .of(PYTHON),
            ],
            "whoever reads this repository makes sessions for anybody; take the key from a secrets manager, and change it",
        )
        .words(&["secret", "ookie", "keys", "jsonwebtoken", "jwt", "SECRET_KEY"]),
    ),
    Check::on_code(
        meta(
            "app/pickled-session",
            "sessions are pickled",
            PAGE,
            High,
            &["CWE-502", "OWASP-2021:A08"],
        ),
        rule(
            PYTHON,
            &[set(&["SESSION_SERIALIZER"], &[(At::Value, Test::Has(&["pickle"]))])],
            "whoever learns the key that signs sessions runs code on this server; use Django's JSON serializer",
        )
        .words(&["SESSION_SERIALIZER"]),
    ),
];
