import Bytes
import Foundation
import Host
import KafkaClient
import KafkaSimulator
import Logging
import NIOPosix
import Resources
import SnapshotModel
import Testing

@testable import Commands
@testable import Recovery

/// What is to be said of many resources is said once for each cause, with how many and the first few names; `--verbose` and `--json` have all.
@Suite struct CausesTests {
    private func items(_ count: Int, _ text: @escaping (Int) -> (cause: String, detail: String)) -> [Causes.Item] {
        (0..<count).map { index in
            let (cause, detail) = text(index)
            return Causes.Item(
                kind: .topics, id: ResourceID(ByteString("t\(index)")), cause: cause, detail: detail,
                hint: "leave it out with --except topics:t\(index).")
        }
    }

    @Test func oneCauseIsOneLineWithOneHint() {
        let causes = Causes(items(192) { ("the target has it otherwise", "partitions \($0), wanted 1") })
        #expect(causes.count == 192)
        #expect(
            causes.lines(all: false) == [
                "topics: the target has it otherwise (192: t0, t1, t2 and 189 more)\n    hint: leave it out with --except topics:NAME."
            ])
        let all = causes.lines(all: true)
        #expect(all.count == 192)
        #expect(all[7] == "topics t7: the target has it otherwise: partitions 7, wanted 1\n    hint: leave it out with --except topics:t7.")
    }

    @Test func causesAreToldApartAndKeepTheirOrder() {
        let causes = Causes(items(5) { ($0.isMultiple(of: 2) ? "even" : "odd", "") })
        #expect(causes.lines(all: false).map { $0.prefix(22) } == ["topics: even (3: t0, t", "topics: odd (2: t1, t3"])
        let single = Causes(items(1) { _ in ("alone", "own words") })
        #expect(single.lines(all: false) == single.lines(all: true), "what is alone is told whole")
    }

    @Test func namesAreEscapedAndCountedOnce() {
        let id = ResourceID("\u{1B}[2J", "orders")
        let items = (0..<3).map { Causes.Item(kind: .consumerGroups, id: id, cause: "outside", detail: "partition \($0)") }
        #expect(Causes(items).lines(all: false) == ["consumer-groups: outside (1: \\u{1b}[2J/orders)"])
    }

    @Test func aRunWhoseStepsFailForOneCauseTellsItOnce() {
        var plan = Plan(
            snapshot: SnapshotID(bytes: Array(repeating: 1, count: 32))!, snapshotClusterID: "a", targetClusterID: "b", fingerprint: [],
            options: RestoreOptions(), steps: [], conflicts: [], notes: [], positions: [], expected: [:], losses: [], brokers: [:])
        plan.steps = (0..<40).map {
            Step(
                kind: .topics, stage: .topics, id: ResourceID(ByteString("t\($0)")), action: "create", from: nil, to: nil,
                reversibility: .compensable)
        }
        var report = RunReport(run: "run", plan: plan)
        report.entries = plan.steps.map { step in
            RunReport.Entry(
                step: step,
                outcome: .failed(message: "topic \(step.id): POLICY_VIOLATION", hint: "change the policy.", cause: "POLICY_VIOLATION"))
        }
        report.differences = plan.steps.map { Difference(kind: .topics, id: $0.id, expected: .null, observed: nil) }
        let text = RunText(report, .seconds(1), isVerbose: false).render(Style(isColoured: false))
        #expect(
            text.hasPrefix(
                """

                failed: topics: POLICY_VIOLATION (40: t0, t1, t2 and 37 more)
                    hint: change the policy.
                not as planned: topics: it is not there (40: t0, t1, t2 and 37 more)
                """), "\(text)")
        let verbose = RunText(report, .seconds(1), isVerbose: true).render(Style(isColoured: false))
        #expect(verbose.split(separator: "\n").filter { $0.hasPrefix("failed: topics t") }.count == 40)
        #expect(report.json["entries"]?.array?.count == 40)
    }

    /// The whole program, as somebody with a backup's rights would use it.
    @Test func missingRightsAndConflictsAreToldOnceAndEndAsTheTableSays() async throws {
        try await withDirectory { directory in
            let repository = "\(directory)/repository"
            #expect(await FakeShell().run("init", "--repo", repository) == .success)
            var configuration = SimulatorConfiguration()
            configuration.brokerIDs = [1]
            configuration.users = [SimulatedUser(name: "admin", password: "a"), SimulatedUser(name: "half", password: "h")]
            configuration.authorizer = SimulatedAuthorizer(superUsers: ["User:admin"])
            try await SimulatedCluster.withCluster(SimulatorConfiguration(), time: HostTime(), chance: HostChance()) { source in
                try await fill(source.bootstrapServers, 192)
                let backup = ["backup", "--repo", repository, "--bootstrap-server", source.bootstrapServers]
                #expect(await FakeShell().run(backup) == .success)
                let onto = backup.dropFirst() + ["--allow-same-cluster", "--existing", "fail"]
                let (plan, verbose, json) = (FakeShell(), FakeShell(), FakeShell())
                #expect(await plan.run(["plan"] + onto) == .conflict)
                #expect(plan.output.text.contains("Conflicts, nothing can be applied (192)\n"), "\(plan.output.text)")
                #expect(plan.output.text.components(separatedBy: "the target already has it").count == 2)
                #expect(await verbose.run(["plan", "--verbose"] + onto) == .conflict)
                #expect(verbose.output.text.components(separatedBy: "the target already has it").count == 193)
                #expect(await json.run(["plan", "--json"] + onto) == .conflict)
                #expect(try JSON.parse(Array(json.output.text.utf8))["conflicts"]?.array?.count == 192)
            }
            try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { target in
                for user in ["admin", "half"] {
                    try """
                    security.protocol=SASL_PLAINTEXT
                    sasl.mechanism=PLAIN
                    sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="\(user)" password="\(user.prefix(1))";
                    """.write(toFile: "\(directory)/\(user).properties", atomically: true, encoding: .utf8)
                }
                var login = ClientConfiguration(bootstrap: try BrokerAddress.list(target.bootstrapServers, from: "the simulator"))
                login.security.sasl = .password(SaslCredentials(mechanism: .plain, username: "admin", password: Secret("a")))
                try await withClient(login) { admin in
                    let seeing: [(AclOperation, AclResourceType, ByteString)] = [
                        (.describe, .cluster, "kafka-cluster"), (.describeConfigs, .cluster, "kafka-cluster"), (.describe, .topic, "*"),
                        (.describeConfigs, .topic, "*"), (.describe, .group, "*"),
                    ]
                    _ = try await admin.createAcls(seeing.map { AclBinding(.allow, "User:half", $0, $1, $2) })
                }
                let onto = [
                    "--repo", repository, "--bootstrap-server", target.bootstrapServers, "--command-config", "\(directory)/half.properties",
                    "--replication-factor", "1",
                ]
                let (plan, restore, json) = (FakeShell(), FakeShell(), FakeShell())
                #expect(await plan.run(["plan"] + onto) == .denied, "\(plan.output.text)\(plan.errors.text)")
                #expect(
                    plan.output.text.contains(
                        """
                          - the user half lacks CREATE on the cluster and on the topics: 192 topics cannot be created (192: t0, t1, t10 and 189 more)
                            hint: kafka-acls.sh --bootstrap-server \(target.bootstrapServers) --command-config admin.properties --add \
                        --allow-principal User:half --operation Create --cluster

                        """), "\(plan.output.text)")
                #expect(await restore.run(["restore", "--yes"] + onto) == .denied)
                #expect(restore.errors.text.contains("error: rights are missing for 192 resources; nothing was changed\nhint: "))
                #expect(
                    target.callCounts[.createTopics] == 4, "asked twice what a topic would inherit and what is refused, and nothing else")
                #expect(await json.run(["restore", "--yes", "--json"] + onto) == .denied)
                let rights = try JSON.parse(Array(json.output.text.utf8))["missingRights"]?.array ?? []
                #expect(rights.map { $0["operation"]?.text } == ["CREATE"] && rights[0]["ids"]?.array?.count == 192)
            }
        }
    }

    private func fill(_ servers: String, _ count: Int) async throws {
        let configuration = ClientConfiguration(bootstrap: try BrokerAddress.list(servers, from: "the simulator"))
        try await withClient(configuration) { client in
            let topics = (0..<count).map { NewTopic(name: ByteString("t\($0)"), partitions: 1, replicationFactor: 1) }
            for (name, result) in try await client.createTopics(topics) { #expect(result.isDone, "\(name)") }
        }
    }

    private func withClient(_ configuration: ClientConfiguration, _ body: (KafkaClient) async throws -> Void) async throws {
        try await KafkaClient.withClient(
            configuration, time: HostTime(), chance: HostChance(), eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), body: body)
    }
}
