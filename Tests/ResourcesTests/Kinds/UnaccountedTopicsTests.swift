import Bytes
import ClusterFixture
import Host
import KafkaClient
import KafkaSimulator
import NIOConcurrencyHelpers
import Seams
import SnapshotModel
import Testing

@testable import Resources

/// Topics that brokers hold and metadata leaves out: hidden, on their way out, or on their way in.
@Suite struct UnaccountedTopicsTests {
    enum State: CaseIterable { case open, refused, fresh, deleted }
    enum Event: CaseIterable { case named, refused, held, gone, goneFromAFailedDisk }

    @Test(arguments: State.allCases, Event.allCases) func everyEventInEveryState(_ state: State, _ event: Event) {
        var topics = Unaccounted<ByteString>(.init(held: ["a", "t"], directories: ["1 /d", "2 /d"]), named: ["a"])
        #expect(topics.open == ["t"])
        func see(_ event: Event) {
            switch event {
            case .named: topics.see(named: ["a", "t"])
            case .refused: topics.see(refused: ["t"])
            case .held: topics.see(.init(held: ["a", "t"], directories: ["1 /d", "2 /d", "3 /d"]))
            case .gone: topics.see(.init(held: ["a"], directories: ["1 /d", "2 /d"]))
            case .goneFromAFailedDisk: topics.see(.init(held: ["a"], directories: ["1 /d"]))
            }
        }
        func now() -> [State] {
            [
                topics.open.isEmpty ? nil : .open, topics.refused.isEmpty ? nil : .refused, topics.fresh.isEmpty ? nil : .fresh,
                topics.deleted.isEmpty ? nil : .deleted,
            ].compactMap { $0 }
        }
        switch state {
        case .open: break
        case .refused: see(.refused)
        case .fresh: see(.named)
        case .deleted: see(.gone)
        }
        #expect(now() == [state])
        see(event)
        // What is decided stays so.
        let expected: State =
            switch (state, event) {
            case (.open, .named): .fresh
            case (.open, .refused): .refused
            case (.open, .gone): .deleted
            case (.open, .held), (.open, .goneFromAFailedDisk): .open
            default: state
            }
        #expect(now() == [expected])
        #expect(topics.hidden.isEmpty == (expected == .fresh || expected == .deleted))
    }

    @Test func aTopicThatIsBeingDeletedIsNotHidden() async throws {
        try await withDeletedTopic(stillListedFor: .seconds(3)) { source, slept in
            let observation = try await TopicsKind().observe(Sweep(source))
            #expect(observation.state.isComplete && observation.state.limited == nil, "\(observation.state)")
            #expect(observation.desired.map(\.id) == ["stays"])
            #expect(slept() == .milliseconds(3_500), "it was looked for again until the disks had lost it")
        }
    }

    @Test func aTopicThatStaysOnTheDisksIsHiddenAfterABoundedTime() async throws {
        try await withDeletedTopic(stillListedFor: .seconds(600)) { source, slept in
            let observation = try await TopicsKind().observe(Sweep(source))
            #expect(observation.state.unread.map(\.what) == ["topic goes"] && observation.state.limited?.contains("hidden") == true)
            #expect(slept() == .milliseconds(7_500))
        }
    }

    /// A topic that stays and one that was just deleted. The source's sleeping moves the cluster's clock instead.
    private func withDeletedTopic(
        stillListedFor delay: Duration, _ body: @Sendable (Source, _ slept: @Sendable () -> Duration) async throws -> Void
    ) async throws {
        let skipped = NIOLockedValueBox(Duration.zero)
        var configuration = SimulatorConfiguration()
        configuration.logDeletionDelay = delay
        try await SimulatedCluster.withCluster(configuration, time: ShiftedTime(skipped, skips: false), chance: HostChance()) { cluster in
            try await ClusterFixture.withSource(bootstrap: cluster.bootstrapServers, registry: nil) { source in
                let topics = ["stays", "goes"].map { NewTopic(name: $0, partitions: 2, replicationFactor: 1) }
                for (name, result) in try await source.client.createTopics(topics) { #expect(result.isDone, "\(name)") }
                for (name, result) in try await source.client.deleteTopics(["goes"]) { #expect(result.isDone, "\(name)") }
                let skipping = Source(client: source.client, registry: nil, time: ShiftedTime(skipped, skips: true))
                try await body(skipping) { skipped.withLockedValue { $0 } }
            }
        }
    }
}

/// The machine's clock and what was skipped of it.
private struct ShiftedTime: TimeSource {
    let skipped: NIOLockedValueBox<Duration>
    let skips: Bool

    init(_ skipped: NIOLockedValueBox<Duration>, skips: Bool) {
        self.skipped = skipped
        self.skips = skips
    }

    func now() -> Timestamp { HostTime().now() }
    func uptime() -> Duration { HostTime().uptime() + skipped.withLockedValue { $0 } }
    func sleep(for duration: Duration) async throws {
        guard skips else { return try await HostTime().sleep(for: duration) }
        skipped.withLockedValue { $0 += duration }
    }
}
