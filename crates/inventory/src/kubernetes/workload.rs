//! Pod templates wherever they stand, and the containers in them.
//!
//! Built-in kinds have one known place. In any other kind, each mapping with a
//! `containers` list of named items, one with an image, is a pod template; Argo
//! workflow templates and Tekton steps, MinIO tenants and MongoDB communities
//! have their own shapes. Policies that only *describe* pods are left out.

use palisade_model::{Edit, Span};

use super::Object;
use crate::yaml::{DEPTH_MAX, Node};

/// Pod templates beyond this in one object are not read.
const WORKLOADS_MAX: usize = 256;

/// What a pod template is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Containers with images: everything can be judged.
    Complete,
    /// A patch, or a template that another object completes: what is missing may stand elsewhere.
    Partial,
    /// Pods that an operator builds; only their security contexts stand here.
    Managed,
}

/// When a container runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Before the others.
    Init,
    /// An init container that keeps running.
    Sidecar,
    /// With the pod.
    Normal,
    /// Added to debug.
    Ephemeral,
}

/// One pod template.
#[derive(Clone, Debug)]
pub struct Workload<'y> {
    /// The object that holds it.
    pub object: Object<'y>,
    /// The mapping with the template's `metadata`, when there is one.
    pub template: Option<Node<'y>>,
    /// The pod's specification.
    pub pod: Node<'y>,
    /// The pod's security context.
    pub security: Option<Node<'y>>,
    /// Init, normal and ephemeral containers, in that order.
    pub containers: Vec<Container<'y>>,
    /// How much of the pod stands here.
    pub nature: Nature,
    /// The span that stands for the pod: the object's name, or the template's own name.
    pub place: Span,
}

/// One container.
#[derive(Clone, Copy, Debug)]
pub struct Container<'y> {
    /// Its mapping.
    pub node: Node<'y>,
    /// Its name; empty when it has none.
    pub name: &'y str,
    /// The span that stands for it: its name, else its image.
    pub place: Span,
    /// When it runs.
    pub role: Role,
    /// Its security context.
    pub security: Option<Node<'y>>,
}

impl<'y> Workload<'y> {
    /// A setting of the pod; null counts as absent.
    #[must_use]
    pub fn setting(&self, keys: &[&str]) -> Option<Node<'y>> {
        self.pod.at(keys).filter(|node| !node.is_null())
    }

    /// A setting of the pod's security context.
    #[must_use]
    pub fn context(&self, keys: &[&str]) -> Option<Node<'y>> {
        self.security?.at(keys).filter(|node| !node.is_null())
    }

    /// The template's annotations.
    pub fn annotations(&self) -> impl Iterator<Item = crate::yaml::Entry<'y>> {
        self.template.and_then(|template| template.at(&["metadata", "annotations"])).into_iter().flat_map(Node::entries)
    }

    /// Whether its pods say that they run on Windows.
    #[must_use]
    pub fn is_windows(&self) -> bool {
        self.setting(&["os", "name"]).and_then(Node::as_str) == Some("windows")
    }

    /// Whether its pods run on Windows, though admission only knows it of those that say so in `os.name`: they ask for
    /// such nodes, or are processes of one. Settings of Linux do nothing for them.
    #[must_use]
    pub fn runs_on_windows(&self) -> bool {
        let windows = |node: Option<Node<'_>>| node.and_then(Node::as_str) == Some("windows");
        let labels = ["kubernetes.io/os", "beta.kubernetes.io/os"];
        self.is_windows()
            || labels.iter().any(|label| windows(self.setting(&["nodeSelector", label])))
            || self.contexts(&["windowsOptions", "hostProcess"]).any(|node| node.as_bool() == Some(true))
    }

    /// Whether its pods have a user namespace of their own (`hostUsers: false`).
    #[must_use]
    pub fn has_user_namespace(&self) -> bool {
        self.setting(&["hostUsers"]).and_then(Node::as_bool) == Some(false)
    }

    /// Whether what is missing here is missing for good.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.nature == Nature::Complete
    }

    /// A setting of every security context: the pod's, then each container's own.
    pub fn contexts<'k>(&'k self, keys: &'k [&'k str]) -> impl Iterator<Item = Node<'y>> + use<'y, 'k> {
        let own = self.containers.iter().filter_map(|container| container.context(keys));
        self.context(keys).into_iter().chain(own)
    }

    /// Where to say that something is missing in these containers: at the pod when it could set it for all of
    /// its containers and none has it, else at each of them, which is given along.
    #[must_use]
    pub fn places<'c>(&self, lacking: &[&'c Container<'y>]) -> Vec<(Span, Option<&'c Container<'y>>)> {
        if !lacking.is_empty() && lacking.len() == self.containers.len() {
            return vec![(self.place, None)];
        }
        lacking.iter().map(|container| (container.place, Some(*container))).collect()
    }

    /// An edit that adds an entry to the pod, where pods are known to take it, and nothing is said of it yet.
    #[must_use]
    pub fn add_setting(&self, after: &str, line: &str) -> Option<Edit> {
        let key = line.split(':').next()?;
        (self.is_built_in() && self.pod.get(key).is_none()).then(|| self.pod.add_lines(after, line))?
    }

    /// An edit that adds entries to the pod, which has none of their keys, where pods are known to take them.
    #[must_use]
    pub fn add_lines_to_pod(&self, lines: &str) -> Option<Edit> {
        self.is_built_in().then(|| self.pod.add_lines("", lines))?
    }

    fn is_built_in(&self) -> bool {
        let known = matches!(self.object.group(), "" | "apps" | "extensions" | "batch");
        (known || self.object.is("argoproj.io", "Rollout")) && self.nature == Nature::Complete
    }

    /// An edit that adds entries to the pod's `securityContext`, which is made when it is not there. Only in kinds
    /// that are known to take one: custom ones may drop it, or refuse the pod.
    #[must_use]
    pub fn add_context(&self, lines: &str) -> Option<Edit> {
        match (self.object.group(), self.object.kind()) {
            ("minio.min.io", "Tenant") => self.pod.add_under("securityContext", "name", lines),
            ("mongodbcommunity.mongodb.com", "MongoDBCommunity") => {
                let keys = ["statefulSet", "spec", "template", "spec", "securityContext"];
                self.object.at(&["spec"])?.add_at(&keys, "version", lines)
            }
            _ if self.is_built_in() => self.pod.add_under("securityContext", "serviceAccountName", lines),
            _ => None,
        }
    }

    /// The value of one security setting for a container: its own, else the pod's.
    #[must_use]
    pub fn effective(&self, container: &Container<'y>, keys: &[&str]) -> Option<Node<'y>> {
        container.context(keys).or_else(|| self.context(keys))
    }
}

impl<'y> Container<'y> {
    /// A setting of the container; null counts as absent.
    #[must_use]
    pub fn setting(&self, keys: &[&str]) -> Option<Node<'y>> {
        self.node.at(keys).filter(|node| !node.is_null())
    }

    /// An edit that adds entries to the `securityContext`, which is made when it is not there.
    #[must_use]
    pub fn add_context(&self, keys: &[&str], lines: &str) -> Option<Edit> {
        // What has no image is no plain container, and keeps its security context under a name of its own.
        self.image()?;
        self.node.add_at(&[&["securityContext"], keys].concat(), "image", lines)
    }

    /// Whether it holds every privilege of its node, so that it may be refused nothing less.
    #[must_use]
    pub fn is_privileged(&self) -> bool {
        let set = |keys| self.context(keys).and_then(Node::as_bool) == Some(true);
        let adds = self.context(&["capabilities", "add"]).into_iter().flat_map(Node::items).filter_map(Node::as_str);
        let all = ["ALL", "SYS_ADMIN", "CAP_SYS_ADMIN"];
        set(&["privileged"]) || adds.map(str::to_ascii_uppercase).any(|name| all.contains(&name.as_str()))
    }

    /// A setting of its security context.
    #[must_use]
    pub fn context(&self, keys: &[&str]) -> Option<Node<'y>> {
        self.security?.at(keys).filter(|node| !node.is_null())
    }

    /// The node of its image.
    #[must_use]
    pub fn image(&self) -> Option<Node<'y>> {
        self.setting(&["image"]).filter(|node| node.is_scalar())
    }

    fn new(node: Node<'y>, role: Role, fallback: Span) -> Self {
        let name = node.get("name").filter(|name| name.as_str().is_some());
        let restarts = node.get_str("restartPolicy") == Some("Always");
        Self {
            node,
            name: name.and_then(Node::as_str).unwrap_or(""),
            place: name.or_else(|| node.get("image")).map_or(fallback, Node::span),
            role: if role == Role::Init && restarts { Role::Sidecar } else { role },
            security: node.get("securityContext").filter(|node| node.is_mapping()),
        }
    }
}

pub(super) fn find<'y>(object: Object<'y>) -> Vec<Workload<'y>> {
    let (kind, group, root) = (object.kind(), object.group(), object.root);
    let template = match (group, kind) {
        ("", "Pod") => Some(root),
        ("", "PodTemplate") => root.get("template"),
        ("apps" | "extensions", "Deployment" | "DaemonSet" | "ReplicaSet" | "StatefulSet")
        | ("", "ReplicationController")
        | ("batch", "Job") => root.at(&["spec", "template"]),
        ("batch", "CronJob") => root.at(&["spec", "jobTemplate", "spec", "template"]),
        ("minio.min.io", "Tenant") => return tenant_pools(object),
        ("mongodbcommunity.mongodb.com", "MongoDBCommunity") => return mongodb(object),
        _ => return if describes_only(group, kind) { Vec::new() } else { search(object) },
    };
    let Some(template) = template else { return Vec::new() };
    let Some(pod) = template.get("spec").filter(|pod| pod.is_mapping()) else { return Vec::new() };
    let mut workload = of_pod(object, Some(template), pod, object.place());
    let imaged = |container: &Container<'_>| container.role != Role::Normal || container.image().is_some();
    if !workload.containers.iter().all(imaged) || workload.containers.is_empty() {
        workload.nature = Nature::Partial;
    }
    vec![workload]
}

/// Kinds that hold no pod, or only patterns of pods. Most objects of a target are of these; they are not searched.
fn describes_only(group: &str, kind: &str) -> bool {
    group.ends_with("kyverno.io")
        || group.ends_with("gatekeeper.sh")
        || group.ends_with("rbac.authorization.k8s.io")
        || group.ends_with("kustomize.config.k8s.io")
        || group.starts_with("admissionregistration.")
        || group.starts_with("networking.")
        || (group.is_empty() && matches!(kind, "ConfigMap" | "Secret" | "Service" | "ServiceAccount" | "Namespace"))
}

fn of_pod<'y>(object: Object<'y>, template: Option<Node<'y>>, pod: Node<'y>, place: Span) -> Workload<'y> {
    let roles =
        [("initContainers", Role::Init), ("containers", Role::Normal), ("ephemeralContainers", Role::Ephemeral)];
    let listed = |(key, role)| {
        let items = pod.get(key).into_iter().flat_map(Node::items).filter(|item| item.is_mapping());
        items.map(move |item| Container::new(item, role, place))
    };
    let containers = roles.into_iter().flat_map(listed).collect();
    let security = pod.get("securityContext").filter(|node| node.is_mapping());
    Workload { object, template, pod, security, containers, nature: Nature::Complete, place }
}

/// Pod templates anywhere in an object of a custom kind.
fn search(object: Object<'_>) -> Vec<Workload<'_>> {
    let mut found = Vec::new();
    visit(object, object.root, None, None, DEPTH_MAX, &mut found);
    if let [only] = found.as_mut_slice() {
        only.place = object.place();
    }
    found
}

/// `above` is the mapping that holds `node`, `key` the span of the key that names it.
fn visit<'y>(
    object: Object<'y>,
    node: Node<'y>,
    above: Option<Node<'y>>,
    key: Option<Span>,
    depth: usize,
    found: &mut Vec<Workload<'y>>,
) {
    // An alias shows what was seen at its anchor; following it could take for ever.
    if depth == 0 || found.len() >= WORKLOADS_MAX || node.resolve() != node {
        return;
    }
    if node.is_mapping() {
        let place = node.get("name").map(Node::span).or(key).unwrap_or_else(|| object.place());
        match pod_like(object, node, above, place) {
            Some(workload) => found.push(workload),
            None => {
                for entry in node.entries() {
                    visit(object, entry.value, Some(node), Some(entry.key.span()), depth - 1, found);
                }
            }
        }
    } else {
        node.items().for_each(|item| visit(object, item, above, key, depth - 1, found));
    }
}

/// Whether a mapping of a custom object is a pod, and which.
fn pod_like<'y>(object: Object<'y>, node: Node<'y>, above: Option<Node<'y>>, place: Span) -> Option<Workload<'y>> {
    let named = |list: Node<'y>| {
        let mut items = list.items().filter(|item| item.is_mapping()).peekable();
        items.peek().is_some() && items.all(|item| item.get_str("name").is_some())
    };
    let imaged = |list: Node<'y>| list.items().any(|item| item.get_str("image").is_some());
    if let Some(containers) = node.get("containers").filter(|list| named(*list) && imaged(*list)) {
        let template = above.filter(|above| above.get("spec") == Some(node));
        let mut workload = of_pod(object, template, node, place);
        if !containers.items().all(|item| item.get_str("image").is_some()) {
            workload.nature = Nature::Partial;
        }
        return Some(workload);
    }
    let fallback = |workload: &mut Workload<'y>| {
        workload.security = workload.security.or_else(|| object.at(&["spec", "securityContext"]));
        workload.nature = Nature::Partial;
    };
    if object.group() == "argoproj.io"
        && let Some(single) =
            node.get("container").or_else(|| node.get("script")).filter(|one| one.get_str("image").is_some())
    {
        let mut workload = of_pod(object, Some(node), node, place);
        workload.containers.push(Container::new(single, Role::Normal, place));
        fallback(&mut workload);
        return Some(workload);
    }
    if object.group() == "tekton.dev"
        && let Some(steps) = node.get("steps").filter(|list| imaged(*list))
    {
        let mut workload = of_pod(object, None, node, place);
        workload.containers.extend(steps.items().map(|step| Container::new(step, Role::Normal, step.span())));
        fallback(&mut workload);
        return Some(workload);
    }
    None
}

/// MinIO: each pool has a pod context and a context of its one container.
fn tenant_pools(object: Object<'_>) -> Vec<Workload<'_>> {
    let pools = object.at(&["spec", "pools"]).into_iter().flat_map(Node::items).filter(|pool| pool.is_mapping());
    let pools = pools.take(WORKLOADS_MAX).map(|pool| {
        let place = pool.get("name").map_or_else(|| object.place(), Node::span);
        let mapping = |key| pool.get(key).filter(|node: &Node<'_>| node.is_mapping());
        let security = mapping("containerSecurityContext");
        let container = Container { node: pool, name: "minio", place, role: Role::Normal, security };
        let security = mapping("securityContext");
        Workload {
            object,
            template: None,
            pod: pool,
            security,
            containers: vec![container],
            nature: Nature::Managed,
            place,
        }
    });
    pools.collect()
}

/// MongoDB: the operator's pods, as overridden under `spec.statefulSet`.
fn mongodb(object: Object<'_>) -> Vec<Workload<'_>> {
    let template = object.at(&["spec", "statefulSet", "spec", "template"]);
    let pod = template.and_then(|template| template.get("spec")).filter(|pod| pod.is_mapping());
    let mut workload = of_pod(object, template, pod.unwrap_or(object.root), object.place());
    workload.nature = Nature::Managed;
    if !workload.containers.iter().any(|container| container.role == Role::Normal) {
        let (node, place) = (workload.pod, workload.place);
        workload.containers.push(Container { node, name: "mongod", place, role: Role::Normal, security: None });
    }
    vec![workload]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Yaml;

    fn count(text: &str) -> Vec<(Nature, usize)> {
        let yaml = Yaml::parse(text);
        let workloads = yaml.documents().flat_map(Object::all).flat_map(Object::workloads);
        workloads.map(|workload| (workload.nature, workload.containers.len())).collect()
    }

    #[test]
    fn pods_are_found_in_any_kind() {
        let pod = "{initContainers: [{name: i, image: i}], containers: [{name: a, image: a}]}";
        for (head, path) in [
            ("apiVersion: v1\nkind: Pod", format!("spec: {pod}")),
            ("apiVersion: apps/v1\nkind: Deployment", format!("spec: {{template: {{spec: {pod}}}}}")),
            (
                "apiVersion: batch/v1\nkind: CronJob",
                format!("spec: {{jobTemplate: {{spec: {{template: {{spec: {pod}}}}}}}}}"),
            ),
            ("apiVersion: serving.knative.dev/v1\nkind: Service", format!("spec: {{template: {{spec: {pod}}}}}")),
            ("apiVersion: ray.io/v1\nkind: RayCluster", format!("spec: {{workers: [{{template: {{spec: {pod}}}}}]}}")),
        ] {
            assert_eq!(count(&format!("{head}\n{path}\n")), [(Nature::Complete, 2)], "{head}");
        }
    }

    #[test]
    fn patches_are_partial_and_patterns_are_nothing() {
        let patch = "apiVersion: apps/v1\nkind: Deployment\nspec: {template: {spec: {containers: [{name: a}]}}}\n";
        assert_eq!(count(patch), [(Nature::Partial, 1)]);
        let pattern = "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nspec: {containers: [{name: a, image: b}]}\n";
        assert_eq!(count(pattern), []);
    }

    #[test]
    fn operators_pods_have_their_contexts() {
        let tenant = "apiVersion: minio.min.io/v2\nkind: Tenant\nspec:\n  pools:\n  - name: a\n    securityContext: {runAsNonRoot: true}\n  - name: b\n";
        let yaml = Yaml::parse(tenant);
        let workloads: Vec<_> = yaml.documents().flat_map(Object::all).flat_map(Object::workloads).collect();
        let set: Vec<_> = workloads.iter().map(|workload| workload.context(&["runAsNonRoot"]).is_some()).collect();
        assert_eq!(set, [true, false]);
        let mongo = "apiVersion: mongodbcommunity.mongodb.com/v1\nkind: MongoDBCommunity\nspec: {members: 3}\n";
        assert_eq!(count(mongo), [(Nature::Managed, 1)]);
    }
}
