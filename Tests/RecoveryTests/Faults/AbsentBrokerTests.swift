import Bytes
import Host
import KafkaClient
import KafkaProtocol
import KafkaSimulator
import Logging
import NIOPosix
import Repository
import Resources
import SnapshotModel
import Storage
import Testing

@testable import Recovery

/// What lies on a broker that cannot be asked, or on a disk that has failed, and is hidden from the user: nobody shows it, so it must be
/// said that it may be there. Where nothing can be hidden nothing is lost, and a dead broker makes no backup of topics partial.
@Suite struct AbsentBrokerTests {
    /// How broker 3, which alone holds the topic `shut`, stops telling what it holds.
    enum Loss: CaseIterable { case dead, failedDisk }

    @Test(arguments: Loss.allCases) func whatMayBeHiddenThereIsSaidToWhoeverIsNotShownEverything(_ loss: Loss) async throws {
        try await onASecuredCluster { cluster, admin, half in
            let before = try await capture(half)
            #expect(before.topics.state.unread.contains { $0.what == "topic shut" }, "\(before.topics.state)")
            await lose(loss, on: cluster)
            let report = try await capture(half)
            #expect(report.manifest.certificate.grade == .partial, "\(report.manifest.certificate)")
            for section in [report.topics, report.groups] {
                #expect(section.state.limited?.contains("access rules hide topics") == true, "\(section.kind): \(section.state)")
                #expect(section.state.unread.contains { $0.what.contains("broker 3") }, "\(section.kind): \(section.state)")
            }
            _ = admin
        }
    }

    @Test(arguments: Loss.allCases) func aSuperUserHasAllTopicsWithoutThatBroker(_ loss: Loss) async throws {
        try await onASecuredCluster { cluster, admin, _ in
            await lose(loss, on: cluster)
            let report = try await capture(admin)
            for section in [report.topics, report.groups] {
                #expect(section.state.isComplete, "\(section.kind): \(section.state)")
            }
            #expect(report.topics.desired == 2)
            #expect(report.topics.evidenceState.unread.contains { $0.what.contains("broker 3") }, "it is told all the same")
            let configs = report.section(.brokerConfigs)
            #expect(configs.state.unread.contains { $0.what == "configs of broker 3" } == (loss == .dead), "\(configs.state)")
        }
    }

    @Test func withoutAnAuthorizerNothingIsHidden() async throws {
        try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { cluster in
            try await withClient(ClientConfiguration(bootstrap: try addresses(cluster))) { client in
                try await fill(client)
                cluster.failLogDirectory(of: 2)
                await cluster.killBroker(3)
                let report = try await capture(client)
                #expect(report.topics.state.isComplete && report.groups.state.isComplete, "\(report.topics.state) \(report.groups.state)")
            }
        }
    }

    /// Nothing that is shown has a replica there, so only the registration tells of the broker, the quorum, or the last snapshot.
    @Test(arguments: [[], [APIKey.describeCluster], [.describeCluster, .describeQuorum]])
    func aBrokerThatHoldsNothingIsMissedAllTheSame(_ withheld: Set<APIKey>) async throws {
        var simulated = SimulatorConfiguration()
        simulated.withheldCalls = withheld
        try await SimulatedCluster.withCluster(simulated, time: HostTime(), chance: HostChance()) { cluster in
            try await withClient(ClientConfiguration(bootstrap: try addresses(cluster))) { client in
                let repository = try await emptyRepository()
                #expect(try await capture(client, repository).manifest.certificate.isWhole)
                await cluster.killBroker(3)
                let report = try await capture(client, repository)
                #expect(report.manifest.certificate.grade == .partial, "\(report.manifest.certificate)")
                let configs = report.section(.brokerConfigs)
                #expect(configs.state.unread.map(\.what) == ["configs of broker 3"], "\(configs.state)")
            }
        }
    }

    @Test func refusedStaticConfigsAndLostDescriptionsAreNamed() async throws {
        try await onASecuredCluster { cluster, admin, half in
            var filter = AclFilter()
            (filter.resourceType, filter.principal, filter.operation) = (.cluster, "User:half", .describeConfigs)
            #expect(try await admin.deleteAcls([filter])[filter]?.bindings.count == 1)
            cluster.inject(Fault(.error(.unknownServerError), of: .describeGroups, times: nil))
            cluster.inject(Fault(.error(.unknownServerError), of: .consumerGroupDescribe, times: nil))
            let report = try await capture(half)
            let brokers = report.section(.cluster)
            #expect(brokers.evidenceState.unread.count == 3, "\(brokers.evidenceState)")
            #expect(brokers.evidenceState.unread.allSatisfy { $0.what.hasPrefix("static configs of broker") })
            #expect(!report.groups.evidenceState.unread.isEmpty, "\(report.groups.evidenceState)")
        }
    }

    // MARK: The cluster

    private func lose(_ loss: Loss, on cluster: SimulatedCluster) async {
        switch loss {
        case .dead: await cluster.killBroker(3)
        case .failedDisk: cluster.failLogDirectory(of: 3)
        }
    }

    /// A super user; and one with every right of a backup, except on the topic `shut`, of which broker 3 has the only replica.
    private func onASecuredCluster(_ body: @Sendable (SimulatedCluster, KafkaClient, KafkaClient) async throws -> Void) async throws {
        var simulated = SimulatorConfiguration()
        simulated.users = ["admin", "half"].map { SimulatedUser(name: $0, password: "\($0)-secret") }
        simulated.authorizer = SimulatedAuthorizer(superUsers: ["User:admin"])
        try await SimulatedCluster.withCluster(simulated, time: HostTime(), chance: HostChance()) { cluster in
            func login(_ user: String) throws -> ClientConfiguration {
                var configuration = ClientConfiguration(bootstrap: try addresses(cluster))
                configuration.security.sasl = .password(
                    SaslCredentials(mechanism: .scramSHA256, username: ByteString(user), password: Secret("\(user)-secret")))
                return configuration
            }
            let half = try login("half")
            try await withClient(try login("admin")) { admin in
                try await fill(admin)
                let rights: [(AclOperation, AclResourceType, ByteString)] = [
                    (.describe, .cluster, "kafka-cluster"), (.describeConfigs, .cluster, "kafka-cluster"), (.describe, .topic, "open"),
                    (.describeConfigs, .topic, "*"), (.describe, .group, "*"), (.describe, .transactionalID, "*"),
                    (.describe, .topic, "__consumer_offsets"),
                ]
                let rules = rights.map { AclBinding(.allow, "User:half", $0, $1, $2) }
                for (rule, result) in try await admin.createAcls(rules) { #expect(result.isDone, "\(rule): \(result)") }
                try await withClient(half) { try await body(cluster, admin, $0) }
            }
        }
    }

    private func fill(_ client: KafkaClient) async throws {
        let topics = [
            NewTopic(name: "open", partitions: 1, replicationFactor: 1, assignments: [0: [1]]),
            NewTopic(name: "shut", partitions: 1, replicationFactor: 1, assignments: [0: [3]]),
        ]
        for (name, result) in try await client.createTopics(topics) { #expect(result.isDone, "\(name): \(result)") }
        let committed = try await client.commitOffsets(
            group: "readers", [TopicPartition("open", 0): CommittedOffset(offset: 0, metadata: "")])
        for (partition, result) in committed { #expect(result.isDone, "\(partition): \(result)") }
    }

    private func addresses(_ cluster: SimulatedCluster) throws -> [BrokerAddress] {
        try BrokerAddress.list(cluster.bootstrapServers, from: "the test")
    }

    private func withClient(_ configuration: ClientConfiguration, _ body: (KafkaClient) async throws -> Void) async throws {
        var configuration = configuration
        configuration.requestTimeout = .seconds(2)
        configuration.apiTimeout = .seconds(6)
        try await KafkaClient.withClient(
            configuration, time: HostTime(), chance: HostChance(), eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), body: body)
    }

    private func emptyRepository() async throws -> Repository {
        try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
    }

    private func capture(_ client: KafkaClient, _ repository: Repository? = nil) async throws -> CaptureReport {
        var place = repository
        if place == nil { place = try await emptyRepository() }
        return try await Capture(
            source: Source(client: client, registry: nil, time: HostTime()), repository: try #require(place),
            kinds: Kinds.all.filter { $0.name != .schemas }, options: Capture.Options(toolVersion: "test"), time: HostTime()
        ).run()
    }
}

extension CaptureReport {
    fileprivate func section(_ kind: KindName) -> SectionReport {
        sections.first { $0.kind == kind }
            ?? SectionReport(kind: kind, desired: -1, evidence: -1, state: .unread("no section"), evidenceState: .stable, gaps: 0)
    }
    fileprivate var topics: SectionReport { section(.topics) }
    fileprivate var groups: SectionReport { section(.consumerGroups) }
}
