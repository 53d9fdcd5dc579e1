import Bytes
import KafkaProtocol

/// Topics in the order of their names, at most `responsePartitionLimit` partitions (2,000 at the most) an answer; the cursor says
/// where to go on. No name asks for all. A missing topic is error 3, an illegal name 17; a cursor before partition 0 is error 42 for
/// each topic that was named.
enum DescribeTopicPartitionsHandler: CallHandler {
    typealias Request = DescribeTopicPartitionsRequest
    typealias TopicRow = DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic

    static func answer(
        _ request: DescribeTopicPartitionsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DescribeTopicPartitionsResponse> {
        var response = DescribeTopicPartitionsResponse()
        let all = request.topics.isEmpty
        if let cursor = request.cursor, cursor.partitionIndex < 0 {
            response.topics = request.topics.map { refused($0.name, .invalidRequest) }
            return .now(response)
        }
        var names =
            all
            ? state.topics.values.filter { $0.visibleFrom <= context.uptime }.map(\.name).sorted()
            : Set(request.topics.map(\.name)).sorted()
        if let cursor = request.cursor { names.removeAll { $0 < cursor.topicName } }
        let hidden = names.filter { !state.allows(context, .describe, .topic($0)) }
        names.removeAll(where: Set(hidden).contains)
        var room = max(1, min(2000, Int(request.responsePartitionLimit)))
        for name in names {
            var row = TopicRow()
            row.name = name
            row.topicAuthorizedOperations = state.operations(context, on: .topic(name))
            guard let topic = state.topics[name], topic.visibleFrom <= context.uptime else {
                row.errorCode = TopicName.flaw(in: name) == nil ? .unknownTopicOrPartition : .invalidTopic
                response.topics.append(row)
                continue
            }
            let first = request.cursor.map { $0.topicName == name ? Int($0.partitionIndex) : 0 } ?? 0
            let rest = topic.partitions.dropFirst(max(0, first))
            if room == 0, !rest.isEmpty {
                response.nextCursor = cursor(name, 0)
                break
            }
            row.topicId = topic.id
            row.isInternal = topic.isInternal
            row.partitions = rest.prefix(room).map { partitionRow($0, state) }
            response.topics.append(row)
            room -= row.partitions.count
            if row.partitions.count < rest.count {
                response.nextCursor = cursor(name, Int32(first + row.partitions.count))
                break
            }
        }
        // Asked for all, a broker keeps still about what the caller may not see.
        if !all { response.topics += hidden.map { refused($0, .topicAuthorizationFailed) } }
        return .now(response)
    }

    private static func refused(_ name: ByteString, _ code: ErrorCode) -> TopicRow {
        var row = TopicRow()
        row.name = name
        row.errorCode = code
        return row
    }

    private static func cursor(_ topic: ByteString, _ partition: Int32) -> DescribeTopicPartitionsResponse.Cursor {
        var cursor = DescribeTopicPartitionsResponse.Cursor()
        cursor.topicName = topic
        cursor.partitionIndex = partition
        return cursor
    }

    private static func partitionRow(
        _ partition: Partition, _ state: ClusterState
    ) -> TopicRow.DescribeTopicPartitionsResponsePartition {
        var row = TopicRow.DescribeTopicPartitionsResponsePartition()
        row.errorCode = partition.leader < 0 ? .leaderNotAvailable : .none
        row.partitionIndex = partition.index
        row.leaderId = partition.leader
        row.leaderEpoch = partition.leaderEpoch
        row.replicaNodes = partition.replicas
        row.isrNodes = partition.inSync
        row.eligibleLeaderReplicas = partition.eligible
        row.lastKnownElr = partition.lastKnownEligible
        row.offlineReplicas = partition.replicas.filter { !state.servesReplicas($0) }
        return row
    }
}
