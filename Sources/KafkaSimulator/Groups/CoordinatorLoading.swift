import Bytes
import KafkaProtocol

/// A coordinator that took over reads its part of `__consumer_offsets` first, and answers error 14 until it has. Here that
/// begins when it is first asked after the move.
struct CoordinatorLoading: Sendable {
    /// How long reading takes.
    var duration: Duration = .zero
    /// By partition of `__consumer_offsets`: the leader epoch that was asked, and when its leader is ready.
    private var takeovers: [Int32: (epoch: Int32, ready: Duration)] = [:]

    mutating func isLoading(_ partition: Partition, at now: Duration) -> Bool {
        guard duration > .zero, partition.leaderEpoch > 0 else { return false }
        if let known = takeovers[partition.index], known.epoch == partition.leaderEpoch { return now < known.ready }
        takeovers[partition.index] = (partition.leaderEpoch, now + duration)
        return true
    }
}

extension ErrorCode {
    /// Whether it says that the asked broker does not coordinate a group, or not yet.
    var isOfCoordinator: Bool { self == .notCoordinator || self == .coordinatorLoadInProgress }

    /// How brokers put it, where they do, that they do not coordinate a group, or not yet.
    var coordinatorWords: ByteString {
        self == .notCoordinator
            ? "This is not the correct coordinator."
            : "The coordinator is loading and hence can't process requests."
    }
}

extension ClusterState {
    /// Why the asked broker does not answer for a group; `none` where it does.
    mutating func coordinatorError(of group: ByteString, _ context: CallContext) -> ErrorCode {
        guard coordinates(group, context), let topic = topics[Topic.offsetsName] else { return .notCoordinator }
        let partition = topic.partitions[Int(Self.partition(of: group, among: topic.partitions.count))]
        return coordinatorLoading.isLoading(partition, at: context.uptime) ? .coordinatorLoadInProgress : .none
    }

    /// Whether the asked broker is still reading some of what it coordinates.
    mutating func isLoadingGroups(_ context: CallContext) -> Bool {
        let led = topics[Topic.offsetsName]?.partitions.filter { $0.leader == context.broker } ?? []
        // Each of them begins when it is asked, so all are asked.
        return led.map { coordinatorLoading.isLoading($0, at: context.uptime) }.contains(true)
    }
}
