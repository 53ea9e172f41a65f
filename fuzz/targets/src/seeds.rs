//! First inputs for formats of which the checkout holds no file.

/// A tar with one file, and the head of a zip.
pub(crate) fn archives() -> Vec<Vec<u8>> {
    let mut header = vec![0_u8; 512];
    let mut put = |at: usize, text: &[u8]| {
        for (slot, byte) in header.iter_mut().skip(at).zip(text) {
            *slot = *byte;
        }
    };
    put(0, b"folder/settings.py");
    put(100, b"0000644\0");
    put(124, b"00000000016\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    let digits = format!("{sum:06o}\0 ");
    for (slot, byte) in header.iter_mut().skip(148).zip(digits.bytes()) {
        *slot = byte;
    }
    let mut content = vec![0_u8; 1536];
    for (slot, byte) in content.iter_mut().zip(b"key = 'value'\n") {
        *slot = *byte;
    }
    header.extend(content);
    let zip = b"PK\x03\x04\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0\0ab\
        PK\x01\x02\x0a\0\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0a\
        PK\x05\x06\0\0\0\0\x01\0\x01\0\x2f\0\0\0\x20\0\0\0\0\0";
    vec![header, zip.to_vec()]
}

/// Copies and inserts over the base that the target holds.
pub(crate) fn deltas() -> Vec<Vec<u8>> {
    vec![vec![51, 12, 0x90, 4, 3, b'n', b'e', b'w', 0x91, 10, 5]]
}

/// A file and a folder.
pub(crate) fn trees() -> Vec<Vec<u8>> {
    let mut tree = b"100644 a.txt\0".to_vec();
    tree.extend([7; 20]);
    tree.extend(b"40000 folder\0");
    tree.extend([9; 20]);
    vec![tree]
}

/// An empty pack index of version 2.
pub(crate) fn indexes() -> Vec<Vec<u8>> {
    let mut index = b"\xfftOc\0\0\0\x02".to_vec();
    index.extend([0; 256 * 4 + 40]);
    vec![index]
}

/// A signed note and a proof, of the right form.
pub(crate) fn notes() -> Vec<Vec<u8>> {
    let key = "A".repeat(90);
    let note = format!("example.org/log\n1\n{}=\n\n\u{2014} example.org/log {key}A=\n", "A".repeat(43));
    let proof = format!("c2sp.org/tlog-proof@v1\nextra e30=\nindex 0\n\n{note}");
    vec![note.into_bytes(), proof.into_bytes()]
}

/// A file in gzip's and in zstd's stored form.
pub(crate) fn compressed() -> Vec<Vec<u8>> {
    let text = b"key = 'value'\n";
    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    gzip.extend([1, 14, 0, !14, 0xff]); // the last block, stored, with its length twice
    gzip.extend(text);
    gzip.extend([0xb2, 0x62, 0x57, 0xf2, 14, 0, 0, 0]);
    let mut zstd = vec![0x28, 0xb5, 0x2f, 0xfd, 0x20, 14];
    zstd.extend([(14 << 3) | 1, 0, 0]); // the last block, raw
    zstd.extend(text);
    vec![gzip, zstd]
}

/// A commit, headers of entries in a pack, and a loose object.
pub(crate) fn objects() -> Vec<Vec<u8>> {
    let id = "0123456789abcdef0123456789abcdef01234567";
    let who = "A B <a@example.org> 1800000000 +0100";
    let commit = format!("tree {id}\nparent {id}\nauthor {who}\ncommitter {who}\n\nSay why\n");
    let mut named = vec![0xf5, 0x02];
    named.extend([9; 20]);
    vec![commit.into_bytes(), vec![0xe5, 0x02, 0x81, 0x10], named, b"blob 5\0hello".to_vec()]
}

/// A scan with one finding.
pub(crate) fn baselines() -> Vec<Vec<u8>> {
    let print = "0123456789abcdef".repeat(2);
    let row = format!("{{\"check\":\"ci/a\",\"fingerprint\":\"{print}\",\"exception\":null}}");
    vec![format!("{{\"schema\":\"palisade.scan/1\",\"findings\":[{row}]}}").into_bytes()]
}

/// Lock files.
pub(crate) fn locks() -> Vec<Vec<u8>> {
    let commit = "08c6903cd8c0fde910a37f88322edcfb5dd907a8";
    let entry =
        format!("version = 1\n\n[actions.\"a/b@v1\"]\ncommit = \"{commit}\"\nversion = \"v1.2.3\"\nbranch = true\n");
    vec![b"version = 1\n".to_vec(), entry.into_bytes()]
}

/// Rules with every field that decides.
pub(crate) fn rules() -> Vec<Vec<u8>> {
    let rules = "[extend]\nuseDefault = false\n[[rules]]\nid = 'a'\nregex = 'acme-([a-z0-9]{8,})'\n\
        secretGroup = 1\nentropy = 2.0\nkeywords = ['acme']\npath = '.*'\n[[rules.allowlists]]\n\
        condition = 'AND'\nregexTarget = 'line'\nregexes = ['x']\nstopwords = ['s']\npaths = ['^d/']\n";
    vec![rules.as_bytes().to_vec()]
}

pub(crate) fn own_rules() -> Vec<Vec<u8>> {
    let rules = "id: a\nlanguage: Python\nseverity: error\nmessage: no $X\nfix: g($X)\nfiles: ['**']\nutils:\n  u:\n    \
        any:\n      - regex: ^e\n      - kind: integer\nrule:\n  all:\n    - pattern: eval($X)\n    - pattern:\n        \
        context: eval($Y)\n        selector: call\n        strictness: relaxed\n  inside:\n    kind: function_definition\n    \
        stopBy: end\n  has:\n    field: function\n    matches: u\n  not:\n    follows: {pattern: print($$$)}\n\
        constraints:\n  X:\n    not: {regex: b}\n";
    vec![rules.as_bytes().to_vec()]
}

/// Words of every kind that is parsed alone.
pub(crate) fn lines() -> Vec<Vec<u8>> {
    let print = "0123456789abcdef".repeat(2);
    let words = format!(
        "2027-01-31 {print} registry.example.org:5000/team/app:1.2@sha256:0 v1.29.3 example.org/log+01234567+AQAA \
         deploy/**/*.yaml ../other github.com/a/b?ref=main\n"
    );
    vec![words.into_bytes()]
}

/// Statements of each kind that is judged, and what is no SQL.
pub(crate) fn sql() -> Vec<Vec<u8>> {
    let text = "\\connect a\n-- migrate:up transaction:false\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON s.\"T\" (a, (b + 1));\n\
        ALTER TABLE ONLY t ADD COLUMN a uuid NOT NULL DEFAULT gen_random_uuid() REFERENCES o (id), ALTER b TYPE bigint \
        USING b::bigint, ADD CONSTRAINT c CHECK (a IS NOT NULL) NOT VALID, DROP COLUMN d CASCADE;\n\
        CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END;\n\
        COPY t FROM stdin;\n1\tx\n\\.\nWITH x AS (SELECT 1 UNION ALL SELECT 2) UPDATE t SET a = ARRAY[[1],[2]][1] FROM x;\n\
        GRANT ALL ON ${schema}.t TO PUBLIC WITH GRANT OPTION; ALTER TYPE m ADD VALUE 'x'; SELECT set_config('a', $$b$$, true);\n\
        -- migrate:down\nDROP TABLE IF EXISTS a, b; TRUNCATE a; DELETE FROM ONLY a; VACUUM (FULL) a; CREATE ROLE r SUPERUSER;\n";
    vec![text.as_bytes().to_vec()]
}

/// A report of another tool in each format.
pub(crate) fn imports() -> Vec<Vec<u8>> {
    [
        r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T","rules":[{"id":"R","properties":{"security-severity":"7.5","tags":["secret"]}}]}},"originalUriBaseIds":{"A":{"uri":"file:///w/","uriBaseId":"A"}},"artifacts":[{"location":{"uri":"src/app.py"}}],"results":[{"ruleIndex":0,"level":"error","kind":"fail","message":{"text":"m"},"partialFingerprints":{"a":"b"},"suppressions":[{"kind":"external"}],"locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/app.py","uriBaseId":"A","index":0},"region":{"startLine":2,"startColumn":1,"endLine":2,"endColumn":4,"snippet":{"text":"b"}}},"logicalLocations":[{"name":"f"}]}]}]}]}"#,
        r#"{"SchemaVersion":2,"ArtifactName":"a:1","ArtifactType":"filesystem","Results":[{"Target":"requirements.txt","Type":"pip","Vulnerabilities":[{"VulnerabilityID":"CVE-2026-1","PkgName":"parser","InstalledVersion":"1.4.2","FixedVersion":"1.5","Severity":"HIGH"}],"Misconfigurations":[{"ID":"M","Status":"FAIL","CauseMetadata":{"StartLine":1,"EndLine":2}}],"Secrets":[{"RuleID":"S","StartLine":1}],"Licenses":[{"Name":"GPL","PkgName":"parser"}]}]}"#,
        r#"{"matches":[{"vulnerability":{"id":"GHSA-1","severity":"High","fix":{"versions":["2"]}},"relatedVulnerabilities":[{"id":"CVE-2026-1"}],"artifact":{"name":"parser","version":"1.4.2","type":"python","purl":"pkg:pypi/parser@1.4.2","locations":[{"path":"/requirements.txt"}]}}],"source":{"type":"directory","target":"."}}"#,
        r#"{"bomFormat":"CycloneDX","metadata":{"tools":{"components":[{"name":"t","version":"1"}]}},"components":[{"bom-ref":"x","name":"parser","purl":"pkg:pypi/parser@1.4.2","components":[]}],"vulnerabilities":[{"id":"CVE-2026-1","ratings":[{"score":9.1,"severity":"critical"}],"affects":[{"ref":"urn:cdx:1/1#x"}],"analysis":{"state":"not_affected"}}]}"#,
        r#"{"auditReportVersion":2,"vulnerabilities":{"a":{"via":["b",{"source":1,"name":"a","url":"https://example.org/GHSA-1","severity":"low"}]}}}"#,
        r#"{"metadata":{},"advisories":{"1":{"module_name":"a","cves":["CVE-2026-1"],"findings":[{"version":"1"}],"severity":"low"}}}"#,
        r#"{"dependencies":[{"name":"parser","version":"1.4.2","vulns":[{"id":"PYSEC-1","fix_versions":["2"],"aliases":["CVE-2026-1"]}]}]}"#,
        r#"{"@version":"2","site":[{"@name":"https://shop.example","alerts":[{"pluginid":"1","name":"n","riskcode":"3","confidence":"2","instances":[{"uri":"https://shop.example/a?b"}]}]}]}"#,
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// A report of each kind.
pub(crate) fn quality() -> Vec<Vec<u8>> {
    [
        "TN:\nSF:a.js\nLF:10\nLH:7\nBRF:4\nBRH:1\nend_of_record\n",
        "<?xml version=\"1.0\"?><!DOCTYPE coverage SYSTEM 'x'><!-- > --><coverage line-rate=\"0.7\" branch-rate='.5'/>",
        "<report name='a>b'><package><counter type='LINE' missed='9' covered='1'/></package><counter type='BRANCH' missed='1' covered='3'/></report>",
        "<testsuites><testsuite tests='3' failures='1' errors='1'><![CDATA[<]]></testsuite></testsuites>",
        "{\"total\":{\"lines\":{\"pct\":81.5}},\"files\":{\"a\":{\"mutants\":[{\"status\":\"Killed\"}]}}}",
        "{\"metrics\":{\"http_req_duration\":{\"p(95)\":512.5,\"thresholds\":{\"p(95)<500\":true}}}}",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// Types with texts, directives, defaults and nested lists.
pub(crate) fn graphql() -> Vec<Vec<u8>> {
    let text = "\"\"\"\na } b\n\"\"\"\nschema { query: Q mutation: M }\ndirective @auth(role: [R!] = [A]) on FIELD_DEFINITION | OBJECT\n\
        type Q implements N & O @key(fields: \"id {x}\") { a(first: Int = 10, by: [B!] = [{c: 1}]): [[T!]!]! @auth(role: A)\n  b: T }\n\
        extend type M { \"why\" buy(id: ID!): T @auth refund: T }\nunion U = | T | Q\ninput B { c: Int! = 1 }\n\
        type T { password: String # x\n salt: String }\nenum R { A B @old }\nscalar D\ninterface N { id: ID }\n";
    vec![text.as_bytes().to_vec()]
}

/// Both versions, with every kind of scheme.
pub(crate) fn openapi() -> Vec<Vec<u8>> {
    [
        "openapi: 3.1.0\nservers: [{url: 'http://a.b'}]\nsecurity: [{k: []}, {}]\npaths:\n  /a:\n    post: {security: []}\n    put: {}\n    parameters: [{name: api_key, in: query}]\ncomponents:\n  securitySchemes:\n    k: {type: apiKey, in: query}\n    o: {type: oauth2, flows: {implicit: {authorizationUrl: 'http://a.b'}}}\n",
        "{\"swagger\": \"2.0\", \"host\": \"a.b\", \"schemes\": [\"http\"], \"paths\": {\"/a\": {\"post\": {}}}, \"securityDefinitions\": {\"b\": {\"type\": \"basic\"}}}",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}

/// Settings of Spring Boot, with documents, profiles and lines that go on.
pub(crate) fn properties() -> Vec<Vec<u8>> {
    [
        "server.port=80\nmanagement.endpoints.web.exposure.include = *\na:b\\\n  c\n#---\nspring.config.activate.on-profile=dev\nspring.h2.console.enabled=true\n",
        "spring:\n  h2: {console: {enabled: true}}\n---\nserver: {error: {include-stacktrace: [always]}}\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}

/// Settings of Rails, with comments and texts.
pub(crate) fn ruby() -> Vec<Vec<u8>> {
    let text = "class Application < Rails::Application # a\n  config.force_ssl = false\n  config.hosts.clear\n=begin\nx\n=end\n  \
        origins '*' # \"b\n  resource \"#{a}\", credentials: true\n  session_store :x, secure: false\nend\n__END__\n";
    vec![text.as_bytes().to_vec()]
}

/// Constraints, quotes and comments.
pub(crate) fn cypher() -> Vec<Vec<u8>> {
    let text = "// a;\nCREATE CONSTRAINT `a b` IF NOT EXISTS FOR (n:A) REQUIRE n.id IS UNIQUE; /* b */ DROP INDEX c;\n\
        CREATE (:A {x: 'a;\\'b', y: \"c\"});\nMATCH (n) DETACH DELETE n; MATCH (n:A {x: 1}) WITH n DELETE n";
    vec![text.as_bytes().to_vec()]
}

/// A little of each language that is parsed, with words that make files worth parsing.
pub(crate) fn sources() -> Vec<Vec<u8>> {
    [
        "import os\nfrom flask import request\ndef f(x):\n  q = f\"SELECT {x} FROM t\" % (1, *x)\n  db.execute(q); os.system('a' + request.args['b'])\n",
        "const {exec: e} = require('child_process')\nfunction f (req, {a, ...b}) { e(`x ${req.query[a]}`); eval([b, ...a].join()) }\n",
        "package a\nimport \"os/exec\"\nfunc f(r *http.Request) { a, b := r.FormValue(\"x\"), 1; exec.Command(\"sh\", \"-c\", a+string(b)) }\n",
        "class A { void f(HttpServletRequest r) { Runtime.getRuntime().exec(\"a\" + r.getParameter(\"b\")); } }\n",
        "import logging, jwt\nlogging.info(f\"{a['password']} {b.token[1:]}\", {**x, 'k': y})\njwt.encode({'sub': 1, **x}, k)\nMIDDLEWARE = ['a', *b]\n",
        "const s = new ApolloServer({...a, introspection: true, cors: {b: {...c}}})\nif (DEBUG) app.use(cors({origin: () => { return true }, credentials: true}))\nlogger.info(`${a?.b!['password']}`, {token, ...r})\n",
        "fn f(Query(q): Query<String>) { Command::new(\"sh\").arg(\"-c\").arg(format!(\"{q} {}\", q.a(1)?)); }\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}

/// Loops, calls, templates and a module that calls itself.
pub(crate) fn terraform() -> Vec<Vec<u8>> {
    let native = r#"
variable "on" { default = { a = [1, "x", null] } }
locals {
  l = [for k, v in var.on : "${k}-${jsonencode(v)}" if v != null]
  m = { for x in range(3) : x => merge({ a = 1 }, local.n)... }
  n = try(local.m["k"].*.a[0], lookup(var.on, "b", <<-E
      %{ for i in local.l }${i}%{ endfor }
      E
  ))
}
module "self" {
  source   = "./"
  for_each = toset(["a"])
  on       = module.self["a"].o
}
resource "aws_security_group" "s" {
  dynamic "ingress" {
    for_each = var.on.a
    content {
      from_port   = ingress.key
      to_port     = 65535
      protocol    = "tcp"
      cidr_blocks = concat(["0.0.0.0/0"], local.l)
    }
  }
}
resource "aws_iam_role_policy" "p" { policy = data.aws_iam_policy_document.d.json }
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
}
output "o" { value = { a = flatten([local.l, -1 + 2 % 3]) } }
"#;
    let json = br#"{"resource": {"aws_s3_bucket": {"b": {"acl": "${var.x}", "versioning": [{"enabled": false}]}}}}"#;
    vec![native.as_bytes().to_vec(), json.to_vec()]
}

/// Functions of templates inside each other, and names that go in circles.
pub(crate) fn templates() -> Vec<Vec<u8>> {
    let text = r#"
Parameters: {A: {Type: CommaDelimitedList, Default: "a,b"}, B: {Type: String}}
Mappings: {M: {a: {b: 1}}}
Conditions: {C: !Not [!Condition D], D: !Or [!Equals [!Ref B, x], !Condition C]}
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub ["${X}-${R}-${!Y}", {X: !Select [0, !Ref A]}]
      AssumeRolePolicyDocument: !If [C, {Statement: !Ref A}, {"Fn::ToJsonString": {Statement: []}}]
      Policies:
        - PolicyDocument:
            Statement: {Effect: Allow, Action: "*", Resource: !Join [":", [!GetAtt R.Arn, !FindInMap [M, a, b]]]}
"#;
    vec![text.as_bytes().to_vec()]
}

/// Policies with every element.
pub(crate) fn policies() -> Vec<Vec<u8>> {
    let text = r#"{"Version": "2012-10-17", "Statement": [
        {"Sid": "A", "Effect": "Allow", "Action": ["s3:Get*", "iam:PassRole"], "Resource": ["*", "arn:aws:s3:::a/${aws:username}/*"]},
        {"Effect": "Deny", "NotAction": "*", "NotResource": "*", "Condition": {"ForAllValues:StringLikeIfExists": {"aws:PrincipleArn": ["*", 1, null]}}},
        {"Effect": "Allow", "NotPrincipal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}"#;
    // What Pulumi leaves is JSON too, and is known from its content.
    let export = r#"{"version": 3, "deployment": {"resources": [{"urn": "urn:pulumi:dev::a::b:c:D$aws:s3/bucketPolicy:BucketPolicy::p",
        "custom": true, "id": "x", "type": "aws:s3/bucketPolicy:BucketPolicy", "inputs": {"__defaults": [], "bucket": "x",
        "policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"s3:*\"}]}"}},
        {"urn": "urn:pulumi:dev::a::aws:ec2/instance:Instance::i", "custom": true, "type": "aws:ec2/instance:Instance",
        "inputs": {"userData": {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"},
        "ebsBlockDevices": [{"encrypted": false}], "kmsKeyId": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"},
        "propertyDependencies": {"kmsKeyId": ["urn:pulumi:dev::a::aws:kms/key:Key::k"]}}]}}"#;
    let preview = r#"{"steps": [{"op": "create", "urn": "urn:pulumi:dev::a::aws:ec2/securityGroup:SecurityGroup::g", "newState": {
        "type": "aws:ec2/securityGroup:SecurityGroup", "inputs": {"ingress": [{"fromPort": 0, "toPort": 0, "protocol": "-1",
        "cidrBlocks": ["0.0.0.0/0"]}]}}}]}"#;
    [text, export, preview].map(|text| text.as_bytes().to_vec()).to_vec()
}

/// Records as they are delivered, listed and exported.
pub(crate) fn trails() -> Vec<Vec<u8>> {
    let one = r#"{"eventTime": "2026-10-01T00:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "GetObject20150331v2", "userIdentity": {"arn": "arn:aws:iam::1:user/a"}, "requestParameters": {"bucketName": "b", "key": "k", "role": ["arn:aws:iam::1:role/r"]}, "resources": [{"ARN": "arn:aws:s3:::b"}], "errorCode": "x"}"#;
    let listed = format!(r#"{{"Events": [{{"CloudTrailEvent": {}}}]}}"#, serde_json_string(one));
    vec![format!(r#"{{"Records": [{one}]}}"#).into_bytes(), format!("{one}\n{one}\n").into_bytes(), listed.into_bytes()]
}

/// A text as JSON writes it.
fn serde_json_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Three versions at a time, of every ecosystem.
pub(crate) fn versions() -> Vec<Vec<u8>> {
    let seeds: [&[u8]; 8] = [
        b"1.0.0-alpha.1\nv1.0.0-alpha.beta\n1.0.0+build.5",
        b"1!2.0rc1.post3.dev4\n2.0+local.7\n1.0-preview_2",
        b"1.0-beta-2\n1.0.RC1-SNAPSHOT\n1.0.0-jre",
        b"1.0.0.a.2\n1.0.0-rc1\n1.8.2.a10",
        b"1.0.x-dev\n20100102-203040-p1\n1.0.0-patch.3",
        b"1:1.0~rc1+dfsg-3ubuntu0.1\n1.0^git1-1.el9\n0:2-1",
        b"1.2.3_alpha1_p2-r3\n1.02b~abc12-r1\n1.10_git2020",
        b"1.0-1\n1.0.0.1\n1.0",
    ];
    seeds.map(<[u8]>::to_vec).to_vec()
}

/// Bills of materials in small.
pub(crate) fn bills() -> Vec<Vec<u8>> {
    [
        r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"component": {"bom-ref": "r", "name": "x"}}, "components": [{"type": "library", "bom-ref": "a", "name": "a", "version": "1", "purl": "pkg:npm/a@1", "scope": "excluded", "hashes": [{"alg": "SHA-1", "content": "0000000000000000000000000000000000000000"}], "licenses": [{"license": {"id": "MIT"}}], "components": [{"name": "b"}]}], "dependencies": [{"ref": "r", "dependsOn": ["a"]}, {"ref": "a", "dependsOn": ["r", "a", "c"]}]}"#,
        r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.4"><metadata><component bom-ref="r"><name>x</name></component></metadata><components><component type="library" bom-ref="a"><name>a&amp;b</name><version>1</version><purl>pkg:npm/a@1</purl></component></components><dependencies><dependency ref="r"><dependency ref="a"/></dependency></dependencies></bom>"#,
        r#"{"SPDXID": "SPDXRef-DOCUMENT", "spdxVersion": "SPDX-2.3", "documentDescribes": ["SPDXRef-r"], "packages": [{"SPDXID": "SPDXRef-r", "name": "x"}, {"SPDXID": "SPDXRef-a", "name": "a", "versionInfo": "1", "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:npm/a@1"}]}], "relationships": [{"spdxElementId": "SPDXRef-a", "relationshipType": "DEV_DEPENDENCY_OF", "relatedSpdxElement": "SPDXRef-r"}]}"#,
        "SPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\nPackageName: a\nSPDXID: SPDXRef-a\nPackageVersion: 1\nPackageComment: <text>x\ny</text>\nExternalRef: PACKAGE-MANAGER purl pkg:npm/a@1\nRelationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-a\n",
        "SPDXID: SPDXRef-DOCUMENT\nspdxVersion: SPDX-2.3\npackages:\n- SPDXID: SPDXRef-a\n  name: a\n",
        r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [{"type": "SpdxDocument", "spdxId": "d", "rootElement": ["r"]}, {"type": "software_Package", "spdxId": "r", "name": "x"}, {"type": "software_Package", "spdxId": "a", "name": "a", "software_packageUrl": "pkg:npm/a@1"}, {"type": "LifecycleScopedRelationship", "relationshipType": "dependsOn", "scope": "test", "from": "r", "to": ["a"]}]}"#,
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// Lock files and manifests in small.
pub(crate) fn lockfiles() -> Vec<Vec<u8>> {
    [
        "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\ndependencies = [\"b 2.0.0\"]\n[[package]]\nname = \"b\"\nversion = \"2.0.0\"\n",
        "{\"lockfileVersion\": 3, \"packages\": {\"\": {\"dependencies\": {\"a\": \"1\"}}, \"node_modules/a\": {\"version\": \"1.0.0\", \"dev\": true}}}",
        "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a: {specifier: ^1, version: 1.0.0(b@2.0.0)}\npackages:\n  a@1.0.0: {resolution: {integrity: sha512-AAAA}}\nsnapshots:\n  a@1.0.0(b@2.0.0): {}\n",
        "module example.org/m\n\ngo 1.22\n\nrequire (\n\texample.org/a v1.0.0\n\texample.org/b v1.1.0 // indirect\n)\n",
        "a==1.0 --hash=sha256:00\n-r other.txt\nb[x]>=2; python_version < '3'\n-e git+https://git.example/c#egg=c\n",
        "<project><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>${v}</version></dependency></dependencies></project>",
        "GEM\n  remote: https://gems.example/\n  specs:\n    a (1.0)\n      b (~> 2)\n    b (2.0-java)\n\nDEPENDENCIES\n  a\n",
        "\"a@^1.0.0\":\n  version \"1.0.5\"\n  dependencies:\n    b \"^2\"\n",
        "%{\n  \"a\": {:hex, :a, \"1.0.0\", \"00\", [:mix], [], \"hexpm\", \"00\"},\n}\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
