//! Charts are judged as rendered, and findings point at templates and values.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use palisade_checks::{Host, Renderer, Scanner, Selection, Settings};

struct Fixed(Result<&'static str, &'static str>);

impl Renderer for Fixed {
    fn chart(&self, folder: &str) -> Result<String, String> {
        assert_eq!(folder, "web");
        self.0.map(str::to_owned).map_err(str::to_owned)
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
