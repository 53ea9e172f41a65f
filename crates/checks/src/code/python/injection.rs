//! Texts that something else reads as commands: SQL, shell, Python, templates, filters.

use palisade_model::Severity::{High, Medium};

use super::PYTHON;
use crate::Check;
use crate::code::rule::{At, Test, call, danger, rule, set};
use crate::code::{likely, meta};

const PAGE: &str = include_str!("injection.md");

/// See the page.
pub(in crate::code) static CHECKS: &[Check] = &[
    Check::on_code(
        meta("code/python-sql-injection", "SQL is pieced together with values", PAGE, High, &["CWE-89", "OWASP-2021:A03"]),
        rule(
            PYTHON,
            &[
                call(
                    &["*.execute", "*.executemany", "*.executescript", "*.raw", "*.read_sql", "*.read_sql_query", "*.mogrify"],
                    &[(At::Arg(0, "query"), Test::Sql)],
                ),
                call(&["*.RawSQL", "*.exec_driver_sql"], &[(At::Arg(0, "sql"), Test::Sql)]),
            ],
            "a value is part of this statement's text, so it can end the statement and begin another; \
             pass it as a parameter",
        )
        .words(&["execute", ".raw(", "read_sql", "mogrify", "RawSQL", "exec_driver_sql"])
        .also(&["SELECT", "INSERT", "UPDATE", "DELETE", "select ", "insert ", "update ", "delete ", "DROP", "CREATE", "ALTER", "TRUNCATE", "WHERE", "where "]),
    ),
    Check::on_code(
        meta("code/python-shell-injection", "shell command is pieced together with values", PAGE, High, &["CWE-78", "OWASP-2021:A03"]),
        rule(
            PYTHON,
            &[
                call(
                    &["subprocess.run", "subprocess.call", "subprocess.Popen", "subprocess.check_output", "subprocess.check_call"],
                    &[(At::Named("shell"), Test::Is(true)), (At::Arg(0, "args"), Test::Injected(danger::SHELL))],
                ),
                call(
                    &[
                        "os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput",
                        "asyncio.create_subprocess_shell", "commands.getoutput", "*.exec_command",
                    ],
                    &[(At::Arg(0, "cmd"), Test::Injected(danger::SHELL))],
                ),
            ],
            "a shell reads this text, so a value with `;` or `$(…)` in it runs commands of its own; \
             pass a list of arguments without a shell, or quote it with `shlex.quote`",
        )
        .words(&["shell=True", "shell = True", "os.system", "popen", "import system", "getoutput", "getstatusoutput", "exec_command", "subprocess_shell"]),
    ),
    Check::on_code(
        likely(meta("code/python-eval", "text is run as Python", PAGE, High, &["CWE-95", "OWASP-2021:A03"])),
        rule(
            PYTHON,
            &[call(&["eval", "exec", "builtins.eval", "builtins.exec"], &[(At::Arg(0, "source"), Test::Given)])],
            "whoever chooses this text runs code in this program; `ast.literal_eval` or `json.loads` reads values safely",
        )
        .words(&["eval(", "exec("]),
    ),
    Check::on_code(
        meta("code/python-template-injection", "template is made of a value", PAGE, High, &["CWE-1336", "OWASP-2021:A03"]),
        rule(
            PYTHON,
            &[
                call(&["flask.render_template_string", "jinja2.Template", "mako.template.Template"], &[(At::Arg(0, "source"), Test::Injected(0))]),
                call(&["*.from_string"], &[(At::Receiver, Test::From(&["jinja2.Environment()"])), (At::Arg(0, "source"), Test::Injected(0))]),
            ],
            "a value becomes part of the template itself and can call anything in this program; \
             keep the template fixed and pass the value as a variable",
        ),
    ),
    Check::on_code(
        meta("code/python-autoescape-off", "templates do not escape what they show", PAGE, Medium, &["CWE-79", "OWASP-2021:A03"]),
        rule(
            PYTHON,
            &[call(&["jinja2.Environment", "jinja2.environment.Environment"], &[(At::Named("autoescape"), Test::Is(false))])],
            "what users type is shown as HTML and runs in the browser of others; \
             set `autoescape=select_autoescape()`",
        ),
    ),
    Check::on_code(
        meta("code/python-html-injection", "value is shown as HTML without being escaped", PAGE, Medium, &["CWE-79", "OWASP-2021:A03"]),
        rule(
            PYTHON,
            &[
                call(
                    &["django.utils.safestring.mark_safe", "markupsafe.Markup", "flask.Markup", "django.utils.safestring.SafeString"],
                    &[(At::Arg(0, "s"), Test::Injected(danger::HTML))],
                ),
                call(
                    &["django.http.HttpResponse", "flask.make_response", "flask.Response", "starlette.responses.HTMLResponse", "fastapi.responses.HTMLResponse"],
                    &[(At::Arg(0, "content"), Test::Outside(danger::HTML)), (At::Arg(0, "content"), Test::Has(&["<"]))],
                ),
            ],
            "a value with `<script>` in it runs in the browser of whoever sees this; \
             escape it, or let a template show it",
        ),
    ),
    Check::on_code(
        meta("code/python-ldap-injection", "LDAP filter is pieced together with values", PAGE, High, &["CWE-90", "OWASP-2021:A03"]),
        rule(
            PYTHON,
            &[
                call(&["*.search_s", "*.search_ext_s", "*.search_st", "*.search_ext"], &[(At::Arg(2, "filterstr"), Test::Injected(danger::QUERY))]),
                call(&["ldap3.Connection().search"], &[(At::Arg(1, "search_filter"), Test::Injected(danger::QUERY))]),
            ],
            "a value with `*` or `)(` in it changes whom this finds; use `ldap.filter.escape_filter_chars`",
        ),
    ),
    Check::on_code(
        meta("code/python-xpath-injection", "XPath is pieced together with values", PAGE, Medium, &["CWE-643", "OWASP-2021:A03"]),
        rule(
            PYTHON,
            &[call(&["*.xpath", "lxml.etree.XPath"], &[(At::Arg(0, "path"), Test::Outside(danger::XML))])],
            "a value with a quote in it changes what this finds; pass it as a variable: `tree.xpath(\"//a[@id=$id]\", id=value)`",
        ),
    ),
    Check::on_code(
        meta("code/python-nosql-injection", "MongoDB runs JavaScript made of a value", PAGE, High, &["CWE-943", "OWASP-2021:A03"]),
        rule(
            PYTHON,
            &[set(&["*.$where", "*.$function"], &[(At::Value, Test::Injected(danger::CODE))])],
            "the database runs this text as JavaScript; write the condition with operators instead",
        )
        .words(&["$where", "$function"]),
    ),
    Check::on_code(
        meta("code/python-dynamic-import", "module is loaded by a name from outside", PAGE, High, &["CWE-470", "OWASP-2021:A03"]),
        rule(
            PYTHON,
            &[call(&["importlib.import_module", "__import__"], &[(At::Arg(0, "name"), Test::Outside(0))])],
            "whoever chooses this name chooses which code runs; look it up in a list of what is allowed",
        ),
    ),
    Check::on_code(
        likely(meta("code/python-regex-injection", "regular expression is made of a value from outside", PAGE, Medium, &["CWE-1333", "CWE-730"])),
        rule(
            PYTHON,
            &[call(
                &["re.compile", "re.search", "re.match", "re.findall", "re.sub", "re.fullmatch", "re.split"],
                &[(At::Arg(0, "pattern"), Test::Outside(danger::QUERY))],
            )],
            "a pattern such as `(a+)+$` keeps this program busy for hours; use `re.escape`, or search for plain text",
        )
        .words(&["re.compile", "re.search", "re.match", "re.findall", "re.sub", "re.fullmatch", "re.split", "from re import"]),
    ),
];
