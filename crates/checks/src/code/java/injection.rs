//! Commands, queries, files, addresses, objects and pages that somebody else chooses.

use palisade_model::Severity::{High, Low, Medium};

use super::JAVA;
use crate::Check;
use crate::code::rule::{At, Test, call, danger, rule};
use crate::code::{likely, meta};

const PAGE: &str = include_str!("injection.md");

/// What makes a path of a text: reported where it is made, not again where it is used.
const MADE_PATHS: &[&str] = &["File", "Path", "File()", "Paths.get()", "Path.of()", "*.toPath()"];

/// See the page.
pub(in crate::code) static CHECKS: &[Check] = &[
    Check::on_code(
        meta("code/java-sql-injection", "SQL is pieced together with values", PAGE, High, &["CWE-89", "OWASP-2021:A03"]),
        rule(
            JAVA,
            &[call(
                &[
                    "*.executeQuery", "*.execute", "*.executeUpdate", "*.executeLargeUpdate", "*.prepareStatement", "*.prepareCall", "*.addBatch",
                    "*.createQuery", "*.createNativeQuery", "*.createSQLQuery", "*.queryForObject", "*.queryForList", "*.queryForMap",
                    "*.queryForRowSet", "*.query", "*.update", "*.batchUpdate", "*.nativeSQL",
                ],
                &[(At::Arg(0, "sql"), Test::Sql)],
            )],
            "a value is part of this statement's text, so it can end the statement and begin another; \
             use `?` and set it as a parameter",
        )
        .words(&["execute", "prepareStatement", "prepareCall", "createQuery", "Query(", "queryFor", ".query(", "pdate(", "addBatch"]),
    ),
    Check::on_code(
        meta("code/java-command-injection", "command is pieced together with values", PAGE, High, &["CWE-78", "OWASP-2021:A03"]),
        rule(
            JAVA,
            &[
                call(&["Runtime.getRuntime().exec", "Runtime.exec"], &[(At::Arg(0, "command"), Test::Injected(danger::SHELL))]),
                call(&["ProcessBuilder", "ProcessBuilder.command", "ProcessBuilder().command"], &[(At::Any, Test::Outside(danger::SHELL))]),
            ],
            "a value chooses which program runs or what it is told; keep the program fixed and check the arguments",
        )
        .words(&["Runtime", "ProcessBuilder"]),
    ),
    Check::on_code(
        meta("code/java-expression-injection", "expression is made of a value", PAGE, High, &["CWE-917", "OWASP-2021:A03"]),
        rule(
            JAVA,
            &[
                call(&["ScriptEngine.eval", "*.getEngineByName().eval", "GroovyShell.evaluate", "GroovyShell().evaluate", "MVEL.eval", "Ognl.getValue", "Ognl.parseExpression"], &[(At::Arg(0, "script"), Test::Injected(danger::CODE))]),
                call(&["*.parseExpression"], &[(At::Arg(0, "expression"), Test::Injected(danger::CODE))]),
                call(&["Velocity.evaluate", "VelocityEngine.evaluate"], &[(At::Arg(3, "template"), Test::Outside(0))]),
            ],
            "whoever chooses this text runs code in this program; keep expressions fixed and pass values as variables",
        )
        .words(&["ScriptEngine", "getEngineByName", "GroovyShell", "MVEL", "Ognl", "parseExpression", "Velocity"]),
    ),
    Check::on_code(
        meta("code/java-ldap-injection", "LDAP filter is pieced together with values", PAGE, High, &["CWE-90", "OWASP-2021:A03"]),
        rule(
            JAVA,
            &[call(
                &["DirContext.search", "InitialDirContext.search", "LdapContext.search", "InitialLdapContext.search", "LdapTemplate.search"],
                &[(At::Arg(1, "filter"), Test::Injected(danger::QUERY))],
            )],
            "a value with `*` or `)(` in it changes whom this finds; use `{0}` with arguments, or `LdapEncoder.filterEncode`",
        )
        .words(&["DirContext", "LdapContext", "LdapTemplate"]),
    ),
    Check::on_code(
        meta("code/java-xpath-injection", "XPath is pieced together with values", PAGE, Medium, &["CWE-643", "OWASP-2021:A03"]),
        rule(
            JAVA,
            &[call(&["XPath.evaluate", "XPath.compile", "*.newXPath().compile", "*.newXPath().evaluate"], &[(At::Arg(0, "expression"), Test::Injected(danger::XML))])],
            "a value with a quote in it changes what this finds; pass it through an `XPathVariableResolver`",
        )
        .words(&["XPath"]),
    ),
    Check::on_code(
        meta("code/java-name-lookup", "name that is looked up comes from outside", PAGE, High, &["CWE-74", "OWASP-2021:A03"]),
        rule(
            JAVA,
            &[
                call(&["Context.lookup", "InitialContext.lookup", "InitialContext().lookup", "DirContext.lookup", "*.doLookup"], &[(At::Arg(0, "name"), Test::Outside(0))]),
                call(&["Class.forName", "*.loadClass"], &[(At::Arg(0, "name"), Test::Outside(danger::CODE))]),
            ],
            "a name such as `ldap://…` loads a class from another server and runs it; allow only known names",
        )
        .words(&["ookup(", "forName", "loadClass"]),
    ),
    Check::on_code(
        meta("code/java-path-traversal", "path of a file comes from outside", PAGE, High, &["CWE-22", "OWASP-2021:A01"]),
        rule(
            JAVA,
            &[
                call(
                    &["File", "Paths.get", "Path.of", "FileInputStream", "FileOutputStream", "FileReader", "FileWriter", "RandomAccessFile", "Files.readAllBytes", "Files.newInputStream", "Files.write", "Files.delete", "Files.readString"],
                    &[(At::Any, Test::Outside(danger::PATH)), (At::Arg(0, ""), Test::NotFrom(MADE_PATHS))],
                ),
                call(&["File", "Paths.get", "Path.of"], &[(At::Arg(1, "child"), Test::Outside(danger::PATH))]),
            ],
            "`../` in this value reaches any file that this program can read; \
             take only the last part of it, or check that the normalised path is inside of its folder",
        )
        .words(&["File", "Path"]),
    ),
    Check::on_code(
        likely(meta("code/java-archive-extraction", "members of an archive are written wherever they say", PAGE, High, &["CWE-22", "OWASP-2021:A08"])),
        rule(
            JAVA,
            &[
                call(&["File", "Paths.get", "Path.of", "FileOutputStream", "*.resolve"], &[(At::Any, Test::Member)]),
            ],
            "a member named `../../x` is written outside of the folder; check that the normalised path starts with it",
        )
        .words(&["ZipEntry", "ArchiveEntry", "JarEntry"])
        .unless(&["startsWith(", "getCanonicalPath", "normalize()"]),
    ),
    Check::on_code(
        meta("code/java-request-forgery", "address of a request comes from outside", PAGE, High, &["CWE-918", "OWASP-2021:A10"]),
        rule(
            JAVA,
            &[
                call(&["URL.openStream", "URL.openConnection", "URL().openStream", "URL().openConnection"], &[(At::Receiver, Test::Outside(danger::URL))]),
                call(
                    &["RestTemplate.getForObject", "RestTemplate.getForEntity", "RestTemplate.postForObject", "RestTemplate.exchange", "RestTemplate().getForObject", "HttpGet", "HttpPost", "Jsoup.connect", "ImageIO.read", "IOUtils.toByteArray"],
                    &[(At::Arg(0, "url"), Test::Outside(danger::URL))],
                ),
                call(&["HttpRequest.newBuilder().uri", "HttpRequest.newBuilder", "*.Builder().url", "WebClient.create"], &[(At::Arg(0, "uri"), Test::Outside(danger::URL))]),
            ],
            "whoever chooses this address reaches what only this server can: the cloud's metadata, databases, \
             other services; compare the host with those that are allowed",
        )
        .words(&["URL", "RestTemplate", "Http", "Jsoup", "WebClient"]),
    ),
    Check::on_code(
        meta("code/java-open-redirect", "visitors are sent to an address from outside", PAGE, Medium, &["CWE-601", "OWASP-2021:A01"]),
        rule(
            JAVA,
            &[
                call(&["*.sendRedirect", "RedirectView"], &[(At::Arg(0, "location"), Test::Outside(danger::URL))]),
                call(&["ModelAndView"], &[(At::Arg(0, "view"), Test::Outside(danger::URL)), (At::Arg(0, "view"), Test::Has(&["redirect:"]))]),
            ],
            "a link to this site can lead anywhere, which makes false sign-in pages credible; allow only paths of this site",
        )
        .words(&["edirect"]),
    ),
    Check::on_code(
        meta("code/java-html-injection", "answer holds a value from the request as HTML", PAGE, High, &["CWE-79", "OWASP-2021:A03"]),
        rule(
            JAVA,
            &[call(
                &["*.getWriter().print", "*.getWriter().println", "*.getWriter().write", "*.getWriter().append", "PrintWriter.print", "PrintWriter.println", "PrintWriter.write", "*.getOutputStream().print"],
                &[(At::Arg(0, "text"), Test::Outside(danger::HTML))],
            )],
            "a link with `<script>` in it runs in the browser of whoever follows it; escape the value, or use a template",
        )
        .words(&["getWriter", "PrintWriter", "getOutputStream"]),
    ),
    Check::on_code(
        meta("code/java-deserialisation", "bytes from elsewhere become objects", PAGE, High, &["CWE-502", "OWASP-2021:A08"]),
        rule(
            JAVA,
            &[
                call(&["ObjectInputStream", "XMLDecoder", "HessianInput", "Hessian2Input", "ValidatingObjectInputStream"], &[(At::Arg(0, "in"), Test::Given)]),
                call(&["XStream.fromXML", "XStream().fromXML", "*.readObject"], &[(At::Arg(0, "xml"), Test::Outside(0))]),
                call(&["SerializationUtils.deserialize"], &[(At::Arg(0, "data"), Test::Given)]),
            ],
            "reading such bytes can run code before any check of the content; use JSON, or set an `ObjectInputFilter`",
        )
        .words(&["ObjectInputStream", "XMLDecoder", "Hessian", "XStream", "SerializationUtils"])
        .unless(&["ObjectInputFilter", "setObjectInputFilter"]),
    ),
    Check::on_code(
        meta("code/java-polymorphic-json", "JSON may name the class that it becomes", PAGE, High, &["CWE-502", "OWASP-2021:A08"]),
        rule(
            JAVA,
            &[
                call(&["*.enableDefaultTyping", "*.enableDefaultTypingAsProperty"], &[]),
                call(&["*.activateDefaultTyping"], &[(At::Arg(0, "validator"), Test::From(&["LaissezFaireSubTypeValidator.instance", "*.getPolymorphicTypeValidator()"]))]),
                call(&["*.setAutoTypeSupport"], &[(At::Arg(0, "on"), Test::Is(true))]),
            ],
            "whoever writes the JSON chooses a class that runs code when it is made; name the subtypes that are allowed",
        )
        .words(&["DefaultTyping", "setAutoTypeSupport"]),
    ),
    Check::on_code(
        likely(meta("code/java-unsafe-yaml", "YAML can make any object", PAGE, High, &["CWE-502", "OWASP-2021:A08"])),
        rule(
            JAVA,
            &[call(&["Yaml.load", "Yaml.loadAll", "Yaml().load", "Yaml.loadAs"], &[(At::Arg(0, "text"), Test::Outside(0))])],
            "a tag such as `!!javax.script…` runs code; give SnakeYAML a `SafeConstructor`",
        )
        .words(&["snakeyaml"])
        .unless(&["SafeConstructor"]),
    ),
    Check::on_code(
        likely(meta("code/java-xml-entities", "XML reader follows entities", PAGE, Medium, &["CWE-611", "OWASP-2021:A05"])),
        rule(
            JAVA,
            &[call(
                &["DocumentBuilderFactory.newInstance", "SAXParserFactory.newInstance", "XMLInputFactory.newInstance", "XMLInputFactory.newFactory", "XMLReaderFactory.createXMLReader", "SAXBuilder", "SAXReader"],
                &[],
            )],
            "an entity in the document reads files of this machine or asks other servers; \
             set the feature `disallow-doctype-decl`",
        )
        .words(&["DocumentBuilderFactory", "SAXParserFactory", "XMLInputFactory", "XMLReaderFactory", "SAXBuilder", "SAXReader"])
        .unless(&["disallow-doctype-decl", "ACCESS_EXTERNAL_DTD", "SUPPORT_DTD", "IS_SUPPORTING_EXTERNAL_ENTITIES", "FEATURE_SECURE_PROCESSING", "newDocument()"]),
    ),
    Check::on_code(
        likely(meta("code/java-regex-injection", "regular expression is made of a value from outside", PAGE, Medium, &["CWE-1333", "CWE-730"])),
        rule(
            JAVA,
            &[call(&["Pattern.compile", "Pattern.matches"], &[(At::Arg(0, "regex"), Test::Outside(danger::QUERY))])],
            "a pattern such as `(a+)+$` keeps this program busy for hours; use `Pattern.quote`",
        )
        .words(&["Pattern."]),
    ),
    Check::on_code(
        meta("code/java-world-writable", "everybody on the machine may write this file", PAGE, Medium, &["CWE-732"]),
        rule(
            JAVA,
            &[
                call(&["PosixFilePermissions.fromString"], &[(At::Arg(0, "perms"), Test::Text(&["rwxrwxrwx", "rw-rw-rw-"]))]),
                call(&["File.setWritable", "File().setWritable"], &[(At::Arg(0, "writable"), Test::Is(true)), (At::Arg(1, "ownerOnly"), Test::Is(false))]),
            ],
            "any program on this machine can change what this one trusts; let only the owner write it",
        )
        .words(&["PosixFilePermissions", "setWritable"]),
    ),
    Check::on_code(
        meta("code/java-open-cookie", "cookie is open to scripts or to plain HTTP", PAGE, Low, &["CWE-614", "CWE-1004"]),
        rule(
            JAVA,
            &[call(&["Cookie.setHttpOnly", "Cookie.setSecure"], &[(At::Arg(0, "on"), Test::Is(false))])],
            "an injected script, or whoever listens on the way, reads this cookie and takes over the session",
        )
        .words(&["setHttpOnly", "setSecure"]),
    ),
    Check::on_code(
        likely(meta("code/java-stack-shown", "stack of an error is sent to visitors", PAGE, Low, &["CWE-209"])),
        rule(
            JAVA,
            &[call(&["*.printStackTrace"], &[(At::Arg(0, "writer"), Test::From(&["*.getWriter()", "*.getOutputStream()"]))])],
            "names of classes, files and versions help whoever looks for a hole; log the error, and send a number",
        )
        .words(&["printStackTrace"]),
    ),
];
