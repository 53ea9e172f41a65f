//! Spring Boot: what its settings and its security classes leave open.

use palisade_inventory::properties::{Setting, Settings};
use palisade_model::Severity::{High, Low, Medium};

use super::document::Teller;
use super::{JAVA, closed, meta, rule};
use crate::Check;
use crate::check::likely;
use crate::code::rule::call;

const PAGE: &str = include_str!("spring.md");

/// See the page: rules on sources.
pub(super) static CHECKS: &[Check] = &[Check::on_code(
    meta(
        "app/spring-default-password",
        "user with a password from the source",
        PAGE,
        Medium,
        &["CWE-798", "OWASP-2021:A07"],
    ),
    rule(
        JAVA,
        &[call(&["User.withDefaultPasswordEncoder"], &[])],
        "it is made for samples: the password stands in the code and is hashed anew at each start; \
         read users from a store",
    )
    .words(&["withDefaultPasswordEncoder"]),
)];

static ACTUATOR: Check = Check::by_scanner(likely(meta(
    "app/spring-actuator-open",
    "all of the actuator is offered",
    PAGE,
    Medium,
    &["CWE-200", "CWE-749", "OWASP-2021:A05"],
)));

static VALUES: Check = Check::by_scanner(meta(
    "app/spring-values-shown",
    "actuator shows the values of settings",
    PAGE,
    High,
    &["CWE-200", "CWE-522", "OWASP-2021:A05"],
));

static DATABASE: Check = Check::by_scanner(likely(meta(
    "app/spring-database-console",
    "console of the database is offered",
    PAGE,
    Medium,
    &["CWE-489", "OWASP-2021:A05"],
)));

static ERRORS: Check = Check::by_scanner(meta(
    "app/spring-errors-shown",
    "stack of errors is sent to visitors",
    PAGE,
    Low,
    &["CWE-209", "OWASP-2021:A05"],
));

static COOKIE: Check = Check::by_scanner(meta(
    "app/spring-open-cookie",
    "session's cookie is open to scripts or plain HTTP",
    PAGE,
    Medium,
    &["CWE-614", "CWE-1004", "OWASP-2021:A05"],
));

static EDITOR: Check = Check::by_scanner(closed(meta(
    "app/spring-graphql-editor",
    "query editor is open to visitors",
    PAGE,
    Low,
    &["CWE-489", "OWASP-2021:A05"],
)));

static REQUESTS: Check = Check::by_scanner(likely(palisade_model::Meta {
    controls: &["E8-T4"],
    ..meta("app/spring-requests-logged", "details of requests are logged", PAGE, Medium, &["CWE-532", "OWASP-2021:A09"])
}));

/// See the page: settings.
pub(super) static SETTINGS: &[&Check] = &[&ACTUATOR, &VALUES, &DATABASE, &ERRORS, &COOKIE, &EDITOR, &REQUESTS];

/// A key, the values that are at fault, and what is said.
struct Row {
    check: &'static Check,
    keys: &'static [&'static str],
    faults: &'static [&'static str],
    message: &'static str,
}

/// Keys stand in small letters and without dashes, as `properties` gives them.
const ROWS: &[Row] = &[
    Row {
        check: &VALUES,
        keys: &["management.endpoint.env.showvalues", "management.endpoint.configprops.showvalues"],
        faults: &["always"],
        message: "passwords and keys of the service are one request away; leave it at `never`, or `when-authorized`",
    },
    Row {
        check: &DATABASE,
        keys: &["spring.h2.console.enabled"],
        faults: &["true"],
        message: "whoever opens it runs SQL, and code through it; keep it in the profile of developers",
    },
    Row {
        check: &ERRORS,
        keys: &["server.error.includestacktrace", "spring.web.error.includestacktrace"],
        faults: &["always"],
        message: "names of classes, queries and versions help whoever looks for a hole; leave it at `never`",
    },
    Row {
        check: &COOKIE,
        keys: &["server.servlet.session.cookie.secure", "server.reactive.session.cookie.secure"],
        faults: &["false"],
        message: "anybody on the way reads the session of a visitor who follows a plain link; set it to true",
    },
    Row {
        check: &COOKIE,
        keys: &["server.servlet.session.cookie.httponly", "server.reactive.session.cookie.httponly"],
        faults: &["false"],
        message: "one injected script carries this cookie away; leave the default",
    },
    Row {
        check: &EDITOR,
        keys: &["spring.graphql.graphiql.enabled"],
        faults: &["true"],
        message: "whoever finds this page tries queries in comfort; enable it in the profile of developers",
    },
    Row {
        check: &REQUESTS,
        keys: &[
            "spring.mvc.logrequestdetails",
            "spring.http.logrequestdetails",
            "spring.codec.logrequestdetails",
            "spring.http.codecs.logrequestdetails",
        ],
        faults: &["true"],
        message: "parameters and headers hold passwords and tokens; leave it off",
    },
];

/// Judges the settings of one file.
pub(super) fn judge(settings: &Settings, teller: &mut Teller<'_, '_>) {
    for setting in &settings.settings {
        let value = setting.value.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
        for row in ROWS {
            if row.keys.contains(&setting.key.as_str()) && row.faults.contains(&value.as_str()) {
                teller.tell(row.check, setting.span, row.message);
            }
        }
    }
    actuator(&settings.settings, teller);
}

/// Everything is offered, on the port that visitors reach.
fn actuator(settings: &[Setting], teller: &mut Teller<'_, '_>) {
    let find = |key: &str| settings.iter().find(|one| one.key == key);
    let Some(exposed) = find("management.endpoints.web.exposure.include") else { return };
    let all = exposed.value.split(',').any(|name| name.trim().trim_matches(['"', '\'']) == "*");
    let inside = find("management.server.address").is_some_and(|one| one.value.starts_with("127."));
    let elsewhere = find("management.server.port")
        .is_some_and(|one| find("server.port").map_or("8080", |port| port.value.trim()) != one.value.trim());
    if all && !inside && !elsewhere {
        teller.tell(
            &ACTUATOR,
            exposed.span,
            "a dump of the memory, the environment and the loggers are among it; name `health`, `info` and what \
             you watch, or serve it on a port of its own",
        );
    }
}
