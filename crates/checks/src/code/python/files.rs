//! Files, addresses and ports that somebody else chooses, or that everybody reaches.

use palisade_model::Severity::{High, Low, Medium};

use super::PYTHON;
use crate::Check;
use crate::code::rule::{At, Test, call, danger, rule, set};
use crate::code::{likely, meta};

const PAGE: &str = include_str!("files.md");

/// See the page.
pub(in crate::code) static CHECKS: &[Check] = &[
    Check::on_code(
        meta("code/python-path-traversal", "path of a file comes from outside", PAGE, High, &["CWE-22", "OWASP-2021:A01"]),
        rule(
            PYTHON,
            &[
                call(
                    &[
                        "open", "io.open", "os.open", "os.remove", "os.unlink", "os.rmdir", "os.listdir", "os.makedirs",
                        "os.mkdir", "shutil.rmtree", "shutil.copy", "shutil.copyfile", "shutil.move", "codecs.open",
                        "aiofiles.open", "flask.send_file", "fastapi.responses.FileResponse",
                        "starlette.responses.FileResponse", "django.http.FileResponse",
                    ],
                    &[(At::Arg(0, "file"), Test::Outside(danger::PATH))],
                ),
                call(
                    &["*.read_text", "*.read_bytes", "*.write_text", "*.write_bytes", "*.unlink", "*.open"],
                    &[(At::Receiver, Test::From(&["pathlib.Path()"])), (At::Receiver, Test::Outside(danger::PATH))],
                ),
            ],
            "`../` in this value reaches any file that this program can read; \
             take `os.path.basename` of it, or check that the resolved path is inside of its folder",
        )
        .words(&["open(", "os.", "shutil", "send_file", "FileResponse", "pathlib"]),
    ),
    Check::on_code(
        likely(meta("code/python-archive-extraction", "archive is unpacked wherever it says", PAGE, Medium, &["CWE-22", "OWASP-2021:A08"])),
        rule(
            PYTHON,
            &[
                call(
                    &["*.extractall", "*.extract"],
                    &[
                        (At::Receiver, Test::From(&["tarfile.open()", "tarfile.TarFile()", "tarfile.TarFile.open()"])),
                        (At::Named("filter"), Test::Missing),
                        (At::Named("members"), Test::Missing),
                    ],
                ),
                call(&["shutil.unpack_archive"], &[(At::Arg(0, "filename"), Test::Outside(danger::PATH)), (At::Named("filter"), Test::Missing)]),
            ],
            "members named `../../x` or links in this archive are written outside of the folder; pass `filter=\"data\"`",
        )
        .words(&["tarfile", "unpack_archive"]),
    ),
    Check::on_code(
        meta("code/python-request-forgery", "address of a request comes from outside", PAGE, High, &["CWE-918", "OWASP-2021:A10"]),
        rule(
            PYTHON,
            &[
                call(
                    &[
                        "requests.get", "requests.post", "requests.put", "requests.delete", "requests.head", "requests.patch",
                        "httpx.get", "httpx.post", "httpx.put", "httpx.delete", "httpx.head", "urllib.request.urlopen",
                        "urllib2.urlopen", "urllib.request.urlretrieve", "requests.Session().get", "requests.Session().post",
                        "httpx.AsyncClient().get", "httpx.Client().get", "aiohttp.ClientSession().get",
                        "aiohttp.ClientSession().post",
                    ],
                    &[(At::Arg(0, "url"), Test::Outside(danger::URL))],
                ),
                call(
                    &["requests.request", "httpx.request", "requests.Session().request"],
                    &[(At::Arg(1, "url"), Test::Outside(danger::URL))],
                ),
            ],
            "whoever chooses this address reaches what only this server can: the cloud's metadata, databases, \
             other services; compare the host with those that are allowed",
        )
        .words(&["requests", "httpx", "urlopen", "aiohttp", "urlretrieve"]),
    ),
    Check::on_code(
        meta("code/python-open-redirect", "visitors are sent to an address from outside", PAGE, Medium, &["CWE-601", "OWASP-2021:A01"]),
        rule(
            PYTHON,
            &[call(
                &[
                    "flask.redirect", "django.shortcuts.redirect", "django.http.HttpResponseRedirect", "werkzeug.utils.redirect",
                    "starlette.responses.RedirectResponse", "fastapi.responses.RedirectResponse",
                ],
                &[(At::Arg(0, "url"), Test::Outside(danger::URL))],
            )],
            "a link to this site can lead anywhere, which makes false sign-in pages credible; \
             allow only paths of this site",
        )
        .words(&["redirect", "Redirect"]),
    ),
    Check::on_code(
        meta("code/python-predictable-temporary-file", "temporary file has a name that can be guessed", PAGE, Medium, &["CWE-377"]),
        rule(
            PYTHON,
            &[call(&["tempfile.mktemp", "os.tempnam", "os.tmpnam"], &[])],
            "somebody can create a file or a link of this name first; use `tempfile.NamedTemporaryFile` or `mkstemp`",
        )
        .words(&["mktemp", "tempnam", "tmpnam"]),
    ),
    Check::on_code(
        meta("code/python-world-writable", "everybody on the machine may write this file", PAGE, Medium, &["CWE-732"]),
        rule(
            PYTHON,
            &[
                call(&["os.chmod", "os.fchmod", "os.lchmod"], &[(At::Arg(1, "mode"), Test::WorldWritable)]),
                call(&["*.chmod"], &[(At::Receiver, Test::From(&["pathlib.Path()"])), (At::Arg(0, "mode"), Test::WorldWritable)]),
            ],
            "any program on this machine can change what this one trusts; leave out the last write bit: 0o755, 0o644",
        )
        .words(&["chmod"]),
    ),
    Check::on_code(
        likely(meta("code/python-bind-all", "server listens on every address", PAGE, Low, &["CWE-605"])),
        rule(
            PYTHON,
            &[
                call(&["*.bind"], &[(At::Receiver, Test::From(&["socket.socket()"])), (At::Arg(0, "address"), Test::Holds(&["0.0.0.0", "::", ""]))]),
                call(&["uvicorn.run", "waitress.serve", "flask.Flask().run", "app.run"], &[(At::Named("host"), Test::Text(&["0.0.0.0", "::"]))]),
            ],
            "every network that this machine is in reaches this port; take the address from the settings, \
             with 127.0.0.1 as the default",
        )
        .words(&["0.0.0.0", ".bind((\"\"", ".bind((''", "\"::\""]),
    ),
    Check::on_code(
        meta("code/python-debug-server", "debugger is open to visitors", PAGE, High, &["CWE-489", "OWASP-2021:A05"]),
        rule(
            PYTHON,
            &[call(&["flask.Flask().run", "app.run", "application.run"], &[(At::Named("debug"), Test::Is(true))])],
            "Werkzeug's debugger runs any Python for whoever reaches an error page; take `debug` from the environment",
        )
        .words(&["debug=True", "debug = True"]),
    ),
    Check::on_code(
        likely(meta("code/python-debug-setting", "debug mode is on in the settings", PAGE, Medium, &["CWE-489", "OWASP-2021:A05"])),
        rule(
            PYTHON,
            &[
                set(&["app.debug", "application.debug", "app.config.DEBUG", "flask.Flask().debug", "flask.Flask().config.DEBUG"], &[(At::Value, Test::Is(true))]),
                set(&["DEBUG"], &[(At::Value, Test::Is(true))]),
            ],
            "error pages show settings, queries and source to visitors; take it from the environment, off by default",
        )
        .words(&["DEBUG = True", "app.debug", "DEBUG\"] = True", "DEBUG'] = True"]),
    ),
    Check::on_code(
        meta("code/python-plaintext-protocol", "protocol sends passwords readable", PAGE, Medium, &["CWE-319"]),
        rule(
            PYTHON,
            &[call(&["telnetlib.Telnet", "ftplib.FTP"], &[])],
            "everybody on the way can read the password and change what is sent; use SSH, SFTP or `ftplib.FTP_TLS`",
        )
        .words(&["telnetlib", "ftplib"]),
    ),
];
