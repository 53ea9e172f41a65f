//! Overlays, patches, generators and cycles, each rendered and traced back to its files.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
use super::*;
use crate::tree::Assembled;

fn read<'f>(files: &'f [(&'f str, &'f str)]) -> impl Fn(&str) -> Option<Vec<u8>> + 'f {
    |path| files.iter().find(|(name, _)| *name == path).map(|(_, text)| text.as_bytes().to_vec())
}

const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - {name: a, image: 'a:1'}\n      - {name: b, image: 'b:1'}\n      volumes:\n      - {name: v, configMap: {name: cfg}}\n";

#[test]
fn overlays_patch_what_they_include_and_keep_origins() {
    let files = [
        (
            "base/kustomization.yaml",
            "resources: [web.yaml]\nconfigMapGenerator:\n- name: cfg\n  literals: [a=b, c=d=e]\n",
        ),
        ("base/web.yaml", WEB),
        (
            "over/kustomization.yaml",
            "resources: [../base]\nnamespace: new\nnamePrefix: p-\nimages: [{name: b, newTag: '7'}]\npatches:\n- path: p.yaml\n- target: {kind: Deployment}\n  patch: |-\n    - op: add\n      path: /spec/replicas\n      value: 3\n",
        ),
        (
            "over/p.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - {name: b, securityContext: {privileged: true}}\n",
        ),
    ];
    let read = read(&files);
    let mut kitchen = Kitchen::new(&read);
    let rendering = kitchen.render("over/kustomization.yaml").unwrap();
    let assembled = Assembled::of(rendering.objects.iter());
    let root = assembled.yaml.root().unwrap();
    assert_eq!(root.at(&["metadata", "name"]).unwrap().as_str(), Some("p-web"));
    assert_eq!(root.at(&["spec", "replicas"]).unwrap().as_i64(), Some(3));
    let containers = root.at(&["spec", "template", "spec", "containers"]).unwrap();
    let first = containers.items().next().unwrap();
    assert_eq!((first.get_str("name"), first.get_str("image")), (Some("b"), Some("b:7")));
    let origin = |node: crate::yaml::Node<'_>| {
        let origin = assembled.origin(node.span()).unwrap();
        let source = &kitchen.sources()[origin.source as usize];
        (source.path.to_string(), origin.span.of(source.yaml.text()).to_owned())
    };
    assert_eq!(origin(first.get("image").unwrap()), ("over/kustomization.yaml".into(), "'7'".into()));
    assert_eq!(origin(first.at(&["securityContext", "privileged"]).unwrap()), ("over/p.yaml".into(), "true".into()));
    assert_eq!(origin(root.at(&["spec", "replicas"]).unwrap()), ("over/kustomization.yaml".into(), "3".into()));
    let volume = root.at(&["spec", "template", "spec", "volumes"]).unwrap().items().next().unwrap();
    // The hash is the one that kubectl 1.32 gives.
    assert_eq!(volume.at(&["configMap", "name"]).unwrap().as_str(), Some("p-cfg-t9mff8g99h"));
}

#[test]
fn cycles_and_ways_out_are_faults() {
    let files = [
        ("a/kustomization.yaml", "resources: [../b]\n"),
        ("b/kustomization.yaml", "resources: [../a]\n"),
        ("c/kustomization.yaml", "resources: [../../etc]\n"),
        ("d/kustomization.yaml", "helmCharts: [{name: x}]\n"),
        ("e/kustomization.yaml", "resources: ['https://github.com/a/b?ref=v1']\n"),
    ];
    let read = read(&files);
    let mut kitchen = Kitchen::new(&read);
    for path in ["a", "c", "d"] {
        assert!(kitchen.render(&format!("{path}/kustomization.yaml")).is_err(), "{path}");
    }
    assert_eq!(kitchen.render("e/kustomization.yaml").unwrap().gaps.len(), 1);
}
