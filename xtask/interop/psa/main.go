// Compares Palisade's verdicts on pods with those of Kubernetes' own Pod Security admission library.
//
//	psa fixtures DIR      the library's test pods under DIR (its test/testdata), one JSON object a line
//	psa generate N SEED   N random pods
//	psa manifests DIR     the pod templates of the built-in kinds in a tree of manifests
//	psa compare           reads lines with Palisade's verdicts, prints agreement by check, fails on any difference
//
// Each line is {"id", "version", "pod"}; a judge adds "found": the ids of Palisade's checks that fired.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

const newest = 37

type line struct {
	ID      string      `json:"id"`
	Version int         `json:"version"`
	Pod     *corev1.Pod `json:"pod"`
	Found   []string    `json:"found,omitempty"`
}

func main() {
	args := os.Args[1:]
	switch {
	case len(args) == 2 && args[0] == "fixtures":
		fixtures(args[1])
	case len(args) == 3 && args[0] == "generate":
		generate(number(args[1]), int64(number(args[2])))
	case len(args) == 2 && args[0] == "manifests":
		manifests(args[1])
	case len(args) == 1 && args[0] == "compare":
		compare()
	default:
		fail("usage: psa fixtures DIR | generate N SEED | manifests DIR | compare")
	}
}

func fail(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", arguments...)
	os.Exit(2)
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		fail("%s is no number", text)
	}
	return value
}

func emit(id string, version int, pod *corev1.Pod) {
	pod.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}
	text, err := json.Marshal(line{ID: id, Version: version, Pod: pod})
	if err != nil {
		fail("%v", err)
	}
	fmt.Println(string(text))
}

var versionFolder = regexp.MustCompile(`/v1\.(\d+)/`)

func walk(root string, visit func(path string, text []byte)) {
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !(strings.HasSuffix(path, ".yaml") || strings.HasSuffix(path, ".yml")) {
			return err
		}
		text, err := os.ReadFile(path)
		if err == nil {
			visit(path, text)
		}
		return err
	})
	if err != nil {
		fail("%v", err)
	}
}

func fixtures(root string) {
	walk(root, func(path string, text []byte) {
		folder := versionFolder.FindStringSubmatch(path)
		var pod corev1.Pod
		if err := yaml.Unmarshal(text, &pod); err != nil || folder == nil {
			fail("%s: %v", path, err)
		}
		emit(path, number(folder[1]), &pod)
	})
}

func manifests(root string) {
	random := rand.New(rand.NewSource(1))
	walk(root, func(path string, text []byte) {
		for index, document := range regexp.MustCompile(`(?m)^---`).Split(string(text), -1) {
			var object map[string]any
			if yaml.Unmarshal([]byte(document), &object) != nil {
				continue
			}
			spec, _ := object["spec"].(map[string]any)
			version, _ := object["apiVersion"].(string)
			if version != "v1" && version != "apps/v1" && version != "batch/v1" {
				continue
			}
			var template map[string]any
			switch object["kind"] {
			case "Pod":
				template = object
			case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job":
				template, _ = spec["template"].(map[string]any)
			case "CronJob":
				job, _ := spec["jobTemplate"].(map[string]any)
				inner, _ := job["spec"].(map[string]any)
				template, _ = inner["template"].(map[string]any)
			}
			var pod corev1.Pod
			encoded, _ := json.Marshal(template)
			if template == nil || json.Unmarshal(encoded, &pod) != nil || len(pod.Spec.Containers) == 0 {
				continue
			}
			// A strategic-merge patch has containers without images: no pod to judge.
			if slices.ContainsFunc(pod.Spec.Containers, func(c corev1.Container) bool { return c.Image == "" }) {
				continue
			}
			emit(fmt.Sprintf("%s#%d", path, index), newest, &pod)
			emit(fmt.Sprintf("%s#%d", path, index), random.Intn(newest+1), &pod)
		}
	})
}

func pick[T any](r *rand.Rand, values ...T) T { return values[r.Intn(len(values))] }
func some[T any](r *rand.Rand, percent int, values ...T) *T {
	if r.Intn(100) >= percent {
		return nil
	}
	value := pick(r, values...)
	return &value
}
func maybe[T any](r *rand.Rand, percent int, make func() *T) *T {
	if r.Intn(100) >= percent {
		return nil
	}
	return make()
}

func selinux(r *rand.Rand) *corev1.SELinuxOptions {
	return maybe(r, 15, func() *corev1.SELinuxOptions {
		return &corev1.SELinuxOptions{Type: pick(r, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t", "spc_t"),
			User: pick(r, "", "", "", "u"), Role: pick(r, "", "", "", "r")}
	})
}
func seccomp(r *rand.Rand) *corev1.SeccompProfile {
	return maybe(r, 50, func() *corev1.SeccompProfile {
		return &corev1.SeccompProfile{Type: pick(r, corev1.SeccompProfileTypeRuntimeDefault, corev1.SeccompProfileTypeRuntimeDefault, corev1.SeccompProfileTypeLocalhost, corev1.SeccompProfileTypeUnconfined)}
	})
}
func apparmor(r *rand.Rand) *corev1.AppArmorProfile {
	return maybe(r, 15, func() *corev1.AppArmorProfile {
		return &corev1.AppArmorProfile{Type: pick(r, corev1.AppArmorProfileTypeRuntimeDefault, corev1.AppArmorProfileTypeLocalhost, corev1.AppArmorProfileTypeUnconfined)}
	})
}
func windows(r *rand.Rand) *corev1.WindowsSecurityContextOptions {
	return maybe(r, 10, func() *corev1.WindowsSecurityContextOptions {
		return &corev1.WindowsSecurityContextOptions{HostProcess: some(r, 70, true, false)}
	})
}
func capabilities(r *rand.Rand) *corev1.Capabilities {
	return maybe(r, 70, func() *corev1.Capabilities {
		result := &corev1.Capabilities{}
		for range r.Intn(3) {
			result.Add = append(result.Add, pick[corev1.Capability](r, "NET_BIND_SERVICE", "NET_BIND_SERVICE", "CHOWN", "SYS_ADMIN", "ALL", "CAP_CHOWN", "chown", "KILL"))
		}
		for range r.Intn(3) {
			result.Drop = append(result.Drop, pick[corev1.Capability](r, "ALL", "ALL", "all", "NET_RAW"))
		}
		return result
	})
}
func handler(r *rand.Rand) (*corev1.HTTPGetAction, *corev1.TCPSocketAction) {
	host := pick(r, "", "", "", "localhost", "10.0.0.1")
	if r.Intn(2) == 0 {
		return &corev1.HTTPGetAction{Host: host}, nil
	}
	return nil, &corev1.TCPSocketAction{Host: host}
}
func probe(r *rand.Rand) *corev1.Probe {
	return maybe(r, 10, func() *corev1.Probe {
		http, tcp := handler(r)
		return &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: http, TCPSocket: tcp}}
	})
}
func hook(r *rand.Rand) *corev1.LifecycleHandler {
	return maybe(r, 50, func() *corev1.LifecycleHandler {
		http, tcp := handler(r)
		return &corev1.LifecycleHandler{HTTPGet: http, TCPSocket: tcp}
	})
}
func container(r *rand.Rand, name string) corev1.Container {
	result := corev1.Container{Name: name, Image: "registry.example/" + name + ":1"}
	result.SecurityContext = maybe(r, 80, func() *corev1.SecurityContext {
		return &corev1.SecurityContext{Privileged: some(r, 15, true, false), AllowPrivilegeEscalation: some(r, 70, true, false, false, false),
			RunAsNonRoot: some(r, 50, true, true, true, false), RunAsUser: some[int64](r, 30, 0, 1000), ProcMount: some(r, 15, corev1.DefaultProcMount, corev1.UnmaskedProcMount),
			Capabilities: capabilities(r), SELinuxOptions: selinux(r), SeccompProfile: seccomp(r), AppArmorProfile: apparmor(r), WindowsOptions: windows(r)}
	})
	for range r.Intn(2) {
		result.Ports = append(result.Ports, corev1.ContainerPort{ContainerPort: 80, HostPort: pick[int32](r, 0, 0, 0, 8080)})
	}
	result.LivenessProbe, result.ReadinessProbe, result.StartupProbe = probe(r), probe(r), probe(r)
	result.Lifecycle = maybe(r, 10, func() *corev1.Lifecycle { return &corev1.Lifecycle{PostStart: hook(r), PreStop: hook(r)} })
	return result
}
func volume(r *rand.Rand, name string) corev1.Volume {
	sources := []corev1.VolumeSource{
		{ConfigMap: &corev1.ConfigMapVolumeSource{}}, {Secret: &corev1.SecretVolumeSource{}}, {EmptyDir: &corev1.EmptyDirVolumeSource{}},
		{Projected: &corev1.ProjectedVolumeSource{}}, {DownwardAPI: &corev1.DownwardAPIVolumeSource{}}, {CSI: &corev1.CSIVolumeSource{Driver: "d"}},
		{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{}}, {Ephemeral: &corev1.EphemeralVolumeSource{}}, {Image: &corev1.ImageVolumeSource{}},
		{HostPath: &corev1.HostPathVolumeSource{Path: pick(r, "/", "/var/run/docker.sock", "/srv")}}, {NFS: &corev1.NFSVolumeSource{Server: "s", Path: "/"}}, {GitRepo: &corev1.GitRepoVolumeSource{Repository: "r"}},
	}
	index := r.Intn(len(sources) + 6)
	if index >= len(sources) {
		index %= 9
	}
	return corev1.Volume{Name: name, VolumeSource: sources[index]}
}

func generate(count int, seed int64) {
	r := rand.New(rand.NewSource(seed))
	for index := range count {
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "pod"}}
		annotation := func(key string, values ...string) {
			if r.Intn(12) == 0 {
				if pod.Annotations == nil {
					pod.Annotations = map[string]string{}
				}
				pod.Annotations[key] = pick(r, values...)
			}
		}
		profiles := []string{"runtime/default", "docker/default", "localhost/x", "localhost", "unconfined", ""}
		annotation("seccomp.security.alpha.kubernetes.io/pod", profiles...)
		annotation("container.seccomp.security.alpha.kubernetes.io/one", profiles...)
		annotation("container.seccomp.security.alpha.kubernetes.io/unknown", profiles...)
		annotation("container.apparmor.security.beta.kubernetes.io/one", profiles...)
		spec := &pod.Spec
		spec.HostNetwork, spec.HostPID, spec.HostIPC = r.Intn(15) == 0, r.Intn(15) == 0, r.Intn(15) == 0
		spec.HostUsers = some(r, 20, true, false)
		spec.OS = maybe(r, 10, func() *corev1.PodOS { return &corev1.PodOS{Name: pick(r, corev1.Windows, corev1.Linux)} })
		spec.SecurityContext = maybe(r, 70, func() *corev1.PodSecurityContext {
			result := &corev1.PodSecurityContext{RunAsNonRoot: some(r, 50, true, true, true, false), RunAsUser: some[int64](r, 20, 0, 1000),
				SELinuxOptions: selinux(r), SeccompProfile: seccomp(r), AppArmorProfile: apparmor(r), WindowsOptions: windows(r)}
			for range r.Intn(2) {
				result.Sysctls = append(result.Sysctls, corev1.Sysctl{Name: pick(r, "kernel.shm_rmid_forced", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_rmem", "net.ipv4.tcp_notsent_lowat", "kernel.msgmax"), Value: "1"})
			}
			return result
		})
		spec.Containers = append(spec.Containers, container(r, "one"))
		if r.Intn(3) == 0 {
			spec.Containers = append(spec.Containers, container(r, "two"))
		}
		if r.Intn(3) == 0 {
			spec.InitContainers = append(spec.InitContainers, container(r, "init"))
		}
		if r.Intn(4) == 0 {
			spec.EphemeralContainers = append(spec.EphemeralContainers, corev1.EphemeralContainer{EphemeralContainerCommon: corev1.EphemeralContainerCommon(container(r, "debug"))})
		}
		for index := range r.Intn(3) {
			spec.Volumes = append(spec.Volumes, volume(r, fmt.Sprintf("v%d", index)))
		}
		emit(fmt.Sprintf("random#%d", index), r.Intn(newest+1), pod)
	}
}

// Which of Palisade's checks, when one fires, mean that a check of the library forbids the pod.
var meaning = map[policy.CheckID][]string{
	"hostNamespaces":             {"host-network", "host-pid", "host-ipc"},
	"privileged":                 {"privileged-container"},
	"windowsHostProcess":         {"windows-host-process"},
	"hostPathVolumes":            {"host-path", "sensitive-host-path", "container-runtime-socket"},
	"hostPorts":                  {"host-port"},
	"capabilities_baseline":      {"dangerous-capability"},
	"capabilities_restricted":    {"dangerous-capability", "extra-capability", "undropped-capabilities"},
	"appArmorProfile":            {"apparmor-unconfined"},
	"seLinuxOptions":             {"selinux-options"},
	"procMount":                  {"unmasked-proc"},
	"procMount_restricted":       {"unmasked-proc"},
	"seccompProfile_baseline":    {"seccomp-unconfined"},
	"seccompProfile_restricted":  {"seccomp-unconfined", "missing-seccomp-profile"},
	"sysctls":                    {"unsafe-sysctl"},
	"hostProbesAndHostLifecycle": {"probe-to-other-host"},
	"restrictedVolumes":          {"restricted-volume", "host-path", "sensitive-host-path", "container-runtime-socket"},
	"allowPrivilegeEscalation":   {"privilege-escalation"},
	"runAsNonRoot":               {"missing-run-as-non-root"},
	"runAsUser":                  {"root-user"},
}

func compare() {
	type tally struct{ same, different, denied int }
	tallies := map[policy.CheckID]*tally{}
	pods, differences := 0, 0
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(make([]byte, 1<<20), 1<<26)
	for input.Scan() {
		var one line
		if err := json.Unmarshal(input.Bytes(), &one); err != nil {
			fail("%v", err)
		}
		pods++
		for _, check := range policy.DefaultChecks() {
			known, ok := meaning[check.ID]
			if !ok {
				fail("the library's check %s is unknown here", check.ID)
			}
			var judge policy.CheckPodFn
			for _, version := range check.Versions {
				at := api.MajorMinorVersion(1, one.Version)
				if !at.Older(version.MinimumVersion) {
					judge = version.CheckPod
				}
			}
			if judge == nil {
				continue
			}
			// Two cells have one check of ours for two of the library's.
			relaxed := one.Pod.Spec.HostUsers != nil && !*one.Pod.Spec.HostUsers && one.Version >= 35
			windows := one.Pod.Spec.OS != nil && one.Pod.Spec.OS.Name == corev1.Windows && one.Version >= 25
			if check.ID == "procMount" && relaxed || windows && (check.ID == "seccompProfile_restricted" || check.ID == "capabilities_restricted") {
				continue
			}
			theirs := !judge(&one.Pod.ObjectMeta, &one.Pod.Spec).Allowed
			ours := slices.ContainsFunc(one.Found, func(id string) bool { return slices.Contains(known, strings.TrimPrefix(id, "kubernetes/")) })
			entry := tallies[check.ID]
			if entry == nil {
				entry = &tally{}
				tallies[check.ID] = entry
			}
			if theirs {
				entry.denied++
			}
			if ours == theirs {
				entry.same++
				continue
			}
			entry.different++
			if differences++; differences <= 20 {
				fmt.Printf("DIFFERENT %s 1.%d %s: the library denies %v, palisade %v\n", one.ID, one.Version, check.ID, theirs, ours)
			}
		}
	}
	var ids []string
	for id := range tallies {
		ids = append(ids, string(id))
	}
	sort.Strings(ids)
	total := tally{}
	for _, id := range ids {
		entry := tallies[policy.CheckID(id)]
		fmt.Printf("%-28s %7d same %5d different (%d denied)\n", id, entry.same, entry.different, entry.denied)
		total.same += entry.same
		total.different += entry.different
	}
	fmt.Printf("%d pods, %d verdicts, %d different\n", pods, total.same+total.different, total.different)
	if pods == 0 || total.different > 0 {
		os.Exit(1)
	}
}
