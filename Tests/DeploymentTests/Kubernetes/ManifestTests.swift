import Foundation
import Policies
import Testing
import Yams

@Suite struct ManifestTests {
    /// Of Kubernetes: the oldest that has all that is used, one between, and the newest known.
    private static let script = """
        import sys, yaml, kubernetes_validate
        class Once(yaml.SafeLoader): pass
        def mapping(loader, node, deep=False):
            keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
            assert len(keys) == len(set(keys)), f"a key stands twice: {keys}"
            return yaml.SafeLoader.construct_mapping(loader, node, deep)
        Once.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
        count = 0
        for name in sys.argv[1:]:
            for document in yaml.load_all(open(name), Loader=Once):
                for version in ["1.27", "1.31", kubernetes_validate.latest_version()]:
                    try:
                        kubernetes_validate.validate(document, version, strict=True)
                    except Exception as error:
                        print(name, document.get("kind"), version, getattr(error, "message", error))
                count += 1
        print(count)
        """

    private func judge(_ paths: [String]) async throws -> Tool.Ended {
        try await Tool.run(Tool.peer("python"), ["-c", Self.script] + paths)
    }

    @Test func kubernetesSchemasTakeThem() async throws {
        let names = try Shipped.names(in: Manifests.folder, ending: ".yaml")
        #expect(names == ["agent.yaml", "base.yaml", "cronjob.yaml", "hpa.yaml", "init.yaml", "network-policy.yaml"])
        let judged = try await judge(names.map { "\(Shipped.root)/\(Manifests.folder)/\($0)" })
        let count = try Manifests.all().count
        #expect(judged.code == 0 && judged.output == "\(count)\n", "\(judged.output)\(judged.errors)")
    }

    @Test(arguments: [
        ("readOnlyRootFilesystem", "readOnlyRootFileSystem"), ("containerPort: 9464", "containerPort: metrics"),
        ("revisionHistoryLimit: 3", "replicas: 2"), ("drop: [ALL]", "drop: ALL"),
    ])
    func kubernetesSchemasRefuseASlip(from: String, to: String) async throws {
        try await withDirectory { directory in
            let text = try Shipped.text("\(Manifests.folder)/agent.yaml")
            #expect(text.contains(from))
            try write(text.replacingOccurrences(of: from, with: to), to: "\(directory)/agent.yaml")
            let judged = try await judge(["\(directory)/agent.yaml"])
            #expect(judged.code != 0 || judged.output != "2\n", "\(judged.output)\(judged.errors)")
        }
    }

    @Test func podsHaveTheLeastRights() throws {
        let pods = try Manifests.pods()
        #expect(pods.map(\.kind).sorted() == ["CronJob", "Deployment", "Job"])
        for (kind, spec) in pods {
            #expect(
                spec["automountServiceAccountToken"] as? Bool == false && spec["serviceAccountName"] as? String == "tidemark", "\(kind)")
            let security = spec["securityContext"] as? [String: Any]
            #expect(security?["runAsNonRoot"] as? Bool == true && security?["fsGroup"] as? Int == 65_532, "\(kind)")
            #expect(Manifests.value(security, ["seccompProfile", "type"]) as? String == "RuntimeDefault", "\(kind)")
            let containers = try #require(spec["containers"] as? [[String: Any]])
            #expect(containers.count == 1, "\(kind)")
            for container in containers {
                let own = container["securityContext"] as? [String: Any]
                #expect(own?["allowPrivilegeEscalation"] as? Bool == false && own?["readOnlyRootFilesystem"] as? Bool == true, "\(kind)")
                #expect(Manifests.value(own, ["capabilities", "drop"]) as? [String] == ["ALL"], "\(kind)")
                #expect(Manifests.value(container, ["resources", "limits", "memory"]) is String, "\(kind)")
                #expect(Manifests.value(container, ["resources", "requests", "cpu"]) is String, "\(kind)")
            }
        }
        #expect(try Manifests.kind("ServiceAccount")["automountServiceAccountToken"] as? Bool == false)
    }

    /// The policy for Kubernetes and the pods fit each other: ports, folders, patience.
    @Test func podsFitTheShippedPolicy() throws {
        let policy = try PolicyFile.parse(Shipped.text("policies/kubernetes.yaml"), file: "/etc/tidemark/policy/policy.yaml")
        let cluster = try policy.cluster(nil)
        for (kind, spec) in try Manifests.pods() {
            let container = try #require((spec["containers"] as? [[String: Any]])?.first)
            let mounts = try #require(container["volumeMounts"] as? [[String: Any]]).reduce(into: [String: String]()) {
                $0[$1["name"] as? String ?? ""] = $1["mountPath"] as? String
            }
            // The root of a volume belongs to root, and a repository to its user.
            let volume = try #require(mounts["repository"])
            #expect(cluster.repository.hasPrefix(volume + "/"), "\(kind)")
            let secrets = try #require(mounts["secrets"])
            let lines = try Shipped.text("policies/kubernetes.yaml").split(separator: "\n").filter {
                !$0.contains("#") && $0.contains("/etc/")
            }
            #expect(lines.count == 3 && lines.allSatisfy { $0.contains("\(secrets)/") }, "\(kind)")
            for volume in try #require(spec["volumes"] as? [[String: Any]]) {
                for source in ["configMap", "secret"] {
                    guard let mode = Manifests.value(volume, [source, "defaultMode"]) as? Int else { continue }
                    #expect(mode & 0o022 == 0 && (source == "configMap" || mode & 0o004 == 0), "\(kind)")
                }
            }
            if let patience = spec["terminationGracePeriodSeconds"] as? Int {
                #expect(policy.agent.stopWithin + .seconds(10) < .seconds(patience), "\(kind)")
            }
        }
        let deployment = try Manifests.kind("Deployment")
        #expect(Manifests.value(deployment, ["spec", "strategy", "type"]) as? String == "Recreate")
        let spec = try #require(Manifests.pods().first { $0.kind == "Deployment" }).spec
        let container = try #require((spec["containers"] as? [[String: Any]])?.first)
        let port = try #require((container["ports"] as? [[String: Any]])?.first)
        #expect(policy.agent.listen.map(\.port) == port["containerPort"] as? Int && policy.agent.listen?.host == "0.0.0.0")
        for (probe, path) in [("startupProbe", "startup"), ("livenessProbe", "live"), ("readinessProbe", "ready")] {
            #expect(Manifests.value(container, [probe, "httpGet", "path"]) as? String == "/health/\(path)")
            #expect(Manifests.value(container, [probe, "httpGet", "port"]) as? String == port["name"] as? String)
        }
    }

    /// What they call is understood: it fails for want of the policy, not for its words.
    @Test func argumentsAreThoseOfTheProgram() async throws {
        for (kind, spec) in try Manifests.pods() {
            let container = try #require((spec["containers"] as? [[String: Any]])?.first)
            let arguments = try #require(container["args"] as? [String])
            #expect(arguments.contains("/etc/tidemark/policy/policy.yaml"), "\(kind)")
            let absent = arguments.map { $0.replacingOccurrences(of: "/etc/tidemark/policy", with: "/nowhere") }
            let ended = try await Tool.run(Tool.tidemark, absent)
            #expect(ended.code == 64 && ended.errors.contains("the policy '/nowhere/policy.yaml' cannot be read"), "\(ended.errors)")
        }
    }
}
