import Bytes
import KafkaProtocol
import Recordings
import Testing

@testable import KafkaSimulator

/// Calls that list what there is, and how it is set.
extension ReplayScene {
    static let listConfigResources = ReplayScene(name: "ListConfigResources: subscriptions alone at first, then every type") { judge in
        let exchanges = try Replay.exchanges(ListConfigResourcesRequest.self)
        let topics = exchanges.flatMap(\.response.configResources).filter { $0.resourceType == ConfigResourceKind.topic.rawValue }
        #expect(topics.count > 10)
        for (recording, _, _) in exchanges {
            var stage = BrokerStage(Replay.configuration)
            for topic in topics { stage.plant(topic.resourceName) }
            try judge.replay(recording, on: &stage)
        }
    }

    static let describeLogDirs = ReplayScene(name: "DescribeLogDirs: the folder, every partition with its size, the disk since version 4") {
        judge in
        for (recording, _, recorded) in try Replay.exchanges(DescribeLogDirsRequest.self) {
            var stage = BrokerStage(Replay.configuration)
            let folder = try #require(recorded.results.first)
            for topic in folder.topics {
                stage.plant(topic.name, partitions: topic.partitions.count)
                for partition in topic.partitions where partition.partitionSize > 0 {
                    let batch = try RecordBatch.filling(Int(partition.partitionSize))
                    _ = stage.state.topics[topic.name]?.partitions[Int(partition.partitionIndex)].append(batch)
                }
            }
            try judge.replay(recording, on: &stage)
            #expect(recording.version < 4 || folder.totalBytes > folder.usableBytes)
        }
    }

    static let describeConfigs = ReplayScene(
        name: "DescribeConfigs: every row of topics, of a broker and of the cluster default; named keys; an unknown topic"
    ) { judge in
        let exchanges = try Replay.exchanges(DescribeConfigsRequest.self)
        let file = try brokerFile(exchanges.map(\.response))
        for (recording, _, _) in exchanges {
            var stage = BrokerStage(SecurityReplayTests.configuration)
            stage.plant("orders", configs: ["cleanup.policy": "delete,compact", "max.message.bytes": "2000000"])
            stage.plant("payments.events", configs: ["cleanup.policy": "compact", "min.compaction.lag.ms": "60000"])
            stage.plant("txn")
            stage.state.configs.clusterDefault = ["min.insync.replicas": "1", "log.cleaner.threads": "2"]
            stage.state.configs.staticBrokers[0] = file
            stage.state.configs.brokers[0] = ["log.cleaner.io.buffer.size": "1048576"]
            try judge.replay(recording, on: &stage)
        }
    }

    /// What stood in the recorded broker's own file, as its answers tell; of secrets only that they stood there.
    private static func brokerFile(_ answers: [DescribeConfigsResponse]) throws -> [ByteString: ByteString] {
        var file: [ByteString: ByteString] = ["min.insync.replicas": "1"]
        let broker = try #require(answers.flatMap(\.results).first { $0.resourceType == 4 && !$0.resourceName.isEmpty })
        for row in broker.configs where row.configSource == ConfigSource.staticBroker.rawValue && !row.name.hasPrefix("listener.name.") {
            file[row.name] = row.value ?? "secret"
        }
        #expect(file.count > 25)
        return file
    }
}

extension RecordBatch {
    /// A batch of one record that is `size` bytes long.
    fileprivate static func filling(_ size: Int) throws -> RecordBatch {
        let batches = (max(0, size - headerLength - 16)...size).lazy.map {
            RecordBatch([Record(timestamp: 1, key: nil, value: Array(repeating: 0, count: $0))])
        }
        return try #require(batches.first { $0.bytes.count == size })
    }
}
