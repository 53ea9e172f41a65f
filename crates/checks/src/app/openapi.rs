//! Descriptions of HTTP interfaces, OpenAPI 2 and 3: who may call what, and how the client proves who it is.

use palisade_inventory::yaml::Node;
use palisade_model::Severity::{High, Low, Medium};

use super::document::Teller;
use super::meta;
use crate::Check;
use crate::check::likely;

const PAGE: &str = include_str!("openapi.md");

/// More paths are not looked at.
const PATHS_MAX: usize = 20_000;

static OPEN_OPERATION: Check = Check::by_scanner(likely(meta(
    "app/openapi-open-operation",
    "operation that changes something needs no login",
    PAGE,
    Medium,
    &["CWE-306", "OWASP-API:API2"],
)));

static NO_SECURITY: Check = Check::by_scanner(likely(meta(
    "app/openapi-no-security",
    "interface does not say how clients sign in",
    PAGE,
    Low,
    &["CWE-306", "OWASP-API:API2"],
)));

static UNKNOWN_SCHEME: Check = Check::by_scanner(meta(
    "app/openapi-unknown-scheme",
    "security names a scheme that is not there",
    PAGE,
    Medium,
    &["CWE-1068", "OWASP-API:API2"],
));

static PLAIN_SERVER: Check = Check::by_scanner(meta(
    "app/openapi-plain-server",
    "interface is offered over plain HTTP",
    PAGE,
    Medium,
    &["CWE-319", "OWASP-2021:A02"],
));

static KEY_IN_QUERY: Check = Check::by_scanner(meta(
    "app/openapi-key-in-query",
    "key is sent in the address",
    PAGE,
    Medium,
    &["CWE-598", "OWASP-API:API2"],
));

static BASIC: Check = Check::by_scanner(meta(
    "app/openapi-basic-auth",
    "every request carries the password",
    PAGE,
    Low,
    &["CWE-522", "OWASP-API:API2"],
));

static OLD_FLOW: Check = Check::by_scanner(meta(
    "app/openapi-old-oauth-flow",
    "flow of OAuth is given up",
    PAGE,
    Low,
    &["CWE-522", "OWASP-API:API2"],
));

static PLAIN_OAUTH: Check = Check::by_scanner(meta(
    "app/openapi-plain-oauth",
    "tokens are fetched over plain HTTP",
    PAGE,
    High,
    &["CWE-319", "OWASP-2021:A02"],
));

static SECRET_IN_URL: Check = Check::by_scanner(meta(
    "app/openapi-secret-in-address",
    "address of a request holds a secret",
    PAGE,
    Low,
    &["CWE-598"],
));

/// See the page.
pub(super) static CHECKS: &[&Check] = &[
    &OPEN_OPERATION,
    &NO_SECURITY,
    &UNKNOWN_SCHEME,
    &PLAIN_SERVER,
    &KEY_IN_QUERY,
    &BASIC,
    &OLD_FLOW,
    &PLAIN_OAUTH,
    &SECRET_IN_URL,
];

const WRITES: [&str; 4] = ["post", "put", "patch", "delete"];

/// Parts of a path that everybody may post to, before any login.
const PUBLIC: [&str; 31] = [
    "login",
    "logout",
    "signin",
    "sign-in",
    "sign_in",
    "signup",
    "sign-up",
    "sign_up",
    "register",
    "registration",
    "auth",
    "token",
    "password",
    "session",
    "verify",
    "verification",
    "confirm",
    "activate",
    "activation",
    "callback",
    "webhook",
    "hook",
    "health",
    "oauth",
    "public",
    "subscribe",
    "contact",
    "feedback",
    "forgot",
    "refresh",
    "captcha",
];

/// Whether a description is of the product's own interface, also when it stands among documents.
pub(super) fn is_judged(path: &str) -> bool {
    crate::code::is_product(path)
        || path.split('/').any(|part| matches!(part, "doc" | "docs" | "documentation"))
            && !path.split('/').any(|part| {
                matches!(part, "test" | "tests" | "testdata" | "fixtures" | "examples" | "node_modules" | "vendor")
            })
}

/// Judges one description.
pub(super) fn judge(root: Node<'_>, teller: &mut Teller<'_, '_>) {
    let schemes = root.at(&["components", "securitySchemes"]).or_else(|| root.get("securityDefinitions"));
    if let Some(schemes) = schemes {
        for scheme in schemes.entries() {
            judge_scheme(scheme.value, teller);
        }
    }
    judge_servers(root, teller);
    let global = root.get("security");
    let Some(paths) = root.entry("paths") else { return };
    let known = |name: &str| schemes.is_some_and(|schemes| schemes.get(name).is_some());
    if let Some(global) = global {
        unknown_schemes(global, &known, teller);
    }
    let mut writes = 0_usize;
    let mut secured = global.is_some_and(requires);
    let mut sends_keys = false;
    let mut open = Vec::new();
    for path in paths.value.entries().take(PATHS_MAX) {
        let name = path.key.as_str().unwrap_or("");
        secret_parameters(path.value, teller);
        for operation in path.value.entries() {
            let method = operation.key.as_str().unwrap_or("");
            if !operation.value.is_mapping() || !(WRITES.contains(&method) || method == "get") {
                continue;
            }
            secret_parameters(operation.value, teller);
            sends_keys |= has_key_parameter(operation.value) || has_key_parameter(path.value);
            let own = operation.value.get("security");
            if let Some(own) = own {
                unknown_schemes(own, &known, teller);
                secured |= requires(own);
            }
            writes += usize::from(WRITES.contains(&method));
            let closed = own.or(global).is_some_and(requires);
            let said = operation.value.get_str("operationId").unwrap_or("");
            if WRITES.contains(&method) && !closed && !is_public(name) && !is_public(said) {
                open.push((operation.key.span(), own.is_some()));
            }
        }
    }
    if secured {
        for (span, said) in open {
            // Who writes an empty list has thought of it.
            let severity = if said { Low } else { OPEN_OPERATION.meta.severity };
            teller.tell_as(
                &OPEN_OPERATION,
                severity,
                span,
                "other operations ask who is there, this one does not; give it `security`, or take away the empty one",
            );
        }
    } else if writes > 0 && schemes.is_none() && !sends_keys {
        teller.tell(
            &NO_SECURITY,
            paths.key.span(),
            "operations here change things, and nothing says who may: describe the scheme and require it, \
             so that clients, gateways and tests know",
        );
    }
}

/// Whether a list of requirements lets nobody in without one.
fn requires(security: Node<'_>) -> bool {
    let mut any = false;
    for requirement in security.items() {
        if requirement.entries().next().is_none() {
            return false;
        }
        any = true;
    }
    any
}

fn is_public(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    PUBLIC.iter().any(|word| name.contains(word))
}

fn unknown_schemes(security: Node<'_>, known: &dyn Fn(&str) -> bool, teller: &mut Teller<'_, '_>) {
    for requirement in security.items().flat_map(Node::entries) {
        if requirement.key.as_str().is_some_and(|name| !known(name)) {
            teller.tell(
                &UNKNOWN_SCHEME,
                requirement.key.span(),
                "no scheme has this name, so that generated servers and gateways ask for nothing; define it",
            );
        }
    }
}

fn judge_scheme(scheme: Node<'_>, teller: &mut Teller<'_, '_>) {
    let Some(kind) = scheme.entry("type") else { return };
    let place = |key: &str| scheme.entry(key).map_or(kind.key.span(), |entry| entry.value.span());
    match kind.value.as_str() {
        Some("apiKey") if scheme.get_str("in") == Some("query") => teller.tell(
            &KEY_IN_QUERY,
            place("in"),
            "addresses stand in the logs of every proxy on the way, and in histories; send it in a header",
        ),
        Some("basic") => teller.tell(&BASIC, kind.value.span(), BASIC_MESSAGE),
        Some("http") if scheme.get_str("scheme").is_some_and(|name| name.eq_ignore_ascii_case("basic")) => {
            teller.tell(&BASIC, place("scheme"), BASIC_MESSAGE);
        }
        Some("oauth2") => judge_oauth(scheme, teller),
        _ => {}
    }
}

const BASIC_MESSAGE: &str =
    "a client that keeps the password can lose it, and it cannot be taken back alone; give out tokens that end";

fn judge_oauth(scheme: Node<'_>, teller: &mut Teller<'_, '_>) {
    const MESSAGE: &str = "tokens in addresses leak, and passwords belong to nobody but the one who signs in; \
                           use the authorization code flow with PKCE";
    if let Some(flow) = scheme.entry("flow")
        && matches!(flow.value.as_str(), Some("implicit" | "password"))
    {
        teller.tell(&OLD_FLOW, flow.value.span(), MESSAGE);
    }
    let flows = scheme.get("flows");
    for flow in flows.into_iter().flat_map(Node::entries) {
        if matches!(flow.key.as_str(), Some("implicit" | "password")) {
            teller.tell(&OLD_FLOW, flow.key.span(), MESSAGE);
        }
    }
    let holders = flows.into_iter().flat_map(Node::entries).map(|flow| flow.value).chain([scheme]);
    for holder in holders {
        for name in ["authorizationUrl", "tokenUrl", "refreshUrl"] {
            if let Some(url) = holder.get(name).filter(|url| url.as_str().is_some_and(is_plain)) {
                teller.tell(&PLAIN_OAUTH, url.span(), "everybody on the way reads the code and the token; use https");
            }
        }
    }
}

fn judge_servers(root: Node<'_>, teller: &mut Teller<'_, '_>) {
    const MESSAGE: &str =
        "clients that are made from this send what they have readable for everybody on the way; use https";
    for server in root.get("servers").into_iter().flat_map(Node::items) {
        if let Some(url) = server.get("url").filter(|url| url.as_str().is_some_and(is_plain)) {
            teller.tell(&PLAIN_SERVER, url.span(), MESSAGE);
        }
    }
    let local = root.get_str("host").is_some_and(|host| is_plain(&format!("http://{host}")));
    let schemes: Vec<_> = root.get("schemes").into_iter().flat_map(Node::items).collect();
    if let [only] = schemes.as_slice()
        && only.as_str() == Some("http")
        && local
    {
        teller.tell(&PLAIN_SERVER, only.span(), MESSAGE);
    }
}

/// Whether an address is plain HTTP to another machine.
fn is_plain(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let host = rest.split(['/', ':', '?']).next().unwrap_or("");
    let inside = ["localhost", "0.0.0.0", "[", "host.docker.internal"].iter().any(|name| host.starts_with(name))
        || ["127.", "10.", "192.168."].iter().any(|start| host.starts_with(start))
        || [".local", ".internal", ".localhost", ".test", ".svc", ".example"].iter().any(|end| host.ends_with(end));
    host.contains('.') && !inside && !host.contains(['{', '<', '$']) && !host.ends_with("example.com")
}

/// Whether a header that carries a key is described as any other parameter is.
fn has_key_parameter(holder: Node<'_>) -> bool {
    let headers = holder.get("parameters").into_iter().flat_map(Node::items);
    let headers = headers.filter(|one| one.get_str("in") == Some("header"));
    let names = headers.filter_map(|one| one.get_str("name"));
    names.map(str::to_ascii_lowercase).any(|name| {
        name == "authorization" || name.contains("api-key") || name.contains("apikey") || name.ends_with("token")
    })
}

fn secret_parameters(holder: Node<'_>, teller: &mut Teller<'_, '_>) {
    for parameter in holder.get("parameters").into_iter().flat_map(Node::items) {
        // Paths that hold a token are made for one use.
        let placed = parameter.get_str("in") == Some("query");
        let Some(name) = parameter.get("name").filter(|_| placed) else { continue };
        if name.as_str().is_some_and(crate::code::is_secret) {
            teller.tell(
                &SECRET_IN_URL,
                name.span(),
                "addresses stand in logs, histories and referrers; take it in a header or in the body",
            );
        }
    }
}
