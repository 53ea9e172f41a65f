//! Protections that a framework brings or a page needs: headers, CSRF, hosts, permissions.

use palisade_inventory::code::Language;
use palisade_model::Severity::{Low, Medium};

use super::{GO, JAVA, PYTHON, SCRIPT, meta, rule};
use crate::Check;
use crate::check::likely;
use crate::code::rule::{At, Test, call, set};

const PAGE: &str = include_str!("protections.md");

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_service(
        likely(meta(
            "app/no-security-headers",
            "answers carry no headers that protect visitors",
            PAGE,
            Low,
            &["CWE-693", "CWE-1021", "OWASP-2021:A05"],
        )),
        rule(
            &[Language::JavaScript, Language::TypeScript, Language::Tsx, Language::Python],
            &[
                call(&["express", "fastify", "koa", "@nestjs/core.NestFactory.create"], &[]).of(SCRIPT),
                call(&["flask.Flask"], &[]).of(PYTHON),
            ],
            "browsers may frame these pages, guess types and fall back to plain HTTP; \
             send the usual headers: `helmet`, `flask-talisman`, or the proxy in front",
        )
        .words(&["express", "fastify", "koa", "NestFactory", "flask"]),
        &[
            "helmet",
            "talisman",
            "x-content-type-options",
            "x-frame-options",
            "strict-transport-security",
            "content-security-policy",
            "secure_headers",
            "secureheaders",
            "lusca",
        ],
    ),
    Check::on_code(
        meta(
            "app/protection-off",
            "protection of the framework is switched off",
            PAGE,
            Medium,
            &["CWE-693", "CWE-1021", "OWASP-2021:A05"],
        ),
        rule(
            &[Language::JavaScript, Language::TypeScript, Language::Tsx, Language::Python, Language::Java],
            &[
                call(&["helmet"], &[(At::Field(0, "frameguard"), Test::Is(false))]).of(SCRIPT),
                call(&["helmet"], &[(At::Field(0, "hsts"), Test::Is(false))]).of(SCRIPT),
                call(&["helmet"], &[(At::Field(0, "noSniff"), Test::Is(false))]).of(SCRIPT),
                set(&["SECURE_CONTENT_TYPE_NOSNIFF"], &[(At::Value, Test::Is(false))]).of(PYTHON),
                set(&["X_FRAME_OPTIONS"], &[(At::Value, Test::Text(&["allowall", "allow-all", "*"]))]).of(PYTHON),
                call(&["*.headers().disable", "*.headers().frameOptions().disable", "*.headers().contentTypeOptions().disable"], &[]).of(JAVA),
            ],
            "the default is there for visitors whom another page frames or redirects; narrow it for the one page \
             that needs it instead",
        )
        .words(&["helmet", "SECURE_CONTENT_TYPE_NOSNIFF", "X_FRAME_OPTIONS", "headers()"]),
    ),
    Check::on_code(
        likely(meta(
            "app/csrf-off",
            "other sites may post for a signed-in visitor",
            PAGE,
            Medium,
            &["CWE-352", "OWASP-2021:A01"],
        )),
        rule(
            &[Language::Python, Language::Java],
            &[
                set(&["WTF_CSRF_ENABLED", "*.config.WTF_CSRF_ENABLED"], &[(At::Value, Test::Is(false))]).of(PYTHON),
                set(&["MIDDLEWARE"], &[
                    (At::Value, Test::Holds(&["django.contrib.sessions.middleware.sessionmiddleware"])),
                    (At::Value, Test::Without(&["django.middleware.csrf.CsrfViewMiddleware"])),
                ])
                .of(PYTHON),
                call(&["*.csrf().disable"], &[]).of(JAVA),
                call(&["*.csrf"], &[(At::Arg(0, ""), Test::Shown(&["AbstractHttpConfigurer::disable", ".disable()"]))]).of(JAVA),
            ],
            "a form on any page is sent with the visitor's cookies; keep the token, but for interfaces without sessions",
        )
        .words(&["WTF_CSRF_ENABLED", "MIDDLEWARE", "csrf"])
        .unless(&["STATELESS", "oauth2ResourceServer", "NullSecurityContextRepository"]),
    ),
    Check::on_code(
        meta(
            "app/everything-permitted",
            "whoever is not named is let in",
            PAGE,
            Medium,
            &["CWE-862", "CWE-276", "OWASP-2021:A01"],
        ),
        rule(
            &[Language::Python, Language::Java],
            &[
                call(&["*.anyRequest().permitAll", "*.anyExchange().permitAll"], &[]).of(JAVA),
                set(&["*.DEFAULT_PERMISSION_CLASSES"], &[
                    (At::Value, Test::Holds(&["rest_framework.permissions.allowany"])),
                ])
                .of(PYTHON),
            ],
            "each new address is open until somebody thinks of it; require a login by default, and name what is public",
        )
        .words(&["permitAll", "DEFAULT_PERMISSION_CLASSES"])
        // A chain for some paths only.
        .unless(&["securityMatcher"]),
    ),
    Check::on_code(
        likely(meta(
            "app/any-host",
            "server answers to any name",
            PAGE,
            Low,
            &["CWE-644", "CWE-20", "OWASP-2021:A05"],
        )),
        rule(
            PYTHON,
            &[
                set(&["ALLOWED_HOSTS"], &[(At::Value, Test::Holds(&["*"]))]),
                call(&["*.add_middleware"], &[
                    (At::Arg(0, ""), Test::From(&["*.TrustedHostMiddleware"])),
                    (At::Named("allowed_hosts"), Test::Holds(&["*"])),
                ]),
            ],
            "links in mails to reset a password take their host from the request; name the hosts",
        )
        .words(&["ALLOWED_HOSTS", "TrustedHostMiddleware"]),
    ),
    Check::on_code(
        likely(meta(
            "app/any-proxy-trusted",
            "every visitor can claim to be a proxy",
            PAGE,
            Low,
            &["CWE-348", "CWE-290"],
        )),
        rule(
            &[Language::JavaScript, Language::TypeScript, Language::Tsx, Language::Python, Language::Go],
            &[
                call(&["*.set"], &[
                    (At::Arg(0, ""), Test::Text(&["trust proxy"])),
                    (At::Arg(1, ""), Test::Is(true)),
                ])
                .of(SCRIPT),
                call(&["*.enable"], &[(At::Arg(0, ""), Test::Text(&["trust proxy"]))]).of(SCRIPT),
                call(&["fastify"], &[(At::Field(0, "trustProxy"), Test::Is(true))]).of(SCRIPT),
                call(&["uvicorn.run"], &[(At::Named("forwarded_allow_ips"), Test::Text(&["*"]))]).of(PYTHON),
                call(&["*.SetTrustedProxies"], &[(At::Arg(0, ""), Test::Holds(&["0.0.0.0/0", "::/0"]))]).of(GO),
            ],
            "the address in `X-Forwarded-For` is then what the visitor writes, and limits by address count nothing; \
             name the proxies, or how many there are",
        )
        .words(&["trust proxy", "trustProxy", "forwarded_allow_ips", "SetTrustedProxies"]),
    ),
    Check::on_code(
        likely(meta(
            "app/loose-script-policy",
            "content policy lets injected scripts run",
            PAGE,
            Low,
            &["CWE-79", "CWE-1021", "OWASP-2021:A03"],
        )),
        rule(
            &[Language::JavaScript, Language::TypeScript, Language::Tsx, Language::Python],
            &[
                set(&["*.scriptSrc", "*.script-src"], &[(At::Value, Test::Holds(&["'unsafe-inline'", "'unsafe-eval'", "*", "data:"]))]).of(SCRIPT),
                set(&["CSP_SCRIPT_SRC"], &[(At::Value, Test::Holds(&["'unsafe-inline'", "'unsafe-eval'", "*"]))]).of(PYTHON),
                set(&["*.script-src"], &[(At::Value, Test::Holds(&["'unsafe-inline'", "'unsafe-eval'", "*"]))]).of(PYTHON),
            ],
            "the policy is there to stop exactly such scripts; use nonces or hashes",
        )
        .words(&["scriptSrc", "script-src", "CSP_SCRIPT_SRC"]),
    ),
    Check::on_code(
        meta("app/folder-listing", "visitors may list a folder", PAGE, Low, &["CWE-548", "OWASP-2021:A05"]),
        rule(
            SCRIPT,
            &[call(&["serve-index"], &[])],
            "backups, drafts and other people's files are found by looking; serve files, not folders",
        )
        .words(&["serve-index"]),
    ),
    Check::on_code(
        likely(meta("app/error-page-open", "page for developers shows errors to visitors", PAGE, Low, &["CWE-209", "CWE-489"])),
        rule(
            SCRIPT,
            &[call(&["errorhandler"], &[])],
            "it sends the stack and the settings of the process with each error; use it only when NODE_ENV is development",
        )
        .words(&["errorhandler"])
        .unless(&["NODE_ENV", "get('env')", "get(\"env\")"]),
    ),
];
