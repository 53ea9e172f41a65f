//! Servers of GraphQL: what they answer to strangers, and what one query may cost.

use palisade_inventory::code::Language;
use palisade_model::Severity::{Info, Low, Medium};

use super::{EVERY, GO, PYTHON, RUST, SCRIPT, closed, cost, meta, rule};
use crate::Check;
use crate::check::likely;
use crate::code::rule::{At, Row, Test, call};

const PAGE: &str = include_str!("graphql.md");

/// Makers of Apollo's servers.
const APOLLO: &[&str] = &[
    "@apollo/server.ApolloServer",
    "apollo-server.ApolloServer",
    "apollo-server-express.ApolloServer",
    "apollo-server-fastify.ApolloServer",
    "apollo-server-koa.ApolloServer",
    "apollo-server-lambda.ApolloServer",
    "apollo-server-micro.ApolloServer",
    "apollo-server-core.ApolloServer",
];
/// Modules of NestJS that serve GraphQL.
const NEST: &[&str] = &["@nestjs/graphql.GraphQLModule.forRoot"];
const YOGA: &[&str] = &["graphql-yoga.createYoga", "graphql-yoga.createServer"];
const GRAPHQL_HTTP: &[&str] = &[
    "express-graphql.graphqlHTTP",
    "express-graphql",
    "graphql-http/lib/use/express.createHandler",
    "graphql-http/lib/use/fastify.createHandler",
    "graphql-http/lib/use/http.createHandler",
    "graphql-http.createHandler",
];
const MERCURIUS: &[&str] = &["*.register"];
const STRAWBERRY: &[&str] = &["strawberry.Schema", "strawberry.federation.Schema"];
const GRAPHENE: &[&str] = &[
    "graphene_django.views.GraphQLView.as_view",
    "flask_graphql.GraphQLView.as_view",
    "graphql_server.flask.GraphQLView.as_view",
];
const ARIADNE: &[&str] = &["ariadne.asgi.GraphQL", "ariadne.wsgi.GraphQL"];
const GQLGEN: &[&str] = &[
    "github_com/99designs/gqlgen/graphql/handler.New",
    "github_com/99designs/gqlgen/graphql/handler.NewDefaultServer",
];

/// Who spreads options of others into these hands the choice on.
const CLOSED: &[(At, Test)] = &[(At::Arg(0, ""), Test::Closed)];

/// Every use of a server whose queries have no bound of their own.
const SERVERS: &[Row] = &[
    call(APOLLO, CLOSED).of(SCRIPT),
    call(NEST, CLOSED).of(SCRIPT),
    call(YOGA, CLOSED).of(SCRIPT),
    call(GRAPHQL_HTTP, CLOSED).of(SCRIPT),
    call(MERCURIUS, &[(At::Arg(0, ""), Test::From(&["mercurius"]))]).of(SCRIPT),
    call(STRAWBERRY, &[]).of(PYTHON),
    call(GRAPHENE, &[]).of(PYTHON),
    call(ARIADNE, &[]).of(PYTHON),
    call(GQLGEN, &[]).of(GO),
    call(&["Schema.build"], &[(At::Arg(2, ""), Test::Present)]).of(RUST),
];

/// Words of which a file with a server has one.
const SERVER_WORDS: &[&str] = &[
    "ApolloServer",
    "GraphQLModule",
    "graphql-yoga",
    "express-graphql",
    "graphql-http",
    "mercurius",
    "strawberry",
    "GraphQLView",
    "ariadne",
    "gqlgen",
    "async_graphql",
];

const DEPTH_CURES: &[&str] = &[
    "depthlimit",
    "depth-limit",
    "depth_limit",
    "maxdepth",
    "max_depth",
    "max-depth",
    "limit_depth",
    "querydepth",
    "armor",
    "querycomplexity",
    "query-complexity",
    "query_complexity",
    "complexitylimit",
    "complexity_limit",
    "complexityrule",
    "createcomplexity",
    "validation-complexity",
    "limit_complexity",
    "maxcomplexity",
    "max_complexity",
    "max-complexity",
    "complexityestimator",
    "simpleestimator",
    "costlimit",
    "cost-limit",
    "cost_limit",
    "costanalysis",
    "cost_analysis",
    "cost-analysis",
    "validate_cost",
    "query_cost",
    "querycost",
    "maxcost",
    "persistedonly",
    "trusteddocuments",
    "onlypersisted",
    "allowarbitraryoperations: false",
    "querylimit",
];

const COST_CURES: &[&str] = &[
    "armor",
    "querycomplexity",
    "query-complexity",
    "query_complexity",
    "complexitylimit",
    "complexity_limit",
    "complexityrule",
    "createcomplexity",
    "validation-complexity",
    "limit_complexity",
    "maxcomplexity",
    "max_complexity",
    "max-complexity",
    "complexityestimator",
    "simpleestimator",
    "costlimit",
    "cost-limit",
    "cost_limit",
    "costanalysis",
    "cost_analysis",
    "cost-analysis",
    "validate_cost",
    "query_cost",
    "querycost",
    "maxcost",
    "maxaliases",
    "maxaliaseslimiter",
    "maxtokenslimiter",
    "persistedonly",
    "trusteddocuments",
    "onlypersisted",
];

const NO_INTROSPECTION: &[&str] = &[
    "noschemaintrospection",
    "disableintrospection",
    "disable_introspection",
    "disable-introspection",
    "introspection=false",
    "introspection: false",
    "introspection = false",
    "introspection:",
    "introspection=",
    "persistedonly",
    "trusteddocuments",
];

/// See the page.
pub(super) static CHECKS: &[Check] = &[
    Check::on_service(
        likely(cost(meta(
            "app/graphql-unlimited-depth",
            "queries may nest without end",
            PAGE,
            Medium,
            &["CWE-674", "CWE-770", "OWASP-API:API4"],
        ))),
        rule(
            EVERY,
            SERVERS,
            "one small query can ask for friends of friends of friends and keep this server busy; \
             limit the depth, or what a query may cost, where the server is made",
        )
        .words(SERVER_WORDS),
        DEPTH_CURES,
    ),
    Check::on_service(
        likely(cost(meta(
            "app/graphql-unlimited-cost",
            "queries may cost anything",
            PAGE,
            Low,
            &["CWE-770", "OWASP-API:API4"],
        ))),
        rule(
            EVERY,
            SERVERS,
            "a thousand aliases of one field are a thousand calls in one request; count complexity, aliases or tokens \
             and refuse what is above a limit",
        )
        .words(SERVER_WORDS),
        COST_CURES,
    ),
    Check::on_service(
        likely(closed(meta("app/graphql-any-query", "server runs any query", PAGE, Info, &["CWE-770"]))),
        rule(
            EVERY,
            SERVERS,
            "clients of your own send known queries: register these when they are built, and refuse others in production",
        )
        .words(SERVER_WORDS),
        &["persisted", "trusteddocuments", "trusted-documents", "trusted documents", "operationregistry", "allowlist"],
    ),
    Check::on_service(
        likely(closed(meta(
            "app/graphql-introspection-default",
            "schema is told to everybody by default",
            PAGE,
            Low,
            &["CWE-200", "OWASP-2021:A05"],
        ))),
        rule(
            EVERY,
            &[
                call(YOGA, CLOSED).of(SCRIPT),
                call(GRAPHQL_HTTP, CLOSED).of(SCRIPT),
                call(MERCURIUS, &[(At::Arg(0, ""), Test::From(&["mercurius"]))]).of(SCRIPT),
                call(STRAWBERRY, &[]).of(PYTHON),
                call(GRAPHENE, &[]).of(PYTHON),
                call(ARIADNE, &[]).of(PYTHON),
                call(&["github_com/99designs/gqlgen/graphql/handler.NewDefaultServer"], &[]).of(GO),
                call(&["Schema.build"], &[(At::Arg(2, ""), Test::Present)]).of(RUST),
            ],
            "this server answers introspection unless it is told not to; switch it off in production",
        )
        .words(SERVER_WORDS),
        NO_INTROSPECTION,
    ),
    Check::on_code(
        closed(meta(
            "app/graphql-introspection-open",
            "introspection is on in production too",
            PAGE,
            Medium,
            &["CWE-200", "OWASP-2021:A05"],
        )),
        rule(
            EVERY,
            &[
                call(APOLLO, &[(At::Field(0, "introspection"), Test::Is(true))]).of(SCRIPT),
                call(NEST, &[(At::Field(0, "introspection"), Test::Is(true))]).of(SCRIPT),
                call(ARIADNE, &[(At::Named("introspection"), Test::Is(true))]).of(PYTHON),
            ],
            "strangers get the whole schema, with what no page of yours uses; leave it to development",
        )
        .words(&["introspection"]),
    ),
    Check::on_code(
        closed(meta(
            "app/graphql-playground-open",
            "query editor is open to visitors",
            PAGE,
            Low,
            &["CWE-489", "OWASP-2021:A05"],
        )),
        rule(
            EVERY,
            &[
                call(APOLLO, &[(At::Field(0, "playground"), Test::Is(true))]).of(SCRIPT),
                call(NEST, &[(At::Field(0, "playground"), Test::Is(true))]).of(SCRIPT),
                call(NEST, &[(At::Field(0, "graphiql"), Test::Is(true))]).of(SCRIPT),
                call(GRAPHQL_HTTP, &[(At::Field(0, "graphiql"), Test::Is(true))]).of(SCRIPT),
                call(MERCURIUS, &[
                    (At::Arg(0, ""), Test::From(&["mercurius"])),
                    (At::Field(1, "graphiql"), Test::Is(true)),
                ])
                .of(SCRIPT),
                call(GRAPHENE, &[(At::Named("graphiql"), Test::Is(true))]).of(PYTHON),
            ],
            "whoever finds this page tries queries in comfort; show it in development alone",
        )
        .words(&["playground", "graphiql"]),
    ),
    Check::on_code(
        meta(
            "app/graphql-csrf-off",
            "other sites may send queries for visitors",
            PAGE,
            Medium,
            &["CWE-352", "OWASP-2021:A01"],
        ),
        rule(
            SCRIPT,
            &[
                call(APOLLO, &[(At::Field(0, "csrfPrevention"), Test::Is(false))]),
                call(NEST, &[(At::Field(0, "csrfPrevention"), Test::Is(false))]),
            ],
            "a page of somebody else can send simple requests here with the visitor's cookies; leave `csrfPrevention` on",
        )
        .words(&["csrfPrevention"]),
    ),
    Check::on_code(
        cost(meta(
            "app/graphql-batching-open",
            "one request may hold any number of queries",
            PAGE,
            Medium,
            &["CWE-770", "CWE-307", "OWASP-API:API4"],
        )),
        rule(
            &[Language::JavaScript, Language::TypeScript, Language::Tsx, Language::Python],
            &[
                call(APOLLO, &[(At::Field(0, "allowBatchedHttpRequests"), Test::Is(true))]).of(SCRIPT),
                call(NEST, &[(At::Field(0, "allowBatchedHttpRequests"), Test::Is(true))]).of(SCRIPT),
                call(MERCURIUS, &[(At::Field(1, "allowBatchedQueries"), Test::Is(true))]).of(SCRIPT),
                call(GRAPHENE, &[(At::Named("batch"), Test::Is(true))]).of(PYTHON),
            ],
            "limits that count requests see one where a thousand passwords are tried; leave batching off, or bound it",
        )
        .words(&["allowBatched", "batch"]),
    ),
    Check::on_code(
        meta(
            "app/graphql-errors-shown",
            "stack of errors is sent to clients",
            PAGE,
            Low,
            &["CWE-209", "OWASP-2021:A05"],
        ),
        rule(
            &[Language::JavaScript, Language::TypeScript, Language::Tsx, Language::Python],
            &[
                call(APOLLO, &[(At::Field(0, "includeStacktraceInErrorResponses"), Test::Is(true))]).of(SCRIPT),
                call(NEST, &[(At::Field(0, "includeStacktraceInErrorResponses"), Test::Is(true))]).of(SCRIPT),
                call(&["graphql-yoga.createYoga"], &[(At::Field(0, "maskedErrors"), Test::Is(false))]).of(SCRIPT),
                call(ARIADNE, &[(At::Named("debug"), Test::Is(true))]).of(PYTHON),
            ],
            "names of files, queries and versions help whoever looks for a hole; log errors, and send a message of yours",
        )
        .words(&["includeStacktraceInErrorResponses", "maskedErrors", "ariadne"]),
    ),
];

#[cfg(test)]
mod tests {
    #[test]
    fn cures_are_in_small_letters() {
        let cures = [super::DEPTH_CURES, super::COST_CURES, super::NO_INTROSPECTION].concat();
        assert!(cures.iter().all(|cure| !cure.bytes().any(|byte| byte.is_ascii_uppercase())));
    }
}
