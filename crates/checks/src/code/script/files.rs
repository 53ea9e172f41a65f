//! Files, addresses and pages that somebody else chooses, and settings that open them.

use palisade_model::Severity::{High, Low, Medium};

use super::SCRIPT;
use crate::Check;
use crate::code::rule::{At, Test, call, danger, rule, set};
use crate::code::{likely, meta};

const PAGE: &str = include_str!("files.md");

/// See the page.
pub(in crate::code) static CHECKS: &[Check] = &[
    Check::on_code(
        meta("code/js-path-traversal", "path of a file comes from outside", PAGE, High, &["CWE-22", "OWASP-2021:A01"]),
        rule(
            SCRIPT,
            &[
                call(
                    &[
                        "fs.readFile",
                        "fs.readFileSync",
                        "fs.createReadStream",
                        "fs.createWriteStream",
                        "fs.writeFile",
                        "fs.writeFileSync",
                        "fs.unlink",
                        "fs.unlinkSync",
                        "fs.rm",
                        "fs.rmSync",
                        "fs.readdir",
                        "fs.readdirSync",
                        "fs.appendFile",
                        "fs.promises.readFile",
                        "fs.promises.writeFile",
                        "fs.promises.unlink",
                        "fs.promises.rm",
                        "fs.promises.readdir",
                        "fs.promises.open",
                        "fs-extra.readFile",
                        "fs-extra.remove",
                        "fs-extra.outputFile",
                        "fs-extra.readFileSync",
                    ],
                    &[(At::Arg(0, "path"), Test::Outside(danger::PATH))],
                ),
                call(
                    &["res.sendFile", "res.download", "response.sendFile", "reply.sendFile"],
                    &[
                        (At::Arg(0, "path"), Test::Outside(danger::PATH)),
                        (At::Arg(1, "options"), Test::NoField("root")),
                    ],
                ),
            ],
            "`../` in this value reaches any file that this program can read; \
             take `path.basename` of it, or check that the resolved path is inside of its folder",
        )
        .words(&["fs", "sendFile", "download("]),
    ),
    Check::on_code(
        meta(
            "code/js-request-forgery",
            "address of a request comes from outside",
            PAGE,
            High,
            &["CWE-918", "OWASP-2021:A10"],
        ),
        rule(
            SCRIPT,
            &[
                call(
                    &[
                        "fetch",
                        "node-fetch",
                        "axios",
                        "axios.get",
                        "axios.post",
                        "axios.put",
                        "axios.delete",
                        "axios.request",
                        "got",
                        "got.get",
                        "got.post",
                        "got.stream",
                        "http.get",
                        "https.get",
                        "http.request",
                        "https.request",
                        "superagent.get",
                        "undici.request",
                        "undici.fetch",
                        "needle.get",
                        "request",
                        "request.get",
                    ],
                    &[(At::Arg(0, "url"), Test::Outside(danger::URL))],
                ),
                call(
                    &["axios", "axios.request", "request", "got"],
                    &[(At::Field(0, "url"), Test::Outside(danger::URL))],
                ),
                call(&["*.goto"], &[(At::Arg(0, "url"), Test::Outside(danger::URL))]),
            ],
            "whoever chooses this address reaches what only this server can: the cloud's metadata, databases, \
             other services; compare the host with those that are allowed",
        )
        .words(&["fetch(", "axios", "got", "http", "superagent", "undici", "needle", "request", "goto("]),
    ),
    Check::on_code(
        meta(
            "code/js-open-redirect",
            "visitors are sent to an address from outside",
            PAGE,
            Medium,
            &["CWE-601", "OWASP-2021:A01"],
        ),
        rule(
            SCRIPT,
            &[
                call(
                    &[
                        "res.redirect",
                        "response.redirect",
                        "ctx.redirect",
                        "reply.redirect",
                        "NextResponse.redirect",
                        "next/server.NextResponse.redirect",
                    ],
                    &[(At::Any, Test::Outside(danger::URL))],
                ),
                set(
                    &["window.location", "window.location.href", "location.href", "document.location"],
                    &[(At::Value, Test::Outside(danger::URL))],
                ),
                call(
                    &["window.location.assign", "window.location.replace", "location.assign", "location.replace"],
                    &[(At::Arg(0, "url"), Test::Outside(danger::URL))],
                ),
            ],
            "a link to this site can lead anywhere, or run `javascript:`; allow only paths of this site",
        )
        .words(&["redirect", "location"]),
    ),
    Check::on_code(
        likely(meta("code/js-message-from-anywhere", "message is sent to any page", PAGE, Medium, &["CWE-346"])),
        rule(
            SCRIPT,
            &[call(
                &[
                    "window.parent.postMessage",
                    "parent.postMessage",
                    "window.opener.postMessage",
                    "window.top.postMessage",
                    "*.contentWindow.postMessage",
                ],
                &[(At::Arg(1, "targetOrigin"), Test::Text(&["*"]))],
            )],
            "whichever page holds this frame reads the message; name the origin that may have it",
        )
        .words(&["postMessage"]),
    ),
    Check::on_code(
        likely(meta("code/js-xml-entities", "XML reader follows entities", PAGE, High, &["CWE-611", "OWASP-2021:A05"])),
        rule(
            SCRIPT,
            &[call(
                &[
                    "libxmljs.parseXml",
                    "libxmljs2.parseXml",
                    "libxmljs.parseXmlString",
                    "libxmljs2.parseXmlString",
                    "libxmljs2.parseXmlAsync",
                ],
                &[(At::Field(1, "noent"), Test::Is(true))],
            )],
            "an entity in the document reads files of this machine or asks other servers; leave `noent` off",
        )
        .words(&["libxmljs"]),
    ),
    Check::on_code(
        meta(
            "code/js-unsafe-deserialisation",
            "text becomes objects with functions",
            PAGE,
            High,
            &["CWE-502", "OWASP-2021:A08"],
        ),
        rule(
            SCRIPT,
            &[
                call(
                    &[
                        "node-serialize.unserialize",
                        "serialize-javascript.deserialize",
                        "funcster.deepDeserialize",
                        "cryo.parse",
                    ],
                    &[(At::Arg(0, "text"), Test::Unfixed)],
                ),
                call(&["js-yaml.load", "js-yaml.loadAll"], &[(At::Any, Test::From(&["*.DEFAULT_FULL_SCHEMA"]))]),
                call(&["v8.deserialize"], &[(At::Arg(0, "buffer"), Test::Outside(0))]),
            ],
            "functions in this text run while it is read; use JSON",
        )
        .words(&["serialize", "funcster", "cryo", "js-yaml"]),
    ),
    Check::on_code(
        likely(meta(
            "code/js-archive-extraction",
            "members of an archive are written wherever they say",
            PAGE,
            Medium,
            &["CWE-22", "OWASP-2021:A08"],
        )),
        rule(
            SCRIPT,
            &[call(
                &["fs.createWriteStream", "fs.writeFileSync", "fs.writeFile", "fs.promises.writeFile"],
                &[(At::Arg(0, "path"), Test::Member)],
            )],
            "a member named `../../x` is written outside of the folder; check that the resolved path is inside of it",
        )
        .words(&["unzip", "yauzl", "adm-zip", "jszip", "tar-stream"]),
    ),
    Check::on_code(
        likely(meta(
            "code/js-world-writable",
            "everybody on the machine may write this file",
            PAGE,
            Medium,
            &["CWE-732"],
        )),
        rule(
            SCRIPT,
            &[call(
                &["fs.chmod", "fs.chmodSync", "fs.promises.chmod", "fs.fchmod", "fs.fchmodSync"],
                &[(At::Arg(1, "mode"), Test::WorldWritable)],
            )],
            "any program on this machine can change what this one trusts; leave out the last write bit: 0o755, 0o644",
        )
        .words(&["chmod"]),
    ),
    Check::on_code(
        likely(meta("code/js-bind-all", "server listens on every address", PAGE, Low, &["CWE-605"])),
        rule(
            SCRIPT,
            &[
                call(&["*.listen"], &[(At::Arg(1, "host"), Test::Text(&["0.0.0.0", "::"]))]),
                call(&["*.listen"], &[(At::Field(0, "host"), Test::Text(&["0.0.0.0", "::"]))]),
            ],
            "every network that this machine is in reaches this port; take the address from the settings, \
             with 127.0.0.1 as the default",
        )
        .words(&["0.0.0.0", "'::'", "\"::\""]),
    ),
    Check::on_code(
        meta("code/js-electron-open", "page in Electron reaches the machine", PAGE, High, &["CWE-1188"]),
        rule(
            SCRIPT,
            &[
                set(
                    &["*.nodeIntegration", "*.nodeIntegrationInWorker", "*.allowRunningInsecureContent"],
                    &[(At::Value, Test::Is(true))],
                ),
                set(&["*.contextIsolation", "*.webSecurity"], &[(At::Value, Test::Is(false))]),
            ],
            "one injected script in this window runs programs on the user's machine; keep Electron's defaults",
        )
        .words(&["nodeIntegration", "contextIsolation", "webSecurity", "allowRunningInsecureContent"]),
    ),
    Check::on_code(
        likely(meta("code/js-error-shown", "stack of an error is sent to visitors", PAGE, Low, &["CWE-209"])),
        rule(
            SCRIPT,
            &[call(
                &["res.send", "res.json", "res.end", "res.status().send", "res.status().json", "response.send"],
                &[(At::Any, Test::From(&["*.stack"]))],
            )],
            "names of files, versions and queries help whoever looks for a hole; log the error, and send a number",
        )
        .words(&[".stack"]),
    ),
];
