import Bytes
import KafkaProtocol

/// A coordinator that took over reads its part of `__consumer_offsets` or `__transaction_state` first, and answers error 14 until it has.
/// Here that begins when it is first asked after the move.
struct CoordinatorLoading: Sendable {
    /// How long reading takes.
    var duration: Duration = .zero
    /// By partition of the topic: the leader epoch that was asked, and when its leader is ready.
    private var takeovers: [Int32: (epoch: Int32, ready: Duration)] = [:]

    mutating func isLoading(_ partition: Partition, at now: Duration) -> Bool {
        guard duration > .zero, partition.leaderEpoch > 0 else { return false }
        if let known = takeovers[partition.index], known.epoch == partition.leaderEpoch { return now < known.ready }
        takeovers[partition.index] = (partition.leaderEpoch, now + duration)
        return true
    }

    /// Whether some partition that `broker` leads is being read. Each of them begins when it is asked, so all are asked.
    mutating func isLoading(any topic: Topic?, of broker: Int32, at now: Duration) -> Bool {
        (topic?.partitions ?? []).filter { $0.leader == broker }.map { isLoading($0, at: now) }.contains(true)
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

    /// Why the asked broker does not answer for a transactional id; `none` where it does.
    mutating func transactionCoordinatorError(of id: ByteString, _ context: CallContext) -> ErrorCode {
        guard coordinatesTransaction(id, context), let topic = topics[Topic.transactionsName] else { return .notCoordinator }
        let partition = topic.partitions[Int(Self.partition(of: id, among: topic.partitions.count))]
        return transactionLoading.isLoading(partition, at: context.uptime) ? .coordinatorLoadInProgress : .none
    }

    /// Whether the asked broker is still reading some of the groups that it coordinates.
    mutating func isLoadingGroups(_ context: CallContext) -> Bool {
        coordinatorLoading.isLoading(any: topics[Topic.offsetsName], of: context.broker, at: context.uptime)
    }

    /// The same of transactions.
    mutating func isLoadingTransactions(_ context: CallContext) -> Bool {
        transactionLoading.isLoading(any: topics[Topic.transactionsName], of: context.broker, at: context.uptime)
    }
}
