//! Which other sites may read what this one answers: CORS, and sockets of the web.

use palisade_inventory::code::Language;
use palisade_model::Severity::{High, Low, Medium};

use super::{EVERY, GO, JAVA, PYTHON, RUST, SCRIPT, meta, rule};
use crate::Check;
use crate::check::likely;
use crate::code::rule::{At, Test, call, danger, set};

const PAGE: &str = include_str!("origins.md");

/// Where Python's frameworks take their middleware for CORS.
const ADD_MIDDLEWARE: &[&str] = &["*.add_middleware"];
const CORS_MIDDLEWARE: (At, Test) = (At::Arg(0, ""), Test::From(&["*.CORSMiddleware"]));
const PLUGIN: (At, Test) = (At::Arg(0, ""), Test::From(&["@fastify/cors", "fastify-cors"]));
const HEADER: (At, Test) = (At::Arg(0, ""), Test::Text(&["access-control-allow-origin"]));
/// Setters of a header of the answer.
const SET_HEADER: &[&str] = &[
    "res.header",
    "res.setHeader",
    "res.set",
    "response.header",
    "response.setHeader",
    "response.set",
    "reply.header",
    "ctx.set",
];
const GO_SET_HEADER: &[&str] = &["*.Header().Set", "*.Header().Add", "*.Writer.Header().Set"];

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_code(
        meta(
            "app/cors-any-site-with-cookies",
            "every site may act with the visitor's cookies",
            PAGE,
            High,
            &["CWE-942", "CWE-346", "OWASP-2021:A05"],
        ),
        rule(
            EVERY,
            &[
                call(
                    &["cors", "*.enableCors"],
                    &[(At::Field(0, "origin"), Test::Is(true)), (At::Field(0, "credentials"), Test::Is(true))],
                )
                .of(SCRIPT),
                call(
                    &["cors", "*.enableCors"],
                    &[
                        (At::Field(0, "origin"), Test::From(&["=> true"])),
                        (At::Field(0, "credentials"), Test::Is(true)),
                    ],
                )
                .of(SCRIPT),
                call(
                    &["*.register"],
                    &[PLUGIN, (At::Field(1, "origin"), Test::Is(true)), (At::Field(1, "credentials"), Test::Is(true))],
                )
                .of(SCRIPT),
                set(&["*.cors"], &[(At::Inner("origin"), Test::Is(true)), (At::Inner("credentials"), Test::Is(true))])
                    .of(SCRIPT),
                call(
                    ADD_MIDDLEWARE,
                    &[
                        CORS_MIDDLEWARE,
                        (At::Named("allow_origins"), Test::Holds(&["*"])),
                        (At::Named("allow_credentials"), Test::Is(true)),
                    ],
                )
                .of(PYTHON),
                call(
                    ADD_MIDDLEWARE,
                    &[
                        CORS_MIDDLEWARE,
                        (At::Named("allow_origin_regex"), Test::Text(&[".*", "^.*$", "https?://.*", "http.*"])),
                        (At::Named("allow_credentials"), Test::Is(true)),
                    ],
                )
                .of(PYTHON),
                call(
                    &["flask_cors.CORS"],
                    &[
                        (At::Named("supports_credentials"), Test::Is(true)),
                        (At::Named("origins"), Test::Missing),
                        (At::Named("resources"), Test::Missing),
                    ],
                )
                .of(PYTHON),
                call(
                    &["flask_cors.CORS"],
                    &[(At::Named("supports_credentials"), Test::Is(true)), (At::Named("origins"), Test::Text(&["*"]))],
                )
                .of(PYTHON),
                call(
                    &["@CrossOrigin"],
                    &[
                        (At::Named("originPatterns"), Test::Text(&["*"])),
                        (At::Named("allowCredentials"), Test::Text(&["true"])),
                    ],
                )
                .of(JAVA),
                call(&["CorsLayer.very_permissive", "Cors.permissive"], &[]).of(RUST),
                call(
                    &["github_com/gin-contrib/cors.Config", "github_com/labstack/echo/v4/middleware.CORSConfig"],
                    &[
                        (At::Named("AllowOriginFunc"), Test::From(&["=> true"])),
                        (At::Named("AllowCredentials"), Test::Is(true)),
                    ],
                )
                .of(GO),
                call(
                    &["github_com/rs/cors.Options"],
                    &[
                        (At::Named("AllowOriginFunc"), Test::From(&["=> true"])),
                        (At::Named("AllowCredentials"), Test::Is(true)),
                    ],
                )
                .of(GO),
            ],
            "any page that a signed-in visitor opens can read and send as that visitor; list the origins that may",
        )
        .words(&["cors", "Cors", "CORS", "CrossOrigin"]),
    ),
    Check::on_code(
        meta(
            "app/django-any-site-with-cookies",
            "every site may act with the visitor's cookies",
            PAGE,
            High,
            &["CWE-942", "CWE-346", "OWASP-2021:A05"],
        ),
        rule(
            PYTHON,
            &[set(&["CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"], &[(At::Value, Test::Is(true))])],
            "these settings allow credentials too, so that any page that a signed-in visitor opens can read and send \
             as that visitor; list the origins that may",
        )
        .words(&["CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"])
        .also(&["CORS_ALLOW_CREDENTIALS = True"]),
    ),
    Check::on_code(
        meta(
            "app/spring-any-site-with-cookies",
            "every site may act with the visitor's cookies",
            PAGE,
            High,
            &["CWE-942", "CWE-346", "OWASP-2021:A05"],
        ),
        rule(
            JAVA,
            &[call(&["*.addAllowedOriginPattern", "*.allowedOriginPatterns"], &[(At::Arg(0, ""), Test::Text(&["*"]))])],
            "credentials are allowed too, so that any page that a signed-in visitor opens can read and send as that \
             visitor; list the origins that may",
        )
        .words(&["llowedOriginPattern"])
        .also(&["llowCredentials(true)"]),
    ),
    Check::on_code(
        meta(
            "app/cors-echoed-origin",
            "whoever asks is allowed to read the answer",
            PAGE,
            Medium,
            &["CWE-942", "CWE-346", "OWASP-2021:A05"],
        ),
        rule(
            EVERY,
            &[
                call(SET_HEADER, &[HEADER, (At::Arg(1, ""), Test::Outside(danger::URL))]).of(SCRIPT),
                call(GO_SET_HEADER, &[HEADER, (At::Arg(1, ""), Test::Outside(danger::URL))]).of(GO),
                call(&["*.setHeader", "*.addHeader"], &[HEADER, (At::Arg(1, ""), Test::Outside(danger::URL))]).of(JAVA),
                set(&["*.headers.Access-Control-Allow-Origin"], &[(At::Value, Test::Outside(danger::URL))]).of(PYTHON),
                call(&["AllowOrigin.mirror_request"], &[]).of(RUST),
            ],
            "the origin comes from the request and nothing compares it, so that every site passes; \
             compare it with those that may",
        )
        .words(&["llow-Origin", "llow-origin", "mirror_request"]),
    ),
    Check::on_code(
        likely(meta(
            "app/cors-any-site",
            "every site may read what this one answers",
            PAGE,
            Low,
            &["CWE-942", "OWASP-2021:A05"],
        )),
        rule(
            EVERY,
            &[
                call(&["cors"], &[(At::Field(0, "origin"), Test::Text(&["*"]))]).of(SCRIPT),
                call(&["cors"], &[(At::Arg(0, ""), Test::Missing)]).of(SCRIPT),
                call(&["*.enableCors"], &[(At::Arg(0, ""), Test::Missing)]).of(SCRIPT),
                call(&["*.enableCors"], &[(At::Field(0, "origin"), Test::Text(&["*"]))]).of(SCRIPT),
                call(&["*.register"], &[PLUGIN, (At::Field(1, "origin"), Test::Text(&["*"]))]).of(SCRIPT),
                call(SET_HEADER, &[HEADER, (At::Arg(1, ""), Test::Text(&["*"]))]).of(SCRIPT),
                call(
                    ADD_MIDDLEWARE,
                    &[
                        CORS_MIDDLEWARE,
                        (At::Named("allow_origins"), Test::Holds(&["*"])),
                        (At::Named("allow_credentials"), Test::NotTrue),
                    ],
                )
                .of(PYTHON),
                set(&["CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"], &[(At::Value, Test::Is(true))]).of(PYTHON),
                call(
                    &["flask_cors.CORS"],
                    &[(At::Named("origins"), Test::Missing), (At::Named("resources"), Test::Missing)],
                )
                .of(PYTHON),
                call(&["flask_cors.CORS"], &[(At::Named("origins"), Test::Text(&["*"]))]).of(PYTHON),
                call(
                    &[
                        "github_com/rs/cors.AllowAll",
                        "github_com/gin-contrib/cors.Default",
                        "github_com/rs/cors.Default",
                    ],
                    &[],
                )
                .of(GO),
                call(&["github_com/labstack/echo/v4/middleware.CORS"], &[]).of(GO),
                call(
                    &["github_com/rs/cors.Options", "github_com/gin-contrib/cors.Config"],
                    &[(At::Named("AllowedOrigins"), Test::Holds(&["*"]))],
                )
                .of(GO),
                call(&["github_com/gin-contrib/cors.Config"], &[(At::Named("AllowAllOrigins"), Test::Is(true))]).of(GO),
                call(
                    &["*.addAllowedOrigin", "*.allowedOrigins", "*.addAllowedOriginPattern", "*.allowedOriginPatterns"],
                    &[(At::Arg(0, ""), Test::Text(&["*"]))],
                )
                .of(JAVA),
                call(
                    &["@CrossOrigin"],
                    &[
                        (At::Arg(0, "value"), Test::Missing),
                        (At::Named("origins"), Test::Missing),
                        (At::Named("originPatterns"), Test::Missing),
                    ],
                )
                .of(JAVA),
                call(&["@CrossOrigin"], &[(At::Arg(0, "origins"), Test::Text(&["*"]))]).of(JAVA),
                call(&["@CrossOrigin"], &[(At::Arg(0, "origins"), Test::Holds(&["*"]))]).of(JAVA),
                call(&["CorsLayer.permissive"], &[]).of(RUST),
                call(&["*.allow_origin"], &[(At::Arg(0, ""), Test::From(&["Any", "*.Any"]))]).of(RUST),
            ],
            "fine for what is public anyway; where an address inside of a network or a token in the page decides, \
             every site reads it: list the origins that may",
        )
        .words(&["cors", "Cors", "CORS", "llow-Origin", "llow-origin", "llowedOrigin", "CrossOrigin"])
        // Servers that bundlers start for developers; what has a finding of its own.
        .unless(&[
            "from \"vite\"",
            "from 'vite'",
            "vite-plugin",
            "webpack-dev-server",
            "CORS_ALLOW_CREDENTIALS = True",
            "llowCredentials(true)",
        ]),
    ),
    Check::on_code(
        meta(
            "app/websocket-any-site",
            "every site may open this socket for a visitor",
            PAGE,
            Medium,
            &["CWE-1385", "CWE-346"],
        ),
        rule(
            &[Language::Go, Language::Python, Language::JavaScript, Language::TypeScript, Language::Tsx],
            &[
                call(
                    &["github_com/gorilla/websocket.Upgrader"],
                    &[(At::Named("CheckOrigin"), Test::From(&["=> true"]))],
                )
                .of(GO),
                set(&["*.CheckOrigin"], &[(At::Value, Test::From(&["=> true"]))]).of(GO),
                call(
                    &["github_com/coder/websocket.AcceptOptions", "nhooyr_io/websocket.AcceptOptions"],
                    &[(At::Named("InsecureSkipVerify"), Test::Is(true))],
                )
                .of(GO),
                call(
                    &["socket_io.Server", "flask_socketio.SocketIO", "socketio.AsyncServer", "socketio.Server"],
                    &[(At::Named("cors_allowed_origins"), Test::Text(&["*"]))],
                )
                .of(PYTHON),
                call(&["socket_io.Server", "socket_io"], &[(At::Field(1, "cors.origin"), Test::Text(&["*"]))])
                    .of(SCRIPT),
            ],
            "sockets send the visitor's cookies and know no same-origin rule: compare the origin with your own",
        )
        .words(&["CheckOrigin", "AcceptOptions", "cors_allowed_origins", "socket.io"]),
    ),
];
