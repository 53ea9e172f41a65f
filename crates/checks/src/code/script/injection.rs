//! Texts that something else reads as commands: SQL, shell, JavaScript, HTML, queries.

use palisade_model::Severity::{High, Medium};

use super::SCRIPT;
use crate::Check;
use crate::code::rule::{At, Test, call, danger, rule, set};
use crate::code::{likely, meta};

const PAGE: &str = include_str!("injection.md");

/// See the page.
pub(in crate::code) static CHECKS: &[Check] = &[
    Check::on_code(
        meta("code/js-sql-injection", "SQL is pieced together with values", PAGE, High, &["CWE-89", "OWASP-2021:A03"]),
        rule(
            SCRIPT,
            &[
                call(&["*.query", "*.execute", "*.raw", "*.queryRawUnsafe", "*.executeRawUnsafe", "*.$queryRawUnsafe", "*.$executeRawUnsafe", "*.whereRaw", "*.exec", "*.prepare"], &[(At::Arg(0, "sql"), Test::Sql)]),
                call(&["*.query", "*.execute"], &[(At::Field(0, "sql"), Test::Sql)]),
                call(&["*.query"], &[(At::Field(0, "text"), Test::Sql)]),
                call(&["sequelize.literal", "Sequelize.literal", "*.literal"], &[(At::Arg(0, "value"), Test::Injected(danger::SQL))]),
            ],
            "a value is part of this statement's text, so it can end the statement and begin another; \
             pass it as a parameter",
        )
        .words(&["query", "execute", "raw", "RawUnsafe", "whereRaw", "literal(", ".exec(", ".prepare("]),
    ),
    Check::on_code(
        meta("code/js-shell-injection", "shell command is pieced together with values", PAGE, High, &["CWE-78", "OWASP-2021:A03"]),
        rule(
            SCRIPT,
            &[
                call(&["child_process.exec", "child_process.execSync", "shelljs.exec", "*.execCommand"], &[(At::Arg(0, "command"), Test::Injected(danger::SHELL))]),
                call(
                    &["child_process.spawn", "child_process.spawnSync", "child_process.execFile", "child_process.execFileSync"],
                    &[(At::Arg(0, "command"), Test::Outside(danger::SHELL))],
                ),
                call(
                    &["child_process.spawn", "child_process.spawnSync", "execa"],
                    &[(At::Field(2, "shell"), Test::Is(true)), (At::Any, Test::Injected(danger::SHELL))],
                ),
            ],
            "a shell reads this text, so a value with `;` or `$(…)` in it runs commands of its own; \
             use `execFile` with a list of arguments",
        )
        .words(&["child_process", "shelljs", "execa"]),
    ),
    Check::on_code(
        likely(meta("code/js-eval", "text is run as JavaScript", PAGE, High, &["CWE-95", "OWASP-2021:A03"])),
        rule(
            SCRIPT,
            &[
                call(&["eval", "Function", "window.eval", "global.eval"], &[(At::Any, Test::Given)]),
                call(&["setTimeout", "setInterval"], &[(At::Arg(0, "code"), Test::Outside(danger::CODE))]),
                call(
                    &["vm.runInContext", "vm.runInNewContext", "vm.runInThisContext", "vm.Script", "vm2.VM().run", "safe-eval", "vm.compileFunction"],
                    &[(At::Arg(0, "code"), Test::Given)],
                ),
            ],
            "whoever chooses this text runs code in this program; the `vm` module is no sandbox either",
        )
        .words(&["eval(", "Function(", "setTimeout", "setInterval", "vm", "safe-eval"]),
    ),
    Check::on_code(
        meta("code/js-nosql-injection", "query is an object that a request sends", PAGE, High, &["CWE-943", "OWASP-2021:A03"]),
        rule(
            SCRIPT,
            &[
                call(
                    &["*.find", "*.findOne", "*.findOneAndUpdate", "*.findOneAndDelete", "*.deleteOne", "*.deleteMany", "*.updateOne", "*.updateMany", "*.update", "*.remove", "*.countDocuments"],
                    &[(At::Arg(0, "filter"), Test::BodyField)],
                ),
                set(&["*.$where"], &[(At::Value, Test::Injected(danger::CODE))]),
            ],
            "a request can send `{\"$ne\": null}` instead of a text, which finds everything; \
             convert it with `String(…)`, or check it against a schema",
        )
        .words(&["mongo", "collection", "$where", "Model", "Schema", "db."]),
    ),
    Check::on_code(
        likely(meta("code/js-html-injection", "value becomes HTML without being escaped", PAGE, Medium, &["CWE-79", "OWASP-2021:A03"])),
        rule(
            SCRIPT,
            &[
                set(&["*.innerHTML", "*.outerHTML", "*.srcdoc"], &[(At::Value, Test::Injected(danger::HTML))]),
                call(&["*.insertAdjacentHTML"], &[(At::Arg(1, "text"), Test::Injected(danger::HTML))]),
                call(&["document.write", "document.writeln"], &[(At::Arg(0, "text"), Test::Injected(danger::HTML))]),
                set(&["*.__html"], &[(At::Value, Test::Outside(danger::HTML))]),
                call(&["*.bypassSecurityTrustHtml", "*.bypassSecurityTrustScript", "*.bypassSecurityTrustUrl", "*.bypassSecurityTrustResourceUrl"], &[(At::Arg(0, "value"), Test::Unfixed)]),
            ],
            "a value with `<img onerror=…>` in it runs in the browser of whoever sees this; \
             set `textContent`, or clean it with DOMPurify",
        )
        .words(&["innerHTML", "outerHTML", "srcdoc", "insertAdjacentHTML", "document.write", "__html", "bypassSecurityTrust"]),
    ),
    Check::on_code(
        meta("code/js-reflected-html", "answer holds a value from the request as HTML", PAGE, High, &["CWE-79", "OWASP-2021:A03"]),
        rule(
            SCRIPT,
            &[call(
                &["res.send", "res.end", "res.write", "response.send", "response.end", "response.write", "res.status().send"],
                &[(At::Arg(0, "body"), Test::Outside(danger::HTML)), (At::Arg(0, "body"), Test::Has(&["<"]))],
            )],
            "a link with `<script>` in it runs in the browser of whoever follows it; escape the value, or use a template",
        )
        .words(&["res.", "response."]),
    ),
    Check::on_code(
        meta("code/js-template-injection", "template is made of a value", PAGE, High, &["CWE-1336", "OWASP-2021:A03"]),
        rule(
            SCRIPT,
            &[call(
                &["ejs.render", "ejs.compile", "pug.render", "pug.compile", "handlebars.compile", "Handlebars.compile", "nunjucks.renderString", "mustache.render", "lodash.template", "_.template"],
                &[(At::Arg(0, "template"), Test::Injected(0))],
            )],
            "a value becomes part of the template itself and can call anything in this program; \
             keep the template fixed and pass the value as data",
        )
        .words(&["ejs", "pug", "andlebars", "nunjucks", "mustache", "template("]),
    ),
    Check::on_code(
        likely(meta("code/js-regex-injection", "regular expression is made of a value from outside", PAGE, Medium, &["CWE-1333", "CWE-730"])),
        rule(
            SCRIPT,
            &[call(&["RegExp"], &[(At::Arg(0, "pattern"), Test::Outside(danger::QUERY))])],
            "a pattern such as `(a+)+$` keeps this program busy for hours; escape it, or search for plain text",
        )
        .words(&["RegExp("]),
    ),
    Check::on_code(
        meta("code/js-dynamic-require", "module is loaded by a name from outside", PAGE, High, &["CWE-470", "OWASP-2021:A03"]),
        rule(
            SCRIPT,
            &[call(&["require", "import"], &[(At::Arg(0, "id"), Test::Outside(danger::PATH))])],
            "whoever chooses this name chooses which code runs; look it up in a list of what is allowed",
        )
        .words(&["require(", "import("]),
    ),
    Check::on_code(
        likely(meta("code/js-mass-assignment", "record takes every field that a request sends", PAGE, Medium, &["CWE-915", "OWASP-2021:A08"])),
        rule(
            SCRIPT,
            &[
                call(&["*.create", "*.update", "*.insertOne", "*.findByIdAndUpdate", "*.bulkCreate"], &[(At::Any, Test::WholeBody)]),
                call(&["Object.assign", "_.merge", "lodash.merge", "_.defaultsDeep", "lodash.defaultsDeep"], &[(At::Any, Test::WholeBody)]),
            ],
            "a request can set fields that no form shows, such as `isAdmin` or `__proto__`; name the fields that it may set",
        )
        .words(&[".body"]),
    ),
];
