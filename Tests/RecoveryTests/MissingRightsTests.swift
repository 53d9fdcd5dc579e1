import Bytes
import ClusterFixture
import Host
import KafkaClient
import KafkaProtocol
import KafkaSimulator
import Logging
import NIOConcurrencyHelpers
import NIOPosix
import Repository
import Resources
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Recovery

/// What a plan tells of rights that its user lacks: each once, with the command that grants just this, and nothing where nobody tells.
@Suite(.timeLimit(.minutes(3))) struct MissingRightsTests {
    private static let topics = (1...12).map { ByteString("orders-\($0)") }
    private static let groups = (1...3).map { ByteString("billing-\($0)") }
    /// What a backup needs, and no more (docs/kafka-compatibility.md).
    private static let forBackups: [(AclOperation, AclResourceType)] = [
        (.describe, .cluster), (.describeConfigs, .cluster), (.describe, .topic), (.describeConfigs, .topic), (.describe, .group),
    ]

    @Test func whoMayOnlyTakeBackupsIsToldEachRightOnceAndTheCommandsGrantThem() async throws {
        let (repository, snapshot) = try await snapshot()
        try await guarded { admin, half in
            try await allow(admin, Self.forBackups.map { ($0, $1, $1 == .cluster ? "kafka-cluster" : "*") })
            let first = try await plan(repository, snapshot, half)
            #expect(first.conflicts == [], "\(first.conflicts)")
            let lacked = first.lackedRights
            #expect(
                lacked.map { "\($0.operation.word) \($0.resource.rawValue) \($0.kind) \($0.ids.count)" } == [
                    "ALTER_CONFIGS cluster broker-configs 1", "CREATE topic topics 12", "READ group consumer-groups 3",
                    "READ topic consumer-groups 3",
                ])
            let begin =
                "kafka-acls.sh --bootstrap-server \(first.bootstrap) --command-config admin.properties --add --allow-principal User:half"
            #expect(
                lacked.map(\.command) == [
                    "\(begin) --operation AlterConfigs --cluster", "\(begin) --operation Create --cluster",
                    "\(begin) --operation Read --group billing-1 --group billing-2 --group billing-3",
                    "\(begin) --operation Read --topic orders-1 --topic orders-2 --topic orders-3",
                ])
            let error = await #expect(throws: RecoveryError.self) { try await replay(repository, half).run(first) }
            #expect(error?.code == .rights)
            #expect(try await admin.describeTopics(nil).filter { !$0.isInternal }.isEmpty)

            // As the commands say, one after the other.
            try await allow(
                admin,
                lacked.flatMap { right -> [(AclOperation, AclResourceType, ByteString)] in
                    switch right.resource {
                    case .cluster: [(right.operation, .cluster, "kafka-cluster")]
                    case .topic where right.operation == .create: [(right.operation, .cluster, "kafka-cluster")]
                    case .topic: right.names.map { (right.operation, .topic, $0) }
                    case .group: right.names.map { (right.operation, .group, $0) }
                    }
                })
            let second = try await plan(repository, snapshot, half)
            #expect(second.missingRights == [])
            let report = try await replay(repository, half).run(second)
            #expect(report.verdict == .restored, "\(report.failed) \(report.differences) \(report.losses)")
        }
    }

    /// To create takes no right to see what was created, and what is not seen is not proved.
    @Test func whoMayNotSeeWhatHeIsToCreateIsToldSoBeforeTheFirstChange() async throws {
        let (repository, snapshot) = try await snapshot()
        try await guarded { admin, half in
            // READ is DESCRIBE, too.
            try await allow(
                admin,
                [(.create, .cluster, "kafka-cluster")] + Self.topics.prefix(3).map { (.read, .topic, $0) }
                    + Self.groups.map { (.read, .group, $0) })
            var options = RestoreOptions()
            options.offsets = .exact
            options.selection = Selection(only: [try .init("topics"), try .init("consumer-groups")])
            let plan = try await Planning(repository: repository, snapshot: snapshot, target: half, options: options).run()
            #expect(plan.conflicts == [], "\(plan.conflicts)")
            let lacked = plan.lackedRights
            #expect(
                lacked.map { "\($0.operation.word) \($0.resource.rawValue) \($0.action) \($0.names.count)" } == ["DESCRIBE topic create 9"])
            #expect(lacked.first?.command.hasSuffix("--operation Describe --topic '*'") == true, "\(lacked)")
            let error = await #expect(throws: RecoveryError.self) { try await replay(repository, half).run(plan) }
            #expect(error?.code == .rights)
            #expect(try await admin.describeTopics(nil).filter { !$0.isInternal }.isEmpty)

            // A rule that goes between planning and seeing: no broker is waited for that will never tell.
            let outcomes = NIOLockedValueBox<[StepOutcome]>([])
            let time = RacingTime()
            let source = Source(client: half.client, registry: nil, time: time)
            try await TopicsKind().apply(plan.steps.filter { $0.id == "orders-1" || $0.id == "orders-12" }, to: source) { _, outcome in
                outcomes.withLockedValue { $0.append(outcome) }
            }
            let told = outcomes.withLockedValue { $0 }
            #expect(told.count == 2 && told.contains(.done))
            #expect(
                told.contains { outcome in
                    guard case .unknown(let message, let hint, _) = outcome else { return false }
                    return message.contains("orders-12") && message.contains("may not see it") && hint.contains("DESCRIBE")
                }, "\(told)")
            #expect(time.slept < .seconds(20), "\(time.slept)")
        }
    }

    @Test func growingAndAlteringAreRightsOfTheirOwn() async throws {
        let (repository, snapshot) = try await snapshot()
        try await guarded { admin, half in
            try await allow(admin, Self.forBackups.map { ($0, $1, $1 == .cluster ? "kafka-cluster" : "*") })
            for (name, result) in try await admin.createTopics(
                Self.topics.map { NewTopic(name: $0, partitions: 1, replicationFactor: 1) })
            { #expect(result.isDone, "\(name)") }
            var options = RestoreOptions()
            options.existing = .update
            options.selection = Selection(only: [try .init("topics")])
            let plan = try await Planning(repository: repository, snapshot: snapshot, target: half, options: options).run()
            let lacked = plan.lackedRights.map { "\($0.operation.word) \($0.action) \($0.ids.count)" }
            #expect(lacked == ["ALTER grow 12", "ALTER_CONFIGS alter 12"])
            #expect(plan.lackedRights.allSatisfy { $0.command.hasSuffix("--topic '*'") }, "twelve names are no list")
        }
    }

    @Test func withoutAnAuthorizerNothingIsClaimed() async throws {
        let (repository, snapshot) = try await snapshot()
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        try await ClusterFixture.simulated(configuration) { target, _ in
            let plan = try await plan(repository, snapshot, target)
            #expect(plan.missingRights == [] && !plan.steps.isEmpty)
        }
    }

    @Test func whereBrokersDoNotTellNothingIsClaimed() async throws {
        #expect(AclOperation.read.isGranted(by: .min) == nil)
        #expect(AclOperation.read.isGranted(by: 0) == false)
        #expect(AclOperation.read.isGranted(by: 1 << 3) == true)
        // Of groups a broker without heartbeats tells nothing; of topics it does.
        try await guarded([.heartbeat]) { admin, half in
            let groups = try await half.client.groupsNotReadable(among: ["g"])
            let topics = try await half.client.topicsWithout(.read, among: ["t"])
            #expect(groups == [] && topics == ["t"])
        }
        try await guarded { admin, half in
            let before = try await half.client.groupsNotReadable(among: ["g"])
            try await allow(admin, [(.read, .group, "g"), (.describe, .topic, "t")])
            let after = try await half.client.groupsNotReadable(among: ["g"])
            #expect(before == ["g"] && after == [])
            let topics = try await half.client.topicsWithout(.read, among: ["t"])
            #expect(topics == ["t"], "it may be described, and that is all")
        }
    }

    @Test func askingWhetherAGroupMayBeReadMakesNothing() async throws {
        try await ClusterFixture.simulated { source, cluster in
            let lacking = try await source.client.groupsNotReadable(among: ["a", "b"])
            let (topics, groups) = (try await source.client.describeTopics(nil), try await source.client.listGroups().value)
            #expect(lacking.isEmpty && topics.isEmpty && groups.isEmpty, "no __consumer_offsets")
            #expect(cluster.callCounts[.findCoordinator] == nil)
        }
    }

    // MARK: Steps

    private func snapshot() async throws -> (Repository, SnapshotID) {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        try await ClusterFixture.simulated(configuration) { source, _ in
            for (name, result) in try await source.client.createTopics(
                Self.topics.map { NewTopic(name: $0, partitions: 2, replicationFactor: 1, configs: ["retention.ms": "86400000"]) })
            { #expect(result.isDone, "\(name)") }
            for (group, topic) in zip(Self.groups, Self.topics) {
                _ = try await source.client.commitOffsets(
                    group: group, [TopicPartition(topic, 0): CommittedOffset(offset: 0, metadata: "")])
            }
            _ = try await source.client.alterConfigs([ConfigChange(.broker(1), ["log.cleaner.backoff.ms": .set("12345")])])
            let bare = Source(client: source.client, registry: nil, time: source.time)
            let report = try await Capture(
                source: bare, repository: repository, kinds: Kinds.all.filter { $0.name != .schemas },
                options: Capture.Options(toolVersion: "test"), time: HostTime()
            ).run()
            #expect(report.manifest.certificate.grade == .stable, "\(report.manifest.certificate)")
        }
        return (repository, try await repository.resolve("latest"))
    }

    /// An empty cluster with a super user, and the user `half` without any right.
    private func guarded(_ withheld: Set<APIKey> = [], _ body: @Sendable (KafkaClient, Source) async throws -> Void) async throws {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        configuration.withheldCalls = withheld
        configuration.users = [SimulatedUser(name: "admin", password: "a"), SimulatedUser(name: "half", password: "h")]
        configuration.authorizer = SimulatedAuthorizer(superUsers: ["User:admin"])
        try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
            func login(_ name: ByteString, _ password: String) throws -> ClientConfiguration {
                var configuration = ClientConfiguration(bootstrap: try BrokerAddress.list(cluster.bootstrapServers, from: "the simulator"))
                configuration.security.sasl = .password(
                    SaslCredentials(mechanism: .plain, username: name, password: Secret(password)))
                return configuration
            }
            let (admins, halfs) = (try login("admin", "a"), try login("half", "h"))
            try await SecuredStage.withClient(admins) { admin in
                try await SecuredStage.withClient(halfs) { half in
                    try await body(admin, Source(client: half, registry: nil, time: HostTime()))
                }
            }
        }
    }

    private func allow(_ admin: KafkaClient, _ rights: [(AclOperation, AclResourceType, ByteString)]) async throws {
        let rules = rights.map { AclBinding(.allow, "User:half", $0, $1, $2) }
        for (rule, result) in try await admin.createAcls(rules) { #expect(result.isDone, "\(rule): \(result)") }
    }

    private func plan(_ repository: Repository, _ snapshot: SnapshotID, _ target: Source) async throws -> Plan {
        var options = RestoreOptions()
        options.offsets = .exact
        options.allowSameCluster = true
        return try await Planning(
            repository: repository, snapshot: snapshot, target: target, options: options, kinds: Kinds.all.filter { $0.name != .schemas }
        ).run()
    }

    private func replay(_ repository: Repository, _ target: Source) -> Replay {
        Replay(repository: repository, target: target, time: HostTime(), chance: HostChance())
    }
}

/// The machine's time, but that whoever sleeps is awake at once, and it is so much later.
private final class RacingTime: TimeSource {
    private let offset = NIOLockedValueBox(Duration.zero)
    private let host = HostTime()

    var slept: Duration { offset.withLockedValue { $0 } }
    func now() -> Timestamp { host.now().advanced(by: slept) }
    func uptime() -> Duration { host.uptime() + slept }
    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        offset.withLockedValue { $0 += duration }
    }
}
