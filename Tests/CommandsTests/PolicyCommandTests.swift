import Foundation
import Glibc
import Host
import KafkaSimulator
import LoopbackServer
import SnapshotModel
import Testing

@testable import Commands

/// Policies as an operator uses them, against a simulated cluster.
@Suite struct PolicyCommandTests {
    private struct Scene {
        var directory: String
        var policy: String
        var repository: String

        func run(_ arguments: String..., password: String = "right-password") async -> (code: ExitCode?, shell: FakeShell) {
            let shell = FakeShell(variables: ["KAFKA_PW": password])
            return (await shell.run(arguments), shell)
        }
    }

    /// One cluster with a login, a policy of it, and no repository yet.
    private func withScene(_ body: @Sendable (Scene) async throws -> Void) async throws {
        try await withDirectory { directory in
            var configuration = SimulatorConfiguration()
            configuration.brokerIDs = [1]
            configuration.users = [SimulatedUser(name: "backup", password: "right-password")]
            try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
                let servers = cluster.bootstrapServers.split(separator: ",").map { "\"\($0)\"" }.joined(separator: ", ")
                let path = "\(directory)/policy.yaml"
                try """
                version: 1
                clusters:
                  - name: shop
                    bootstrapServers: [\(servers)]
                    properties:
                      security.protocol: SASL_PLAINTEXT
                      sasl.mechanism: SCRAM-SHA-256
                      sasl.jaas.config: org.apache.kafka.common.security.scram.ScramLoginModule required username="backup" password="${KAFKA_PW}";
                      default.api.timeout.ms: 20000
                    repository: repository
                    backup: {every: 1h, tags: [nightly], except: [broker-configs]}
                """.write(toFile: path, atomically: true, encoding: .utf8)
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
                try await body(Scene(directory: directory, policy: path, repository: "\(directory)/repository"))
            }
        }
    }

    @Test func everyCommandTakesAPolicyInPlaceOfFlags() async throws {
        try await withScene { scene in
            #expect(await scene.run("init", "--policy", scene.policy).code == .success)
            let backup = await scene.run("backup", "--policy", scene.policy, "--json")
            #expect(backup.code == .success, "\(backup.shell.errors.text)")
            let shown = await scene.run("show", "--policy", scene.policy, "--cluster", "shop", "--json")
            #expect(shown.code == .success && shown.shell.output.text.contains("nightly"))
            #expect(!shown.shell.output.text.contains("\"broker-configs\""))
            for arguments in [["snapshots"], ["check"], ["diff", "latest", "--live"], ["health", "--startup"]] {
                let shell = FakeShell(variables: ["KAFKA_PW": "right-password"])
                #expect(await shell.run(arguments + ["--policy", scene.policy]) == .success, "\(arguments) \(shell.errors.text)")
            }
            let wrong = await scene.run("snapshots", "--policy", scene.policy, "--cluster", "shp")
            #expect(wrong.code == .usage && wrong.shell.errors.text.contains("did you mean shop?"))
        }
    }

    @Test func anOptionGoesBeforeThePolicyAndThePolicyBeforeTheEnvironment() async throws {
        try await withScene { scene in
            let shell = FakeShell(variables: [
                "KAFKA_PW": "right-password", "TIDEMARK_REPOSITORY": "/nowhere", "TIDEMARK_BOOTSTRAP_SERVER": "127.0.0.1:1",
            ])
            #expect(await shell.run("init", "--policy", scene.policy) == .success)
            #expect(await shell.run("backup", "--policy", scene.policy, "--tag", "by-hand") == .success, "\(shell.errors.text)")
            #expect(await shell.run("snapshots", "--policy", scene.policy, "--json") == .success)
            #expect(shell.output.text.contains("by-hand") && !shell.output.text.contains("nightly"))
            #expect(await shell.run("snapshots", "--policy", scene.policy, "--repo", "\(scene.directory)/other") == .repositoryUnusable)
        }
    }

    @Test func aVariableThatIsNotSetIsNamed() async throws {
        try await withScene { scene in
            #expect(await scene.run("init", "--policy", scene.policy).code == .success)
            let shell = FakeShell()
            #expect(await shell.run("backup", "--policy", scene.policy) == .usage)
            #expect(shell.errors.text.contains("properties.sasl.jaas.config: the environment has no KAFKA_PW, or it is empty\nhint: "))
        }
    }

    @Test func checkTellsWhatWouldFailTonightAndLeavesNothingBehind() async throws {
        try await withScene { scene in
            let missing = await scene.run("policy", "check", scene.policy)
            #expect(missing.code == .repositoryUnusable)
            #expect(missing.shell.output.text.contains("failure  repository:") && missing.shell.output.text.contains("tidemark init"))
            #expect(missing.shell.output.text.contains("ok  topics:"), "the cluster is tried all the same")

            #expect(await scene.run("init", "--policy", scene.policy).code == .success)
            #expect(await scene.run("backup", "--policy", scene.policy).code == .success)
            let before = try FileManager.default.subpathsOfDirectory(atPath: scene.repository).sorted()
            let ready = await scene.run("policy", "check", scene.policy, "--json")
            #expect(ready.code == .success, "\(ready.shell.output.text)")
            let json = try JSON.parse(Array(ready.shell.output.text.utf8.dropLast()))
            #expect(json["schema"] == "tidemark.policy-check/1" && json["ready"] == .bool(true))
            #expect(try FileManager.default.subpathsOfDirectory(atPath: scene.repository).sorted() == before)

            let refused = await scene.run("policy", "check", scene.policy, password: "wrong-password")
            #expect(refused.code == .denied)
            #expect(refused.shell.output.text.contains("Something would fail tonight."))
            #expect(!(refused.shell.output.text + refused.shell.errors.text).contains("-password"))
            #expect(try FileManager.default.subpathsOfDirectory(atPath: scene.repository).sorted() == before)
        }
    }

    @Test func checkFindsARepositoryOfAnotherCluster() async throws {
        try await withScene { one in
            #expect(await one.run("init", "--policy", one.policy).code == .success)
            #expect(await one.run("backup", "--policy", one.policy).code == .success)
            try await withScene { other in
                try FileManager.default.copyItem(atPath: one.repository, toPath: other.repository)
                let result = await other.run("policy", "check", other.policy)
                #expect(result.code == .conflict && result.shell.output.text.contains("holds snapshots of cluster"))
            }
        }
    }

    @Test func checkSaysWhatDoesNotGoTogetherInOneRepository() async throws {
        try await withScene { scene in
            try await withScene { other in
                func entries(_ path: String) throws -> String {
                    try String(contentsOfFile: path, encoding: .utf8).replacing("version: 1\nclusters:\n", with: "")
                }
                func write(_ second: String) throws {
                    let first = try String(contentsOfFile: scene.policy, encoding: .utf8)
                    let path = "\(scene.directory)/two.yaml"
                    try (first + "\n    retention: {every: 1h, keepLast: 9}\n" + second).write(
                        toFile: path, atomically: true, encoding: .utf8)
                    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
                }
                let two = "\(scene.directory)/two.yaml"
                #expect(await scene.run("init", "--policy", scene.policy).code == .success)
                let renamed = try entries(scene.policy).replacing("name: shop", with: "name: again")
                    .replacing("repository: repository", with: "repository: ./repository/")
                try write(renamed + "\n    retention: {every: 1h, keepLast: 9}\n")
                let agreed = await scene.run("policy", "check", two)
                #expect(agreed.code == .success, "\(agreed.shell.output.text)")
                try write(renamed + "\n    retention: {every: 1h, keepLast: 2}\n")
                for offline in [[], ["--offline"]] {
                    let shell = FakeShell(variables: ["KAFKA_PW": "right-password"])
                    #expect(await shell.run(["policy", "check", two] + offline) == .conflict)
                    #expect(
                        shell.output.text.contains("again forgets in the same repository") && shell.output.text.contains("by other rules"))
                }
                try write(try entries(other.policy).replacing("name: shop", with: "name: other"))
                let clusters = await scene.run("policy", "check", two)
                #expect(clusters.code == .conflict && clusters.shell.output.text.contains("which is another cluster"))
            }
        }
    }

    @Test func aBrokenPolicyIsAUsageErrorWithEveryPlace() async throws {
        try await withDirectory { directory in
            let path = "\(directory)/policy.yaml"
            try "version: 1\nclusters:\n  - nam: a\n    repositry: /r\n".write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            for arguments in [["policy", "check", path], ["policy", "show", path], ["snapshots", "--policy", path]] {
                let shell = FakeShell()
                #expect(await shell.run(arguments) == .usage)
                #expect(
                    shell.errors.text.contains(":3:5: clusters[0].nam: there is no key 'nam' here (did you mean 'name'?)"),
                    "\(shell.errors.text)")
                #expect(shell.errors.text.contains(":4:5: clusters[0].repositry") && shell.errors.text.contains("\nhint: "))
            }
        }
    }

    @Test func whatHasNoEffectIsAFindingWithThePolicysOwnLine() async throws {
        try await withScene { scene in
            #expect(await scene.run("init", "--policy", scene.policy).code == .success)
            let file = "\(scene.directory)/client.properties"
            try "client.id=me\r\ngroup.idd=x".write(toFile: file, atomically: true, encoding: .utf8)
            let before = try String(contentsOfFile: scene.policy, encoding: .utf8)
            func write(_ line: String) throws {
                try before.replacing(
                    "    repository: repository", with: "      \(line)\n    commandConfig: \(file)\n    repository: repository"
                )
                .write(toFile: scene.policy, atomically: true, encoding: .utf8)
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: scene.policy)
            }
            try write("foo.bar: x")
            let checked = await scene.run("policy", "check", scene.policy)
            #expect(checked.code == .success, "\(checked.shell.output.text)")
            let place = "\(scene.policy):10:7: clusters[0].properties.foo.bar: foo.bar is not known and has no effect"
            #expect(checked.shell.output.text.contains("warning  policy: \(place)\n    hint: "), "\(checked.shell.output.text)")
            #expect(
                checked.shell.output.text.contains("warning  properties: \(file): line 2: the key group.idd is not known"),
                "\(checked.shell.output.text)")
            // Once each, and on no line of a text that nobody wrote.
            #expect(
                !checked.shell.output.text.contains("line 5") && checked.shell.output.text.split(separator: "foo.bar: foo.bar").count == 2)
            let offline = await scene.run("policy", "check", scene.policy, "--offline", "--json")
            let json = try JSON.parse(Array(offline.shell.output.text.utf8.dropLast()))
            let finding = json["clusters"]?.array?.first?["findings"]?.array?.first
            #expect(offline.code == .success && json["ready"] == .bool(true) && finding?["severity"] == "warning")
            #expect(finding?["check"] == "policy" && finding?["detail"]?.text?.description.hasPrefix(place) == true)
            let backup = await scene.run("backup", "--policy", scene.policy)
            #expect(backup.code == .success && backup.shell.errors.text.contains(place) && backup.shell.errors.text.contains("group.idd"))
            // The agent tells it when it begins, and when it reads the policy again.
            let agent = await scene.run("agent", "--once", "--policy", scene.policy)
            #expect(agent.shell.errors.text.contains(place) && agent.shell.errors.text.contains("group.idd"), "\(agent.shell.errors.text)")

            try write("security.protocl: SASL_SSL")
            for arguments in [["policy", "check", scene.policy], ["agent", "--once", "--policy", scene.policy]] {
                let shell = FakeShell(variables: ["KAFKA_PW": "right-password"])
                #expect(await shell.run(arguments) == .usage)
                #expect(
                    shell.errors.text.contains(":10:7: clusters[0].properties.security.protocl: ")
                        && shell.errors.text.contains("did you mean 'security.protocol'?"), "\(shell.errors.text)")
            }
        }
    }

    @Test func showIsThePolicyAgainWithoutSecrets() async throws {
        try await withScene { scene in
            let shown = await scene.run("policy", "show", scene.policy)
            #expect(shown.code == .success && shown.shell.output.text.contains("[redacted]${KAFKA_PW}[redacted]"))
            #expect(shown.shell.output.text.contains("listen: \"off\"") && !shown.shell.output.text.contains("ScramLoginModule"))
            // What is shown can be read.
            let copy = "\(scene.directory)/copy.yaml"
            try shown.shell.output.text.write(toFile: copy, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: copy)
            #expect(await scene.run("policy", "check", "--offline", copy).code == .success)
        }
    }

    @Test func whatWouldFailTonightIsFoundInTheNotificationsToo() async throws {
        try await withScene { scene in
            #expect(await scene.run("init", "--policy", scene.policy).code == .success)
            #expect(mkfifo("\(scene.directory)/pipe", 0o600) == 0)
            let before = try String(contentsOfFile: scene.policy, encoding: .utf8)
            for (line, words) in [
                ("command: [nosuchprogram, now]", "'nosuchprogram' is no program that can be run"),
                ("webhook: \"file:pipe\"", "it is no regular file"),
            ] {
                try (before + "\nnotifications:\n  - \(line)\n").write(toFile: scene.policy, atomically: true, encoding: .utf8)
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: scene.policy)
                let checked = await scene.run("policy", "check", scene.policy)
                #expect(checked.code == .usage && checked.shell.output.text.contains(words), "\(checked.shell.output.text)")
            }
            try (before + "\nnotifications:\n  - command: [sh, -c, \"cat > /dev/null\"]\n").write(
                toFile: scene.policy, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: scene.policy)
            #expect(await scene.run("policy", "check", scene.policy).code == .success)
        }
    }

    @Test func checkTellsWhetherSomebodyListensAtAWebhookAndPostsNothing() async throws {
        try await withScene { scene in
            #expect(await scene.run("init", "--policy", scene.policy).code == .success)
            let before = try String(contentsOfFile: scene.policy, encoding: .utf8)
            func check(_ lines: String) async throws -> (code: ExitCode?, text: String) {
                try (before + "\nnotifications:\n  - \(lines)\n").write(toFile: scene.policy, atomically: true, encoding: .utf8)
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: scene.policy)
                let checked = await scene.run("policy", "check", scene.policy)
                return (checked.code, checked.shell.output.text)
            }
            for (line, words) in [
                ("webhook: http://127.0.0.1:1/hunter2", "connection refused"),
                ("slack: https://no-such-host.invalid/hunter2", "the host name no-such-host.invalid cannot be resolved"),
            ] {
                let checked = try await check(line)
                #expect(checked.code == .success, "\(checked.text)")
                #expect(
                    checked.text.contains("warning  notification: notifications.") && checked.text.contains(words)
                        && !checked.text.contains("hunter2"), "\(checked.text)")
            }
            try await LoopbackServer.run { _, _ in
                .init(200)
            } _: { server in
                let checked = try await check("webhook: \(server.url)/path")
                #expect(checked.code == .success && !checked.text.contains("notification"), "\(checked.text)")
                #expect(server.requests.isEmpty)
            }
        }
    }

    @Test func showHidesALoginInsideAURL() async throws {
        try await withDirectory { directory in
            let path = "\(directory)/policy.yaml"
            try """
            version: 1
            clusters:
              - name: a
                bootstrapServers: ["127.0.0.1:9092"]
                schemaRegistry: { urls: ["https://user:hunt@er2@registry:8081/path", "http://other:8081"] }
                repository: /r
            """.write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            let shell = FakeShell()
            #expect(await shell.run("policy", "show", path) == .success)
            #expect(shell.output.text.contains("https://[redacted]@registry:8081/path") && shell.output.text.contains("http://other:8081"))
            #expect(!shell.output.text.contains("hunt") && !shell.output.text.contains("er2"))
        }
    }

    @Test func theSchemaIsOneOfDraft2020() async throws {
        let shell = FakeShell()
        #expect(await shell.run("policy", "schema") == .success)
        let json = try JSON.parse(Array(shell.output.text.utf8))
        #expect(
            json["$schema"] == "https://json-schema.org/draft/2020-12/schema"
                && json["$defs"]?["cluster"]?["properties"]?["repository"] != nil)
    }
}
