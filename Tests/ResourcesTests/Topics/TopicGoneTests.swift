import ClusterFixture
import KafkaClient
import KafkaSimulator
import SnapshotModel
import Testing
import Waiting

@testable import Resources

/// A topic that is deleted while it is looked at, in the last of the rounds.
@Suite(.timeLimit(.minutes(2))) struct TopicGoneTests {
    @Test func whatIsGoneHasMovedAndIsNotUnread() async throws {
        try await ClusterFixture.simulated { source, cluster in
            let made = try await source.client.createTopics([
                NewTopic(name: "orders", partitions: 1, replicationFactor: 1),
                NewTopic(name: "doomed", partitions: 1, replicationFactor: 1),
            ])
            #expect(made.values.allSatisfy { $0.isDone })
            cluster.resetCallCounts()
            cluster.inject(Fault(.hold, of: .describeConfigs, times: nil))
            let seen = try await withThrowingTaskGroup(of: Observation?.self) { group in
                group.addTask { try await TopicsKind().observe(Sweep(source), rounds: 1) }
                group.addTask {
                    try await until("the configs are asked for") { cluster.callCounts[.describeConfigs] ?? 0 >= 1 }
                    // By connections of its own: those of the sweep wait.
                    try await ClusterFixture.withSource(bootstrap: cluster.bootstrapServers, registry: nil) { other in
                        let done = try await other.client.deleteTopics(["doomed"])
                        #expect(done["doomed"]?.isDone == true)
                    }
                    cluster.clearFaults()
                    return nil
                }
                var seen: Observation?
                for try await observation in group { seen = observation ?? seen }
                return try #require(seen)
            }
            #expect(seen.desired.map(\.id) == [ResourceID("orders")])
            #expect(seen.state.unread.isEmpty && seen.state.moved == [ResourceID("doomed")], "\(seen.state)")
        }
    }

    /// The same of one that stays: it could not be read, and that is no move.
    @Test func whatStaysAndIsRefusedIsUnread() async throws {
        try await ClusterFixture.simulated { source, cluster in
            let made = try await source.client.createTopics([NewTopic(name: "orders", partitions: 1, replicationFactor: 1)])
            #expect(made["orders"]?.isDone == true)
            cluster.inject(Fault(.error(.unknownTopicOrPartition), of: .describeConfigs, times: nil))
            let seen = try await TopicsKind().observe(Sweep(source), rounds: 1)
            #expect(seen.state.unread.map(\.what) == ["configs of topic orders"] && seen.state.moved.isEmpty, "\(seen.state)")
        }
    }
}
