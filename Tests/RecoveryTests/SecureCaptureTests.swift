import Bytes
import ClusterFixture
import Host
import KafkaClient
import KafkaSimulator
import Logging
import NIOPosix
import Repository
import Resources
import SnapshotModel
import Storage
import Testing
import Waiting

@testable import Recovery

/// A cluster with users and rules, backed up by a super user and by one with half the rights: on a simulated cluster, and on the
/// real one that `TIDEMARK_TEST_SECURE_BOOTSTRAP` and `TIDEMARK_TEST_SECURE_CONFIG` (its super user's client.properties) name.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SecureCaptureTests {
    enum Stage: CaseIterable, CustomTestStringConvertible {
        case simulated, real

        static var here: [Stage] { ClusterFixture.secure == nil ? [.simulated] : allCases }

        var testDescription: String { "\(self)" }
    }

    @Test(arguments: Stage.here) func aSuperUsersBackupIsWhole(_ stage: Stage) async throws {
        try await onACluster(stage) { admin, _, prefix in
            let report = try await capture(admin, only: prefix)
            #expect([.stable, .moved].contains(report.manifest.certificate.grade), "\(report.manifest.certificate)")
            for kind in [KindName.topics, .consumerGroups] {
                let section = try #require(report.sections.first { $0.kind == kind })
                #expect(section.state.limited == nil && section.state.unread.isEmpty, "\(section.state)")
                #expect(section.desired == 2)
            }
        }
    }

    @Test(arguments: Stage.here) func aBackupWithHalfTheRightsSaysWhatIsMissing(_ stage: Stage) async throws {
        try await onACluster(stage) { admin, half, prefix in
            // Half the rights: the open topic with its configs, every group, and nothing of the cluster.
            try await allow(
                admin, half.user,
                [(.describe, .topic, prefix + "open"), (.describeConfigs, .topic, prefix + "open"), (.describe, .group, prefix)])
            try await withClient(half.configuration) { client in
                let report = try await capture(client, only: prefix)
                #expect(report.manifest.certificate.grade == .partial, "\(report.manifest.certificate)")
                let topics = try #require(report.sections.first { $0.kind == .topics })
                #expect(topics.state.limited != nil)
                #expect(topics.desired == 1)
                let groups = try #require(report.sections.first { $0.kind == .consumerGroups })
                #expect(groups.state.limited != nil)
                #expect(groups.desired == 1)
                let configs = try #require(report.sections.first { $0.kind == .brokerConfigs })
                #expect(configs.desired == 0)
                #expect(configs.state.outcome != .captured || !configs.state.unread.isEmpty)
                let health = try await HealthCheck(Source(client: client, registry: nil, time: HostTime())).run(.full)
                #expect(
                    health.findings.contains { $0.severity == .warning && $0.detail.contains("may be hidden from this user") },
                    "a report on the half that is seen says so: \(health.findings)")
                let ready = try await HealthCheck(Source(client: client, registry: nil, time: HostTime())).run(.readiness)
                #expect(
                    ready.findings.contains { $0.check == "metadata" && $0.severity == .warning && $0.detail.contains("hidden") },
                    "and so does a probe: \(ready.findings)")
            }
            let whole = try await HealthCheck(Source(client: admin, registry: nil, time: HostTime())).run(.readiness)
            #expect(whole.findings.allSatisfy { $0.check != "metadata" || $0.severity == .ok }, "\(whole.findings)")
        }
    }

    @Test(arguments: Stage.here) func whoMayDescribeTheClusterKnowsThatATopicIsHidden(_ stage: Stage) async throws {
        try await onACluster(stage) { admin, half, prefix in
            try await allow(
                admin, half.user,
                [
                    (.describe, .cluster, "kafka-cluster"), (.describeConfigs, .cluster, "kafka-cluster"), (.describe, .topic, "*"),
                    (.describeConfigs, .topic, "*"), (.describe, .group, "*"), (.describe, .transactionalID, "*"),
                ])
            let denial = AclBinding(.deny, "User:" + half.user, .describe, .topic, prefix + "shut")
            #expect(try await admin.createAcls([denial])[denial]?.isDone == true)
            try await withClient(half.configuration) { client in
                let report = try await capture(client, only: prefix)
                #expect(report.manifest.certificate.grade == .partial, "\(report.manifest.certificate)")
                let topics = try #require(report.sections.first { $0.kind == .topics })
                #expect(topics.state.limited?.contains("hidden") == true, "\(topics.state)")
                #expect(topics.desired == 1)
            }
        }
    }

    // MARK: Steps

    struct HalfUser: Sendable {
        var user: ByteString
        var configuration: ClientConfiguration
    }

    /// Two topics and two groups, and a SCRAM user without any right.
    private func onACluster(
        _ stage: Stage, _ body: @Sendable (KafkaClient, HalfUser, _ prefix: ByteString) async throws -> Void
    ) async throws {
        let prefix = ClusterFixture.prefix()
        if stage == .real, let secure = ClusterFixture.secure {
            let text = try ConfigurationFile.read(secure.config)
            let addresses = try BrokerAddress.list(secure.bootstrap, from: "TIDEMARK_TEST_SECURE_BOOTSTRAP")
            return try await prepared(try ClientProperties(text, bootstrap: addresses).configuration, prefix, body)
        }
        var simulated = SimulatorConfiguration()
        simulated.users = [SimulatedUser(name: "admin", password: "admin-secret")]
        simulated.authorizer = SimulatedAuthorizer(superUsers: ["User:admin"])
        try await SimulatedCluster.withCluster(simulated, time: HostTime(), chance: HostChance()) { cluster in
            var configuration = ClientConfiguration(bootstrap: try BrokerAddress.list(cluster.bootstrapServers, from: "the simulator"))
            configuration.security.sasl = .password(
                SaslCredentials(mechanism: .scramSHA256, username: "admin", password: Secret("admin-secret")))
            try await prepared(configuration, prefix, body)
        }
    }

    private func prepared(
        _ configuration: ClientConfiguration, _ prefix: ByteString,
        _ body: @Sendable (KafkaClient, HalfUser, ByteString) async throws -> Void
    ) async throws {
        let user = prefix + "half"
        var half = configuration
        half.security.sasl = .password(SaslCredentials(mechanism: .scramSHA512, username: user, password: Secret("half-secret")))
        try await withClient(configuration) { admin in
            let names = ["open", "shut"].map { prefix + ByteString($0) }
            for (name, result) in try await admin.createTopics(names.map { NewTopic(name: $0, partitions: 2, replicationFactor: 1) }) {
                #expect(result.isDone, "\(name): \(result)")
            }
            let credential = ScramCredentialChange(user, .sha512, .set(password: Secret("half-secret"), iterations: 4096))
            #expect(try await admin.alterUserScramCredentials([credential])[credential.key]?.isDone == true)
            try await until("the topics are known, and groups can commit to them") {
                for name in names {
                    let written = try await admin.commitOffsets(
                        group: name, [TopicPartition(name, 0): CommittedOffset(offset: 0, metadata: "")])
                    guard written.values.allSatisfy({ $0.isDone }) else { return false }
                }
                return true
            }
            do {
                try await body(admin, HalfUser(user: user, configuration: half), prefix)
            } catch {
                try await remove(admin, user, names)
                throw error
            }
            try await remove(admin, user, names)
        }
    }

    /// Leaves a real cluster as it was.
    private func remove(_ admin: KafkaClient, _ user: ByteString, _ names: [ByteString]) async throws {
        var rules = AclFilter()
        rules.principal = "User:" + user
        _ = try await admin.deleteAcls([rules])
        _ = try await admin.alterUserScramCredentials([ScramCredentialChange(user, .sha512, .delete)])
        _ = try await admin.deleteGroups(try await admin.listGroups().value.filter { names.contains($0.id) })
        _ = try await admin.deleteTopics(names)
    }

    private func allow(
        _ admin: KafkaClient, _ user: ByteString, _ rights: [(AclOperation, AclResourceType, ByteString)]
    ) async throws {
        let rules = rights.map { operation, type, name in
            AclBinding(.allow, "User:" + user, operation, type, name, patternType: type == .group && name != "*" ? .prefixed : .literal)
        }
        for (rule, result) in try await admin.createAcls(rules) { #expect(result.isDone, "\(rule): \(result)") }
        // Brokers learn of rules one after the other.
        try await until("the rules are known") {
            var mine = AclFilter()
            mine.principal = "User:" + user
            return try await admin.describeAcls(mine)?.count == rules.count
        }
    }

    private func withClient(_ configuration: ClientConfiguration, _ body: (KafkaClient) async throws -> Void) async throws {
        try await KafkaClient.withClient(
            configuration, time: HostTime(), chance: HostChance(), eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), body: body)
    }

    private func capture(_ client: KafkaClient, only prefix: ByteString) async throws -> CaptureReport {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        var options = Capture.Options(toolVersion: "test")
        options.selection = Selection(only: [
            try .init("topics:\(prefix)*"), try .init("consumer-groups:\(prefix)*"), try .init("broker-configs"),
        ])
        return try await Capture(
            source: Source(client: client, registry: nil, time: HostTime()), repository: repository, options: options, time: HostTime()
        ).run()
    }
}
