import Bytes
import Foundation
import Host
import KafkaClient
import KafkaProtocol
import Logging
import NIOPosix
import Testing

@testable import KafkaSimulator

/// What librdkafka and kafka-python packed, in every codec, is read by both of them and by us, to the byte. With
/// `TIDEMARK_TEST_BOOTSTRAP` set it goes through that cluster.
@Suite struct PeerCodecTests {
    private static let time: Int64 = 1_700_000_000_000
    /// The same as in `Peers/codecs.py`.
    private static func records(emptyForNull: Bool) -> [Record] {
        [
            Record(
                timestamp: time, key: Array("k".utf8), value: nil,
                // kafka-python does not write null values of headers.
                headers: [.init(key: Array("h".utf8), value: emptyForNull ? [] : nil), .init(key: [], value: [0, 255])]),
            Record(timestamp: time + 40 * 86_400_000, key: nil, value: Array(String(repeating: "tide ", count: 200).utf8)),
            Record(
                timestamp: time - 86_400_000, key: [], value: [],
                headers: ["1", "2"].map { .init(key: Array("twice".utf8), value: Array($0.utf8)) }),
        ]
            + (0..<20).map { Record(timestamp: time + $0, key: Array("key-\($0)".utf8), value: Array("value \($0)".utf8)) }
    }

    @Test func whatOthersPackedIsReadToTheByte() async throws {
        if let servers = ProcessInfo.processInfo.environment["TIDEMARK_TEST_BOOTSTRAP"] { return try await run(servers) }
        try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { try await run($0.bootstrapServers) }
    }

    private func run(_ servers: String) async throws {
        let prefix = "peer\(HostChance().number(in: 100_000...999_999))"
        try await PeerTests.run("codecs.py", against: servers, prefix: prefix)
        try await KafkaClient.withClient(
            ClientConfiguration(bootstrap: try BrokerAddress.list(servers, from: "the test's cluster")), time: HostTime(),
            chance: HostChance(), eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        ) { client in
            for index in 0..<10 {
                let partition = TopicPartition(ByteString("\(prefix).codecs"), Int32(index))
                let expected = try #require(RecordBatch.Compression(rawValue: Int16(index / 2)))
                let (records, compressions) = try await all(of: partition, client)
                #expect(records.map(\.record) == Self.records(emptyForNull: index % 2 == 1), "\(partition)")
                #expect(records.map(\.offset) == (0..<23).map { Int64($0) }, "\(partition)")
                #expect(compressions == [expected], "\(partition)")
            }
            _ = try await client.deleteTopics([ByteString("\(prefix).codecs")])
        }
    }

    private func all(
        of partition: TopicPartition, _ client: KafkaClient
    ) async throws -> (records: [StoredRecord], compressions: Set<RecordBatch.Compression>) {
        var records: [StoredRecord] = []
        var compressions: Set<RecordBatch.Compression> = []
        var fetched = try await client.fetch(partition, from: 0)
        while !fetched.batches.isEmpty {
            records += try fetched.records()
            compressions.formUnion(fetched.batches.compactMap(\.compression))
            if fetched.nextOffset >= fetched.highWatermark { break }
            fetched = try await client.fetch(partition, from: fetched.nextOffset)
        }
        return (records, compressions)
    }
}
