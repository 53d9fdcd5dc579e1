import Bytes
import KafkaProtocol
import Testing
import Waiting

@testable import KafkaClient

/// The calls against a whole cluster: simulated, or the real one that the environment names.
@Suite struct CallsTests {
    @Test func theClusterTellsWhoItIs() async throws {
        try await TestCluster.run { client, _ in
            let cluster = try await client.describeCluster()
            #expect(cluster.clusterID != nil)
            #expect(!cluster.brokers.isEmpty)
            #expect(cluster.controllerID != nil)
            let features = try #require(try await client.features())
            #expect(features.finalized["metadata.version"] != nil)
            #expect(try await client.version(of: MetadataRequest.self, at: .anyBroker) != nil)
        }
    }

    @Test func aTopicIsCreatedDescribedGrownAlteredAndDeleted() async throws {
        try await TestCluster.run { client, prefix in
            let (name, other) = (ByteString("\(prefix)grown"), ByteString("\(prefix)nobody"))
            let created = try await client.createTopics([
                NewTopic(name: name, partitions: 2, replicationFactor: 1, configs: ["retention.ms": "86400000"])
            ])
            #expect(created == [name: WriteResult(.done)])
            try await until("the topic is visible") { try await client.describeTopics([name])[0].partitions.count == 2 }

            let again = try await client.createTopics([NewTopic(name: name, partitions: 2, replicationFactor: 1)])
            #expect(again[name]?.outcome == .refused)
            #expect(again[name]?.error == .topicAlreadyExists)

            #expect(try await client.createPartitions([NewPartitions(topic: name, totalCount: 3, currentCount: 2)])[name]?.isDone == true)
            try await until("the new partition is visible") { try await client.describeTopics([name])[0].partitions.count == 3 }

            let altered = try await client.alterConfigs([
                ConfigChange(.topic(name), ["retention.ms": .delete, "cleanup.policy": .set("compact")])
            ])
            #expect(altered == [.topic(name): WriteResult(.done)])
            try await until("the configs are as altered") {
                guard
                    case .entries(let entries) = try await client.describeConfigs([.topic(name)], includeSynonyms: true).value[.topic(name)]
                else { return false }
                let own = entries.filter { $0.source == .dynamicTopic }
                return own.map(\.name) == ["cleanup.policy"] && own[0].value == "compact" && !own[0].synonyms.isEmpty
            }

            let missing = try await client.describeTopics([other, name])
            #expect(missing.map(\.name) == [name, other].sorted())
            #expect(missing.first { $0.name == other }?.error == .unknownTopicOrPartition)

            #expect(try await client.deleteTopics([name])[name]?.isDone == true)
            try await until("the topic is gone") {
                try await client.describeTopics([name])[0].error == .unknownTopicOrPartition
            }
        }
    }

    @Test func askingForATopicThatDoesNotExistDoesNotCreateIt() async throws {
        try await TestCluster.run { client, prefix in
            let name = ByteString("\(prefix)ghost")
            for _ in 0..<3 { _ = try await client.describeTopics([name]) }
            #expect(try await !client.describeTopics().contains { $0.name == name })
        }
    }

    @Test func whatIsProducedIsFetchedAndListed() async throws {
        try await TestCluster.run { client, prefix in
            let partition = TopicPartition(ByteString("\(prefix)records"), 0)
            _ = try await client.createTopics([NewTopic(name: partition.topic, partitions: 1, replicationFactor: 1)])
            let record = Record(timestamp: 1_700_000_000_000, key: [1], value: Array("tide".utf8))
            #expect(try await client.produce([record, record], to: partition) == 0)
            #expect(try await client.produce([record], to: partition) == 2)
            let fetched = try await client.fetch(partition, from: 0)
            #expect(fetched.highWatermark == 3)
            #expect(try fetched.records().map(\.record.value) == Array(repeating: Array("tide".utf8), count: 3))
            #expect(try await client.listOffsets([partition], at: .latest).value[partition]?.offset == 3)
            #expect(try await client.listOffsets([partition], at: .earliest).value[partition]?.offset == 0)
            #expect(try await client.listOffsets([partition], at: .timestamp(1_700_000_000_001)).value[partition]?.offset == -1)
            let newest = try await client.listOffsets([partition], at: .maxTimestamp).value[partition]
            #expect(newest?.timestamp == 1_700_000_000_000)
        }
    }

    @Test func offsetsOfAPartitionThatDoesNotExistAreAnErrorOfThatPartition() async throws {
        try await TestCluster.run { client, prefix in
            let partition = TopicPartition(ByteString("\(prefix)nowhere"), 0)
            let listed = try await client.listOffsets([partition], at: .latest)
            #expect(listed.value[partition]?.error.isError == true)
            #expect(listed.isComplete)
        }
    }

    @Test func committedOffsetsComeBackAsTheyWereCommitted() async throws {
        try await TestCluster.run { client, prefix in
            let (topic, group) = (ByteString("\(prefix)consumed"), ByteString("\(prefix)group"))
            _ = try await client.createTopics([NewTopic(name: topic, partitions: 3, replicationFactor: 1)])
            try await until("the topic is visible") { try await client.describeTopics([topic])[0].partitions.count == 3 }
            let offsets: [TopicPartition: CommittedOffset] = [
                TopicPartition(topic, 0): CommittedOffset(offset: 7, metadata: "a NUL \0 at the end\0"),
                TopicPartition(topic, 2): CommittedOffset(offset: 12_345, metadata: ""),
            ]
            let written = try await client.commitOffsets(group: group, offsets)
            #expect(written.values.allSatisfy { $0.isDone } && written.count == 2)

            let listed = try await client.listGroups()
            #expect(listed.isComplete)
            let ours = try #require(listed.value.first { $0.id == group })
            #expect(try await client.fetchOffsets([ours], requireStable: true) == Sharded([group: offsets]))
            let named = try await client.fetchOffsets(
                group: group, partitions: [TopicPartition(topic, 0), TopicPartition(topic, 1)], requireStable: true)
            #expect(named[TopicPartition(topic, 0)]?.offset == 7)
            #expect(named[TopicPartition(topic, 1)]?.offset == -1)

            let described = try await client.describeGroups([ours])
            #expect(described.isComplete)
            #expect(described.value[group]?.state == "Empty")
            #expect(described.value[group]?.members == [])

            #expect(try await client.deleteGroups([ours])[group]?.isDone == true)
            #expect(try await !client.listGroups().value.contains { $0.id == group })
        }
    }

    @Test func everyBrokerShowsItsLogDirectories() async throws {
        try await TestCluster.run { client, prefix in
            let topic = ByteString("\(prefix)logged")
            _ = try await client.createTopics([NewTopic(name: topic, partitions: 2, replicationFactor: 1)])
            try await until("both partitions lie in some directory") {
                let dirs = try await client.describeLogDirs()
                return dirs.isComplete
                    && Set(dirs.value.values.joined().flatMap(\.partitions.keys).filter { $0.topic == topic }).count == 2
            }
        }
    }

    @Test func aBrokersConfigsAreAskedOfThatBroker() async throws {
        try await TestCluster.run { client, _ in
            let brokers = try await client.describeCluster().brokers.map { ConfigResource.broker($0.id) }
            let answers = try await client.describeConfigs(brokers + [.clusterDefault])
            #expect(answers.isComplete)
            #expect(Set(answers.value.keys) == Set(brokers + [.clusterDefault]))
            for broker in brokers {
                guard case .entries(let entries) = answers.value[broker] else {
                    Issue.record("no entries for \(broker)")
                    continue
                }
                #expect(entries.contains { $0.source == .staticBroker })
            }
        }
    }

    @Test func configsOfABrokerThatIsNotThereAreUnreadAndTheOthersAreRead() async throws {
        try await TestCluster.run { client, _ in
            let known = ConfigResource.broker(try await client.describeCluster().brokers[0].id)
            let answers = try await client.describeConfigs([known, .broker(4711)])
            #expect(Array(answers.value.keys) == [known])
            #expect(answers.unread.map(\.broker) == [4711])
        }
    }

    @Test func theQuorumIsDescribed() async throws {
        try await TestCluster.run { client, _ in
            let quorum = try await client.describeQuorum()
            #expect(!quorum.voters.isEmpty)
            #expect(quorum.highWatermark > 0)
        }
    }
}
