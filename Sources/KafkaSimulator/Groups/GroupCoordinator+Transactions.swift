import Bytes
import KafkaProtocol

extension GroupCoordinator {
    /// Whether a transaction's commit is welcome. Who says nothing about a member is not asked for one; a commit makes a group
    /// that is not there yet.
    mutating func admitTransactionalCommit(_ request: TxnOffsetCommitRequest) -> ErrorCode {
        if request.groupId.isEmpty { return .invalidGroupId }
        switch groups[request.groupId] {
        case .classic(let group):
            if group.state == .dead { return .coordinatorNotAvailable }
            if request.isAnonymous { return .none }
            if request.generationId < 0, group.state == .empty { return .none }
            let identity = group.validate(member: request.memberId, instance: request.groupInstanceId)
            if identity.isError { return identity }
            return request.generationId == group.generation ? .none : .illegalGeneration
        case .consumer(let group):
            if request.isAnonymous { return .none }
            let error = group.validateCommit(epoch: request.generationId, member: request.memberId, version: 9)
            return error == .staleMemberEpoch ? .illegalGeneration : error
        case .share: return .groupIdNotFound
        case nil:
            guard request.generationId < 0 else { return .illegalGeneration }
            store(ClassicGroup(id: request.groupId, limits: limits))
            return .none
        }
    }

    /// A commit that waits for the end of its producer's transaction.
    mutating func stage(_ value: CommittedOffset, group: ByteString, topic: ByteString, partition: Int32, producer: Int64) {
        if groups[group] == nil { store(ClassicGroup(id: group, limits: limits)) }
        changeOffsets(of: group) { $0.stage(value, topic, partition, producer: producer) }
    }

    /// The transaction of a producer ended for the groups that `isEnded` names.
    mutating func settle(producer: Int64, committed: Bool, _ isEnded: (ByteString) -> Bool = { _ in true }) {
        for (id, kept) in offsets where kept.pending[producer] != nil && isEnded(id) {
            changeOffsets(of: id) { $0.settle(producer: producer, committed: committed) }
        }
    }
}

extension TxnOffsetCommitRequest {
    /// Whether it names no member, as clients before version 3 cannot.
    fileprivate var isAnonymous: Bool { generationId == -1 && memberId.isEmpty && groupInstanceId == nil }
}

extension GroupLimits {
    /// Whether a commit's metadata is short enough. Kafka counts the characters of a Java string here, which are UTF-16 code units.
    func fits(_ metadata: ByteString?) -> Bool {
        String(decoding: metadata?.bytes ?? [], as: UTF8.self).utf16.count <= metadataBytes
    }
}
