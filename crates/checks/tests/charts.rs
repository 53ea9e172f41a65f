//! Charts are judged as rendered, and findings point at templates and values.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use palisade_checks::{FixedFile, Host, Renderer, Scanner, Selection, Settings};
use palisade_model::Safety;

struct Fixed(Result<&'static str, &'static str>);

impl Renderer for Fixed {
    fn chart(&self, folder: &str) -> Result<String, String> {
        assert_eq!(folder, "web");
        self.0.map(str::to_owned).map_err(str::to_owned)
    }

    fn chart_with(&self, folder: &str, _changed: &[(&str, &[u8])]) -> Result<String, String> {
        self.chart(folder)
    }

    fn kustomization(&self, _folder: &str) -> Result<String, String> {
        Err("no".to_owned())
    }
}

const TEMPLATE: &str = "{{- if .Values.enabled }}
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-web
spec:
  containers:
    - name: app
      image: \"web:{{ .Values.image.tag }}\"
      securityContext:
        {{- toYaml .Values.securityContext | nindent 8 }}
{{- end }}
";
const RENDERED: &str = "---
# Source: web/templates/pod.yaml
apiVersion: v1
kind: Pod
metadata:
  name: release-web
spec:
  containers:
    - name: app
      image: \"web:latest\"
      securityContext:
        privileged: true
";

fn scan(renderer: &Fixed) -> Vec<(String, String, u32, Vec<(String, u32)>)> {
    let files = [
        ("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
        ("web/values.yaml", "enabled: true\nimage:\n  tag: latest\nsecurityContext:\n  privileged: true\n"),
        ("web/templates/pod.yaml", TEMPLATE),
    ];
    let scanner = Scanner::new(Settings::default(), &Selection::default());
    let reports = files.iter().map(|(path, text)| scanner.look(path, text.as_bytes())).collect();
    let read = |path: &str| files.iter().find(|(name, _)| *name == path).map(|(_, text)| text.as_bytes().to_vec());
    let scan = scanner.finish(reports, Host { read: &read, renderer: Some(renderer), whole: false });
    let place = |location: &palisade_model::Location| (location.path.to_string(), location.start.line);
    scan.findings
        .iter()
        .map(|finding| {
            let (path, line) = place(&finding.location);
            (finding.check.id.to_owned(), path, line, finding.also.iter().map(|also| place(&also.location)).collect())
        })
        .collect()
}

#[test]
fn findings_lead_back_to_templates_and_values() {
    let found = scan(&Fixed(Ok(RENDERED)));
    let of = |id: &str| found.iter().find(|(check, ..)| check == id).unwrap().clone();
    let (_, path, line, also) = of("kubernetes/latest-image");
    assert_eq!((path.as_str(), line), ("web/templates/pod.yaml", 9));
    assert_eq!(also, [("web/values.yaml".to_owned(), 3)]);
    let (_, path, line, also) = of("kubernetes/privileged-container");
    assert_eq!((path.as_str(), line), ("web/templates/pod.yaml", 11));
    assert_eq!(also, [("web/values.yaml".to_owned(), 4)]);
}

#[test]
fn a_chart_that_cannot_be_rendered_is_said_aloud() {
    let found = scan(&Fixed(Err("\nError: a value is required\nmore\n")));
    assert!(
        found
            .iter()
            .any(|(check, path, line, _)| check == "scan/not-rendered" && path == "web/Chart.yaml" && *line == 2)
    );
}

/// A chart whose values and template are written out by a few lines of our own, in place of `helm`.
struct Chart {
    template: &'static str,
}

impl Chart {
    fn rendered(&self, values: &str, template: &str) -> String {
        let block = |name: &str| -> Vec<String> {
            let inner = values.lines().skip_while(|line| *line != format!("{name}:")).skip(1);
            let inner = inner.take_while(|line| line.starts_with("  ") && !line.trim_start().starts_with('#'));
            inner.map(|line| line[2..].to_owned()).collect()
        };
        let mut text = "---\n# Source: web/templates/pod.yaml\n".to_owned();
        let mut hidden = false;
        for line in template.lines() {
            let name = |after: &str| after.split([' ', '}']).next().unwrap().to_owned();
            if let Some((_, after)) = line.split_once("with .Values.") {
                hidden = block(&name(after)).is_empty();
            } else if line.contains("end }}") {
                hidden = false;
            } else if hidden {
            } else if let Some((_, after)) = line.split_once("toYaml .Values.") {
                text.extend(block(&name(after)).iter().map(|inner| format!("        {inner}\n")));
            } else if line.contains("toYaml .") {
                text.extend(block("podSecurityContext").iter().map(|inner| format!("    {inner}\n")));
            } else {
                text.push_str(&format!("{}\n", line.replace("{{ .Values.tag }}", "1.4")));
            }
        }
        text
    }
}

impl Renderer for Chart {
    fn chart(&self, folder: &str) -> Result<String, String> {
        self.chart_with(folder, &[])
    }

    fn chart_with(&self, _folder: &str, changed: &[(&str, &[u8])]) -> Result<String, String> {
        let now = |path: &str, old: &str| {
            let found = changed.iter().find(|(name, _)| *name == path);
            found.map_or(old.to_owned(), |(_, bytes)| String::from_utf8(bytes.to_vec()).unwrap())
        };
        Ok(self.rendered(&now("web/values.yaml", VALUES), &now("web/templates/pod.yaml", self.template)))
    }

    fn kustomization(&self, _folder: &str) -> Result<String, String> {
        Err("no".to_owned())
    }
}

const VALUES: &str = "tag: 1.4
# Of the pod.
podSecurityContext: {}
securityContext:
  runAsUser: 1000
  # What an administrator may add.
";

/// What all fixes of the chart make of its values and its template.
fn mended(template: &'static str) -> (String, String) {
    let files = [
        ("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
        ("web/values.yaml", VALUES),
        ("web/templates/pod.yaml", template),
    ];
    let scanner = Scanner::new(Settings::default(), &Selection::default());
    let chart = Chart { template };
    let host = Host { renderer: Some(&chart), ..Host::reading(&|_| None) };
    let all: Vec<FixedFile> =
        files.iter().map(|(path, text)| FixedFile::unchanged((*path).into(), text.as_bytes().to_vec())).collect();
    let fixed = scanner.fix_together(all, host, &|_, _| {}, &mut |_, _| true);
    let text = |path: &str| {
        let file = fixed.iter().find(|file| *file.path == *path).unwrap();
        assert!(file.fixed.iter().all(|one| one.finding.fix.as_ref().unwrap().safety == Safety::Unsafe));
        String::from_utf8(file.after.clone()).unwrap()
    };
    (text("web/values.yaml"), text("web/templates/pod.yaml"))
}

#[test]
fn what_a_chart_writes_out_of_its_values_is_set_there() {
    const TEMPLATE: &str = "apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  serviceAccountName: web
  {{- with .Values.podSecurityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: app
      image: \"registry.example/web:{{ .Values.tag }}\"
      securityContext:
        {{- toYaml .Values.securityContext | nindent 8 }}
";
    let (values, template) = mended(TEMPLATE);
    assert_eq!(template, TEMPLATE, "the template only passes on");
    assert!(values.starts_with("tag: 1.4\n# Of the pod.\npodSecurityContext:\n  runAsNonRoot: true\n"), "{values}");
    let (_, container) = values.split_once("\nsecurityContext:\n").unwrap();
    for line in ["  allowPrivilegeEscalation: false\n", "    drop: [ALL]\n", "  # What an administrator may add.\n"] {
        assert!(container.contains(line), "{line} in {values}");
    }
}

#[test]
fn plain_lines_of_a_template_are_mended_under_their_own_conditions_alone() {
    const TEMPLATE: &str = "apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  serviceAccountName: web
  containers:
    - name: app
      image: \"registry.example/web:{{ .Values.tag }}\"
      command: [run]
    - name: side
      {{- with .Values.securityContext }}
      image: side:1
      {{- end }}
";
    let (values, template) = mended(TEMPLATE);
    assert_eq!(values, VALUES);
    let (app, side) = template.split_once("    - name: side\n").unwrap();
    assert!(app.contains("tag }}\"\n      securityContext:\n        allowPrivilegeEscalation: false\n"), "{template}");
    assert!(!side.contains("securityContext:"), "the image stands under a condition: {template}");
}
