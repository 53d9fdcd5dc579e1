import Bytes
import KafkaProtocol
import Seams

extension ClusterState {
    /// Takes positions that are to hold when a transaction commits: into the offsets topic's log, and to the group as pending.
    mutating func commitInTransaction(_ request: TxnOffsetCommitRequest, _ context: CallContext) -> ErrorCode {
        guard let partition = offsetsPartition(of: request.groupId) else { return .notCoordinator }
        let producer = Transaction.Producer(id: request.producerId, epoch: request.producerEpoch)
        let admitted = admit(
            producer, of: request.transactionalId, to: partition, TransactionSupport(txnOffsetCommit: context.version), context)
        if admitted.isError { return admitted }
        if let known = topics[partition.topic]?.partitions[Int(partition.partition)].producers.producers[producer.id],
            producer.epoch < known.epoch
        {
            return .invalidProducerEpoch
        }
        let error = groups.admitTransactionalCommit(request)
        if error.isError { return error }
        var records: [Record] = []
        for topic in request.topics {
            for entry in topic.partitions where groups.limits.fits(entry.committedMetadata) {
                let value = CommittedOffset(
                    offset: entry.committedOffset, leaderEpoch: entry.committedLeaderEpoch, metadata: entry.committedMetadata,
                    committed: context.now)
                groups.stage(
                    value, group: request.groupId, topic: topic.name, partition: entry.partitionIndex, producer: producer.id)
                records.append(value.record(group: request.groupId, topic: topic.name, partition: entry.partitionIndex))
            }
        }
        if !records.isEmpty {
            _ = topics[partition.topic]?.partitions[Int(partition.partition)].append(
                RecordBatch(records).transactional(of: producer, baseSequence: 0))
            recheckFetches(on: context.broker)
        }
        return .none
    }
}

extension CommittedOffset {
    /// The commit as a record of `__consumer_offsets`: OffsetCommitKey version 1, OffsetCommitValue version 4.
    func record(group: ByteString, topic: ByteString, partition: Int32) -> Record {
        var key = Writer(version: 1, flexible: false)
        key.integer(Int16(1))
        key.integer(Int16(clamping: group.count))
        key.append(group.bytes)
        key.integer(Int16(clamping: topic.count))
        key.append(topic.bytes)
        key.integer(partition)
        var value = Writer(version: 4, flexible: true)
        value.integer(Int16(4))
        value.integer(offset)
        value.integer(leaderEpoch)
        // Of variable length, as compact strings and tag sections are.
        value.unsignedVarint(UInt32(clamping: metadata.count + 1))
        value.append(metadata.bytes)
        value.integer(committed.milliseconds)
        value.unsignedVarint(0)
        return Record(timestamp: committed.milliseconds, key: key.bytes, value: value.bytes)
    }
}
