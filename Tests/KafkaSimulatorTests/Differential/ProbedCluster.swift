import Bytes
import Foundation
import Host
import KafkaProtocol
import Testing
import Waiting

@testable import KafkaSimulator

/// A cluster of two brokers at least, real or simulated, with what the probes ask about: `topic` (three partitions on one broker,
/// four batches in each of the first two) and `otherTopic` (one partition, on another broker).
struct ProbedCluster: Sendable {
    /// Which broker is asked.
    enum Place: Sendable {
        /// It leads all partitions of `topic`.
        case leader
        /// It coordinates `group`, or does not; the same for the group, and the transactional id, without a name.
        case coordinator, elsewhere, namelessCoordinator, namelessElsewhere
    }

    let prefix: ByteString
    var ids: [ByteString: KafkaUUID] = [:]
    private var addresses: [Int32: (host: String, port: Int)] = [:]
    private(set) var nodes: [Place: Int32] = [:]
    private var names = BriefNames()

    var topic: ByteString { prefix + "t" }
    var otherTopic: ByteString { prefix + "u" }
    var missing: ByteString { prefix + "missing" }
    var group: ByteString { prefix + "g" }
    /// The asked broker's id, as configs name it.
    var leaderName: ByteString { ByteString("\(nodes[.leader] ?? -1)") }

    /// The simulator, with the features that the real cluster has on.
    static func simulated(_ body: @Sendable (ProbedCluster) async throws -> Void) async throws {
        var configuration = SimulatorConfiguration()
        configuration.features = ["share.version": 1, "kraft.version": 0]
        try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
            try await run(cluster.bootstrapServers, body)
        }
    }

    static func run(_ bootstrap: String, _ body: @Sendable (ProbedCluster) async throws -> Void) async throws {
        let cluster = try await ProbedCluster(bootstrap)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(cluster)) } catch { outcome = .failure(error) }
        var delete = DeleteTopicsRequest()
        delete.topicNames = [cluster.topic, cluster.otherTopic]
        delete.timeoutMs = 30_000
        let request = delete
        try await until("the probes' topics are deleted") {
            let answer = try await cluster.send(request, version: 5, to: cluster.controller())
            return answer.responses.allSatisfy { [.none, .unknownTopicOrPartition].contains($0.errorCode) }
        }
        try outcome.get()
    }

    // MARK: Asking

    func ask<Request: KafkaRequest>(_ request: Request, version: Int16, at place: Place) async throws -> String {
        let node = try #require(nodes[place])
        do {
            let answer = try await send(request, version: version, to: node)
            return answer.tree(version: version, flexible: Request.isFlexible(version)).brief(names)
        } catch is WireClient.Closed {
            return "closed"
        }
    }

    private func send<Request: KafkaRequest>(_ request: Request, version: Int16, to node: Int32) async throws -> Request.Response {
        let address = try #require(addresses[node])
        return try await WireClient.connect(host: address.host, port: address.port) { try await $0.ask(request, version: version) }
    }

    // MARK: Setting the stage

    private init(_ bootstrap: String) async throws {
        let first = try #require(bootstrap.split(separator: ",").first).split(separator: ":")
        prefix = ByteString("simdiff-\(HostChance().bytes(4).hex)-")
        let (host, port) = (String(first[0]), try #require(Int(first[1])))
        var none = MetadataRequest()
        none.topics = []
        let request = none
        let metadata = try await WireClient.connect(host: host, port: port) { try await $0.ask(request, version: 9) }
        for broker in metadata.brokers { addresses[broker.nodeId] = (broker.host.description, Int(broker.port)) }
        let brokers = addresses.keys.sorted()
        try #require(brokers.count >= 2, "the probes need a cluster of two brokers at least")
        nodes[.leader] = brokers[0]
        names.prefix = prefix.description
        names.nodes = [Int64(brokers[0]): "leader", Int64(brokers[1]): "other"]
        try await makeTopics(brokers[0], brokers[1])
        for (key, at, elsewhere) in [(group, Place.coordinator, Place.elsewhere), ("", .namelessCoordinator, .namelessElsewhere)] {
            let coordinator = try await coordinator(of: key)
            nodes[at] = coordinator
            nodes[elsewhere] = brokers.first { $0 != coordinator }
        }
    }

    private func controller() async throws -> Int32 {
        var none = MetadataRequest()
        none.topics = []
        return try await send(none, version: 9, to: try #require(nodes[.leader])).controllerId
    }

    private mutating func makeTopics(_ leader: Int32, _ other: Int32) async throws {
        var create = CreateTopicsRequest()
        create.topics = [(topic, [leader, leader, leader]), (otherTopic, [other])].map { name, leaders in
            make {
                $0.name = name
                $0.numPartitions = -1
                $0.replicationFactor = -1
                // The batches are old.
                $0.configs = [make { ($0.name, $0.value) = ("retention.ms", "-1") }]
                $0.assignments = leaders.enumerated().map { index, broker in
                    make { ($0.partitionIndex, $0.brokerIds) = (Int32(index), [broker]) }
                }
            }
        }
        let created = try await send(create, version: 7, to: try await controller())
        try #require(created.topics.allSatisfy { $0.errorCode == .none }, "\(created.topics.map(\.errorMessage))")
        for row in created.topics { ids[row.name] = row.topicId }
        names.ids = Dictionary(uniqueKeysWithValues: ids.map { ($1.bytes.hex, names.text($0.description)) })
        for index in 0..<4 {
            for partition in 0..<2 { try await produce(index, partition: Int32(partition), to: leader) }
        }
        // The other broker's topic is known to the one that is asked, too.
        var metadata = MetadataRequest()
        metadata.topics = [make { $0.name = otherTopic }]
        let request = metadata
        let cluster = self
        try await until("the brokers know the topics") {
            for node in cluster.addresses.keys {
                let rows = try await cluster.send(request, version: 12, to: node).topics
                guard rows.first?.partitions.first?.leaderId == other else { return false }
            }
            return true
        }
    }

    private func produce(_ index: Int, partition: Int32, to leader: Int32) async throws {
        let batch = RecordBatch([
            Record(timestamp: 1_700_000_000_000 + Int64(index), key: nil, value: Array(repeating: UInt8(ascii: "y"), count: 50))
        ])
        let name = topic
        let request: ProduceRequest = make {
            $0.acks = -1
            $0.timeoutMs = 10_000
            $0.topicData = [
                make {
                    $0.name = name
                    $0.partitionData = [make { ($0.index, $0.records) = (partition, Blob(batch.bytes)) }]
                }
            ]
        }
        try await until("a batch is taken") {
            try await send(request, version: 9, to: leader).responses[0].partitionResponses[0].errorCode == .none
        }
    }

    private func coordinator(of group: ByteString) async throws -> Int32 {
        var find = FindCoordinatorRequest()
        find.key = group
        let (request, asked) = (find, try #require(nodes[.leader]))
        var node: Int32 = -1
        try await until("a coordinator is found") {
            let found = try await send(request, version: 2, to: asked)
            node = found.errorCode == .none ? found.nodeId : -1
            return node >= 0
        }
        return node
    }
}
