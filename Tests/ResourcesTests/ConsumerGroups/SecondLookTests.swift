import Bytes
import ClusterFixture
import KafkaClient
import KafkaProtocol
import KafkaSimulator
import SnapshotModel
import Testing
import Waiting

@testable import Resources

/// Positions are looked at once more at the end of a sweep: what is otherwise then has moved, and what was not answered is told.
@Suite(.timeLimit(.minutes(2))) struct SecondLookTests {
    private static let partition = TopicPartition("orders", 0)

    private static func position(_ offset: Int64, _ metadata: ByteString? = "", _ error: ErrorCode = .none) -> CommittedOffset {
        CommittedOffset(offset: offset, metadata: metadata, error: error)
    }

    private static func look(
        _ before: CommittedOffset?, _ later: CommittedOffset?, unstable: Bool = false, internals: Set<ByteString> = []
    ) -> (moved: Bool, unread: Int) {
        let look = SecondLook(
            of: "g", before.map { [partition: $0] } ?? [:], unstable: unstable ? [partition] : [],
            later: later.map { [partition: $0] } ?? [:],
            without: internals)
        return (look.moved == ["orders"], look.unread.count)
    }

    @Test func everyDifferenceIsAMove() {
        let (none, some) = (Self.position(-1), Self.position(5))
        let cells: [(CommittedOffset?, CommittedOffset?, Bool)] = [
            (some, some, false), (some, Self.position(6), true), (some, Self.position(5, "m"), true), (Self.position(5, nil), some, false),
            (some, nil, true), (some, none, true), (nil, some, true), (none, some, true), (nil, nil, false), (none, nil, false),
            (nil, none, false),
        ]
        for (before, later, isMoved) in cells {
            #expect(Self.look(before, later) == (isMoved, 0), "\(String(describing: before)) \(String(describing: later))")
            #expect(Self.look(before, later, internals: ["orders"]) == (false, 0))
        }
        // One that a transaction held back is unread already.
        #expect(Self.look(nil, some, unstable: true) == (false, 0))
    }

    @Test func anErrorIsNoMoveAndIsTold() {
        let error = Self.position(-1, nil, .coordinatorLoadInProgress)
        #expect(Self.look(Self.position(5), error) == (false, 1))
        #expect(Self.look(nil, error, unstable: true) == (false, 0))
    }

    private enum Meanwhile: CaseIterable { case nothing, otherMetadata, vanished, refused }

    @Test(arguments: Meanwhile.allCases)
    private func whatHappensMeanwhileIsNotStable(_ meanwhile: Meanwhile) async throws {
        try await ClusterFixture.simulated { source, cluster in
            let made = try await source.client.createTopics([NewTopic(name: "orders", partitions: 1, replicationFactor: 1)])
            #expect(made["orders"]?.isDone == true)
            _ = try await source.client.commitOffsets(group: "audit", [Self.partition: Self.position(0)])
            let listed = try await source.client.listGroups().value
            cluster.resetCallCounts()
            // The first look is served; the second is refused, or has to wait for what happens meanwhile.
            cluster.inject(Fault(.delay(.zero), of: .offsetFetch))
            cluster.inject(Fault(meanwhile == .refused ? .error(.groupAuthorizationFailed) : .hold, of: .offsetFetch, times: nil))
            let seen = try await withThrowingTaskGroup(of: Observation?.self) { group in
                group.addTask { try await ConsumerGroupsKind().observe(Sweep(source)) }
                group.addTask {
                    try await until("the second look is asked for") { cluster.callCounts[.offsetFetch] ?? 0 >= 2 }
                    // By connections of their own: those of the sweep wait.
                    try await ClusterFixture.withSource(bootstrap: cluster.bootstrapServers, registry: nil) { other in
                        switch meanwhile {
                        case .nothing, .refused: break
                        case .otherMetadata:
                            let done = try await other.client.commitOffsets(
                                group: "audit", [Self.partition: Self.position(0, "later")])
                            #expect(done[Self.partition]?.isDone == true)
                        case .vanished:
                            let done = try await other.client.deleteGroups(listed)
                            #expect(done["audit"]?.isDone == true)
                        }
                    }
                    if meanwhile != .refused { cluster.clearFaults() }
                    return nil
                }
                var seen: Observation?
                for try await observation in group { seen = observation ?? seen }
                return try #require(seen)
            }
            #expect(seen.state.unread.isEmpty && seen.desired.map(\.id) == [ResourceID("audit", "orders")], "\(seen.state)")
            switch meanwhile {
            case .nothing: #expect(seen.state.isStable && seen.evidenceState.isStable, "\(seen.state) \(seen.evidenceState)")
            case .otherMetadata, .vanished: #expect(seen.state.moved == [ResourceID("audit", "orders")], "\(seen.state)")
            case .refused:
                #expect(seen.state.moved == [])
                #expect(seen.evidenceState.unread.contains { $0.what.hasPrefix("a second look at ") }, "\(seen.evidenceState)")
            }
        }
    }
}
