//! Commands, queries, files, addresses and pages that somebody else chooses.

use palisade_model::Severity::{High, Low, Medium};

use super::GO;
use crate::Check;
use crate::code::rule::{At, Test, call, danger, rule, set};
use crate::code::{likely, meta};

const PAGE: &str = include_str!("injection.md");

/// See the page.
pub(in crate::code) static CHECKS: &[Check] = &[
    Check::on_code(
        meta("code/go-sql-injection", "SQL is pieced together with values", PAGE, High, &["CWE-89", "OWASP-2021:A03"]),
        rule(
            GO,
            &[
                call(&["*.Query", "*.QueryRow", "*.Exec", "*.Prepare", "*.Raw", "*.Queryx", "*.MustExec"], &[(At::Arg(0, "query"), Test::Sql)]),
                call(
                    &["*.QueryContext", "*.QueryRowContext", "*.ExecContext", "*.PrepareContext"],
                    &[(At::Arg(1, "query"), Test::Sql)],
                ),
                call(
                    &["*.Query", "*.QueryRow", "*.Exec", "*.Get", "*.Select", "*.GetContext", "*.SelectContext"],
                    &[(At::Arg(1, "query"), Test::SqlText)],
                ),
            ],
            "a value is part of this statement's text, so it can end the statement and begin another; \
             pass it as a parameter",
        )
        .words(&["Query", "Exec", "Prepare", ".Raw("]),
    ),
    Check::on_code(
        meta("code/go-shell-injection", "shell command is pieced together with values", PAGE, High, &["CWE-78", "OWASP-2021:A03"]),
        rule(
            GO,
            &[
                call(
                    &["os/exec.Command"],
                    &[(At::Arg(0, "name"), Test::Text(SHELLS)), (At::Arg(1, "flag"), Test::Text(&["-c", "/c", "-ec", "-lc"])), (At::Arg(2, "command"), Test::Injected(danger::SHELL))],
                ),
                call(
                    &["os/exec.CommandContext"],
                    &[(At::Arg(1, "name"), Test::Text(SHELLS)), (At::Arg(2, "flag"), Test::Text(&["-c", "/c", "-ec", "-lc"])), (At::Arg(3, "command"), Test::Injected(danger::SHELL))],
                ),
            ],
            "a shell reads this text, so a value with `;` or `$(…)` in it runs commands of its own; \
             run the program itself with a list of arguments",
        ),
    ),
    Check::on_code(
        meta("code/go-program-from-outside", "program to run comes from a request", PAGE, High, &["CWE-78", "OWASP-2021:A03"]),
        rule(
            GO,
            &[
                call(&["os/exec.Command", "syscall.Exec", "os.StartProcess"], &[(At::Arg(0, "name"), Test::Outside(danger::SHELL))]),
                call(&["os/exec.CommandContext"], &[(At::Arg(1, "name"), Test::Outside(danger::SHELL))]),
            ],
            "whoever chooses this name chooses which program runs; look it up in a list of what is allowed",
        )
        .words(&["os/exec", "syscall.Exec", "StartProcess"]),
    ),
    Check::on_code(
        meta("code/go-path-traversal", "path of a file comes from outside", PAGE, High, &["CWE-22", "OWASP-2021:A01"]),
        rule(
            GO,
            &[
                call(
                    &["os.Open", "os.OpenFile", "os.Create", "os.ReadFile", "os.WriteFile", "os.Remove", "os.RemoveAll", "os.ReadDir", "os.Mkdir", "os.MkdirAll", "io/ioutil.ReadFile", "io/ioutil.WriteFile"],
                    &[(At::Arg(0, "name"), Test::Outside(danger::PATH))],
                ),
                call(&["net/http.ServeFile"], &[(At::Arg(2, "name"), Test::Outside(danger::PATH))]),
                call(&["github_com/gin-gonic/gin.Context.File", "github_com/gin-gonic/gin.Context.FileAttachment"], &[(At::Arg(0, "path"), Test::Outside(danger::PATH))]),
            ],
            "`../` in this value reaches any file that this program can read; \
             open it through `os.Root`, or check it with `filepath.IsLocal`",
        )
        .words(&["http", "gin", "echo", "fiber"]),
    ),
    Check::on_code(
        likely(meta("code/go-archive-extraction", "members of an archive are written wherever they say", PAGE, High, &["CWE-22", "OWASP-2021:A08"])),
        rule(
            GO,
            &[call(&["os.Create", "os.OpenFile", "os.WriteFile", "os.MkdirAll", "os.Symlink"], &[(At::Arg(0, "name"), Test::Member)])],
            "a member named `../../x` is written outside of the folder; check it with `filepath.IsLocal` first",
        )
        .words(&["archive/tar", "archive/zip"]),
    ),
    Check::on_code(
        meta("code/go-request-forgery", "address of a request comes from outside", PAGE, High, &["CWE-918", "OWASP-2021:A10"]),
        rule(
            GO,
            &[
                call(&["net/http.Get", "net/http.Post", "net/http.Head", "net/http.PostForm", "net/http.Client.Get", "net/http.Client.Post", "net/http.DefaultClient.Get"], &[(At::Arg(0, "url"), Test::Outside(danger::URL))]),
                call(&["net/http.NewRequest"], &[(At::Arg(1, "url"), Test::Outside(danger::URL))]),
                call(&["net/http.NewRequestWithContext"], &[(At::Arg(2, "url"), Test::Outside(danger::URL))]),
                call(&["net.Dial", "net.DialTimeout"], &[(At::Arg(1, "address"), Test::Outside(danger::URL))]),
            ],
            "whoever chooses this address reaches what only this server can: the cloud's metadata, databases, \
             other services; compare the host with those that are allowed",
        )
        .words(&["net/http", "net.Dial"]),
    ),
    Check::on_code(
        meta("code/go-open-redirect", "visitors are sent to an address from outside", PAGE, Medium, &["CWE-601", "OWASP-2021:A01"]),
        rule(
            GO,
            &[
                call(&["net/http.Redirect"], &[(At::Arg(2, "url"), Test::Outside(danger::URL))]),
                call(&["github_com/gin-gonic/gin.Context.Redirect"], &[(At::Arg(1, "location"), Test::Outside(danger::URL))]),
            ],
            "a link to this site can lead anywhere, which makes false sign-in pages credible; allow only paths of this site",
        )
        .words(&["Redirect("]),
    ),
    Check::on_code(
        meta("code/go-html-injection", "value is called safe HTML", PAGE, High, &["CWE-79", "OWASP-2021:A03"]),
        rule(
            GO,
            &[
                call(&["html/template.HTML", "html/template.JS", "html/template.URL", "html/template.HTMLAttr"], &[(At::Arg(0, "text"), Test::Injected(danger::HTML))]),
                call(&["fmt.Fprintf", "fmt.Fprint", "io.WriteString"], &[(At::Arg(0, "w"), Test::From(&["net/http.ResponseWriter"])), (At::Arg(1, "format"), Test::Has(&["<"])), (At::Any, Test::Outside(danger::HTML))]),
            ],
            "a value with `<script>` in it runs in the browser of whoever sees this; let `html/template` escape it",
        )
        .words(&["html/template", "Fprint", "WriteString"]),
    ),
    Check::on_code(
        meta("code/go-template-injection", "template is made of a value", PAGE, High, &["CWE-1336", "OWASP-2021:A03"]),
        rule(
            GO,
            &[call(&["html/template.New().Parse", "text/template.New().Parse", "*.Template.Parse"], &[(At::Arg(0, "text"), Test::Outside(0))])],
            "a value becomes part of the template itself and can call its functions; keep the template fixed",
        )
        .words(&["/template"]),
    ),
    Check::on_code(
        meta("code/go-ldap-injection", "LDAP filter is pieced together with values", PAGE, High, &["CWE-90", "OWASP-2021:A03"]),
        rule(
            GO,
            &[call(&["*.NewSearchRequest"], &[(At::Arg(6, "filter"), Test::Injected(danger::QUERY))])],
            "a value with `*` or `)(` in it changes whom this finds; use `ldap.EscapeFilter`",
        ),
    ),
    Check::on_code(
        meta("code/go-predictable-temporary-file", "temporary file has a name that can be guessed", PAGE, Low, &["CWE-377"]),
        rule(
            GO,
            &[call(&["os.Create", "os.WriteFile", "io/ioutil.WriteFile", "os.OpenFile"], &[(At::Arg(0, "name"), Test::Temporary)])],
            "somebody can create a file or a link of this name first; use `os.CreateTemp`",
        )
        .words(&["\"/tmp/", "\"/var/tmp/"]),
    ),
    Check::on_code(
        meta("code/go-world-writable", "everybody on the machine may write this file", PAGE, Medium, &["CWE-732"]),
        rule(
            GO,
            &[
                call(&["os.Chmod", "os.Mkdir", "os.MkdirAll"], &[(At::Arg(1, "perm"), Test::WorldWritable)]),
                call(&["os.OpenFile", "os.WriteFile", "io/ioutil.WriteFile"], &[(At::Arg(2, "perm"), Test::WorldWritable)]),
            ],
            "any program on this machine can change what this one trusts; leave out the last write bit: 0o755, 0o644",
        )
        .words(&["0777", "0o777", "0666", "0o666", "0776", "0667", "0767"]),
    ),
    Check::on_code(
        likely(meta("code/go-bind-all", "server listens on every address", PAGE, Low, &["CWE-605"])),
        rule(
            GO,
            &[
                call(&["net/http.ListenAndServe", "net/http.ListenAndServeTLS"], &[(At::Arg(0, "addr"), Test::Has(&["0.0.0.0:", "[::]:"]))]),
                call(&["net.Listen", "crypto/tls.Listen"], &[(At::Arg(1, "address"), Test::Has(&["0.0.0.0:", "[::]:"]))]),
            ],
            "every network that this machine is in reaches this port; take the address from the settings, \
             with 127.0.0.1 as the default",
        )
        .words(&["0.0.0.0:", "[::]:"]),
    ),
    Check::on_code(
        meta("code/go-profiler-open", "profiler answers on the public server", PAGE, Medium, &["CWE-489", "OWASP-2021:A05"]),
        rule(
            GO,
            &[
                call(&["net/http.ListenAndServe"], &[(At::Arg(0, "addr"), Test::Reachable), (At::Arg(1, "handler"), Test::Null)]),
            ],
            "the default handler has `/debug/pprof`, which shows memory and stops the program's work; \
             listen on 127.0.0.1, or give the server a handler of its own",
        )
        .words(&["net/http/pprof"]),
    ),
    Check::on_code(
        likely(meta("code/go-unbounded-server", "server waits for ever for slow clients", PAGE, Low, &["CWE-400"])),
        rule(
            GO,
            &[call(
                &["net/http.Server"],
                &[(At::Named("ReadHeaderTimeout"), Test::Missing), (At::Named("ReadTimeout"), Test::Missing)],
            )],
            "a few clients that send one byte a minute hold every connection; set `ReadHeaderTimeout`",
        )
        .words(&["http.Server{"]),
    ),
    Check::on_code(
        meta("code/go-cross-site-cookie", "cookie is open to scripts", PAGE, Low, &["CWE-1004", "OWASP-2021:A05"]),
        rule(
            GO,
            &[
                call(&["net/http.Cookie"], &[(At::Named("HttpOnly"), Test::Is(false)), (At::Named("Value"), Test::Unfixed)]),
                set(&["*.Cookie.HttpOnly"], &[(At::Value, Test::Is(false))]),
            ],
            "an injected script reads this cookie and takes over the session; set `HttpOnly`",
        )
        .words(&["HttpOnly"]),
    ),
];

const SHELLS: &[&str] =
    &["sh", "bash", "/bin/sh", "/bin/bash", "/usr/bin/bash", "zsh", "cmd", "cmd.exe", "powershell", "pwsh"];
