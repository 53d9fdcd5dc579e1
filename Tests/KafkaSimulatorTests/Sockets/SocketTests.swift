import Bytes
import Host
import KafkaProtocol
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Seams
import Testing

@testable import KafkaSimulator

@Suite("The cluster on its sockets", .timeLimit(.minutes(2)))
struct SocketTests {
    static func withCluster<Result: Sendable>(
        _ configuration: SimulatorConfiguration = SimulatorConfiguration(),
        _ body: @Sendable (SimulatedCluster) async throws -> Result
    ) async throws -> Result {
        try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: SeededChance(seed: 3), body)
    }

    /// In a task that is cancelled already, nothing that is accepted is served. Where such connections were dropped, NIO ended the process.
    @Test func aConnectionThatIsAcceptedWhileTheClusterStopsIsClosed() async throws {
        let clients = NIOLockedValueBox<[any Channel]>([])
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask {
                try? await Self.withCluster { cluster async throws in
                    for _ in 0..<50 {
                        let port = try #require(cluster.port(of: cluster.configuration.brokerIDs[0]))
                        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                            .connect(host: "127.0.0.1", port: port).get()
                        clients.withLockedValue { $0.append(channel) }
                    }
                }
            }
        }
        #expect(clients.withLockedValue { $0.count } == 50)
        for channel in clients.withLockedValue({ $0 }) { try await channel.closeFuture.get() }
    }

    static func create(_ name: ByteString, partitions: Int32 = 1) -> CreateTopicsRequest {
        var topic = CreateTopicsRequest.CreatableTopic()
        topic.name = name
        topic.numPartitions = partitions
        topic.replicationFactor = -1
        var request = CreateTopicsRequest()
        request.topics = [topic]
        return request
    }

    static func produce(_ topic: ByteString, _ records: [Record]) -> ProduceRequest {
        var data = ProduceRequest.TopicProduceData.PartitionProduceData()
        data.records = Blob(RecordBatch(records).bytes)
        var target = ProduceRequest.TopicProduceData()
        target.name = topic
        target.partitionData = [data]
        var request = ProduceRequest()
        request.acks = -1
        request.topicData = [target]
        return request
    }

    static func fetch(_ topic: ByteString, from offset: Int64 = 0, wait: Int32 = 0) -> FetchRequest {
        var partition = FetchRequest.FetchTopic.FetchPartition()
        partition.fetchOffset = offset
        partition.partitionMaxBytes = 1 << 20
        var target = FetchRequest.FetchTopic()
        target.topic = topic
        target.partitions = [partition]
        var request = FetchRequest()
        request.maxWaitMs = wait
        request.minBytes = 1
        request.topics = [target]
        return request
    }

    @Test("A topic is made, written to and read, byte for byte")
    func roundTrip() async throws {
        try await Self.withCluster { cluster in
            try await WireClient.connect(port: try #require(cluster.port(of: 1))) { client in
                let made = try await client.ask(Self.create("orders"), version: 7)
                #expect(made.topics[0].errorCode == .none)
                #expect(made.topics[0].replicationFactor == 3)
                let now = HostTime().now().milliseconds
                let produced = try await client.ask(
                    Self.produce("orders", [Record(timestamp: now, key: nil, value: [1, 2, 3])]), version: 12)
                #expect(produced.responses[0].partitionResponses[0].errorCode == .none)
                let fetched = try await client.ask(Self.fetch("orders"), version: 12)
                let batches = try RecordBatch.batches(in: fetched.responses[0].partitions[0].records?.bytes ?? [])
                #expect(try batches.first?.records().first?.record.value == [1, 2, 3])
            }
        }
    }

    @Test("A Fetch without records waits, and is answered as soon as some come, or when its time is up")
    func longPoll() async throws {
        try await Self.withCluster { cluster in
            let port = try #require(cluster.port(of: 1))
            try await WireClient.connect(port: port) { reader in
                _ = try await reader.ask(Self.create("orders"), version: 7)
                let empty = try await reader.ask(Self.fetch("orders", wait: 50), version: 12)
                #expect(empty.responses[0].partitions[0].records?.bytes == [])
                try await reader.send(Self.fetch("orders", wait: 60_000), version: 12)
                while cluster.withState({ $0.parkedFetches.isEmpty }) { await Task.yield() }
                try await WireClient.connect(port: port) { writer in
                    let now = HostTime().now().milliseconds
                    _ = try await writer.ask(Self.produce("orders", [Record(timestamp: now, key: nil, value: [9])]), version: 9)
                }
                let frame = try await reader.receive()
                let fetched = try Frame.decodeResponse(to: FetchRequest.self, version: 12, from: frame).response
                #expect(fetched.responses[0].partitions[0].highWatermark == 1)
            }
        }
    }

    @Test("The same seed gives the same ids")
    func sameSeedSameRun() async throws {
        func run() async throws -> [ByteString] {
            try await Self.withCluster { cluster in
                try await WireClient.connect(port: try #require(cluster.port(of: 2))) { client in
                    let made = try await client.ask(Self.create("orders", partitions: 4), version: 7)
                    let cluster = try await client.ask(MetadataRequest(), version: 12)
                    return [
                        ByteString(made.topics[0].topicId.description), cluster.clusterId ?? "",
                        ByteString("\(cluster.topics.flatMap { $0.partitions.map(\.replicaNodes) })"),
                    ]
                }
            }
        }
        let first = try await run()
        let second = try await run()
        #expect(first == second)
        #expect(first.count == 3)
    }

    @Test("A version of ApiVersions that is not spoken is answered in version 0 with error 35")
    func unknownApiVersions() async throws {
        try await Self.withCluster { cluster in
            try await WireClient.connect(port: try #require(cluster.port(of: 1))) { client in
                try await client.send([0, 18, 0, 99, 0, 0, 0, 7, 0xFF, 0xFF])
                let answer = try Frame.decodeResponse(to: ApiVersionsRequest.self, version: 0, from: try await client.receive())
                #expect(answer.correlationID == 7)
                #expect(answer.response.errorCode == .unsupportedVersion)
                #expect(answer.response.apiKeys.map(\.apiKey) == [18])
            }
        }
    }

    @Test("An older release offers its own calls and versions, and refuses the rest by closing")
    func olderRelease() async throws {
        var configuration = SimulatorConfiguration()
        configuration.release = .v2_4
        try await Self.withCluster(configuration) { cluster in
            try await WireClient.connect(port: try #require(cluster.port(of: 2))) { client in
                var hello = ApiVersionsRequest()
                (hello.clientSoftwareName, hello.clientSoftwareVersion) = ("test", "1")
                let versions = try await client.ask(hello, version: 3)
                let table = Dictionary(uniqueKeysWithValues: versions.apiKeys.map { ($0.apiKey, $0.maxVersion) })
                #expect(table[3] == 9)
                #expect(table[60] == nil)
                #expect(versions.finalizedFeatures.isEmpty)
                let refused = try await client.ask(Self.create("orders"), version: 5)
                #expect(refused.topics[0].errorCode == .notController)
                try await client.send(DescribeClusterRequest(), version: 0)
                await #expect(throws: WireClient.Closed.self) { _ = try await client.receive() }
            }
        }
    }

    @Test("A killed broker is gone from its port and from the metadata, its partitions are led by others; it comes back")
    func killAndRestart() async throws {
        try await Self.withCluster { cluster in
            let (first, second) = (try #require(cluster.port(of: 1)), try #require(cluster.port(of: 2)))
            try await WireClient.connect(port: second) { client in
                _ = try await client.ask(Self.create("orders", partitions: 3), version: 7)
                await cluster.killBroker(1)
                let degraded = try await client.ask(MetadataRequest.all, version: 12)
                #expect(degraded.brokers.map(\.nodeId) == [2, 3])
                #expect(degraded.topics[0].partitions.allSatisfy { $0.leaderId > 1 && $0.isrNodes == $0.isrNodes.filter { $0 > 1 } })
                #expect(degraded.topics[0].partitions.contains { $0.leaderEpoch == 1 })
                await #expect(throws: (any Error).self) { try await WireClient.connect(port: first) { _ in } }
                try await cluster.restartBroker(1)
                let healed = try await client.ask(MetadataRequest.all, version: 12)
                #expect(healed.brokers.map(\.nodeId) == [1, 2, 3])
                #expect(healed.topics[0].partitions.allSatisfy { $0.isrNodes.count == 3 })
            }
            try await WireClient.connect(port: first) { client in _ = try await client.ask(MetadataRequest.all, version: 12) }
        }
    }
}

extension MetadataRequest {
    /// Every topic, none made.
    static var all: MetadataRequest {
        var request = MetadataRequest()
        request.allowAutoTopicCreation = false
        return request
    }
}
