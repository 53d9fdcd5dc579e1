import Bytes
import KafkaProtocol

/// Offsets by timestamp: -1 the end, -2 the start, -3 the greatest timestamp (version 7), -4 the earliest local (8), -5 the
/// latest tiered (9); one from 0 on is looked up, any other, or one that its version does not know, is error 35. For isolation
/// level 1 the end is the last stable offset; a level that does not exist is error -1. A partition that stands twice in a
/// request is error 42, answered once.
enum ListOffsetsHandler: CallHandler {
    typealias Request = ListOffsetsRequest
    typealias PartitionResult = ListOffsetsResponse.ListOffsetsTopicResponse.ListOffsetsPartitionResponse

    static func answer(
        _ request: ListOffsetsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<ListOffsetsResponse> {
        var response = ListOffsetsResponse()
        guard IsolationLevel(rawValue: request.isolationLevel) != nil else {
            response.topics = request.topics.map { topic in
                var result = ListOffsetsResponse.ListOffsetsTopicResponse()
                result.name = topic.name
                result.partitions = topic.partitions.map { refused($0.partitionIndex, .unknownServerError) }
                return result
            }
            return .now(response)
        }
        var counts: [ByteString: [Int32: Int]] = [:]
        for topic in request.topics {
            for partition in topic.partitions { counts[topic.name, default: [:]][partition.partitionIndex, default: 0] += 1 }
        }
        var answered: Set<ByteString> = []
        var hidden: [ListOffsetsResponse.ListOffsetsTopicResponse] = []
        for asked in request.topics {
            var result = ListOffsetsResponse.ListOffsetsTopicResponse()
            result.name = asked.name
            let mayDescribe = state.allows(context, .describe, .topic(asked.name))
            for partition in asked.partitions {
                if !mayDescribe {
                    result.partitions.append(refused(partition.partitionIndex, .topicAuthorizationFailed))
                } else if let count = counts[asked.name]?[partition.partitionIndex], count > 1 {
                    guard answered.insert(asked.name + ByteString("/\(partition.partitionIndex)")).inserted else { continue }
                    result.partitions.append(refused(partition.partitionIndex, .invalidRequest))
                } else if !isKnown(partition.timestamp, version: context.version) {
                    result.partitions.append(refused(partition.partitionIndex, .unsupportedVersion))
                } else {
                    result.partitions.append(
                        lookUp(partition, of: state.topics[asked.name], isCommitted: request.isolationLevel == 1, context, state))
                }
            }
            if mayDescribe { response.topics.append(result) } else { hidden.append(result) }
        }
        response.topics += hidden
        return .now(response)
    }

    /// Whether a version knows what a timestamp stands for, where it stands for something else than a moment.
    private static func isKnown(_ timestamp: Int64, version: Int16) -> Bool {
        switch timestamp {
        case -1, -2: true
        case -3: version >= 7
        case -4: version >= 8
        case -5: version >= 9
        default: timestamp >= 0
        }
    }

    private static func refused(_ index: Int32, _ code: ErrorCode) -> PartitionResult {
        var result = PartitionResult()
        result.partitionIndex = index
        result.errorCode = code
        return result
    }

    private static func lookUp(
        _ asked: ListOffsetsRequest.ListOffsetsTopic.ListOffsetsPartition, of topic: Topic?, isCommitted: Bool, _ context: CallContext,
        _ state: ClusterState
    ) -> PartitionResult {
        var result = PartitionResult()
        result.partitionIndex = asked.partitionIndex
        switch state.led(topic, asked.partitionIndex, by: context.broker, epoch: asked.currentLeaderEpoch) {
        case .failure(let refusal): result.errorCode = refusal.code
        case .success(let partition):
            let end = isCommitted ? partition.lastStableOffset : partition.log.highWatermark
            var found: (offset: Int64, timestamp: Int64)?
            switch asked.timestamp {
            case -1: found = (end, -1)
            case -2, -4: found = (partition.log.startOffset, -1)
            case -3: found = partition.log.recordOfGreatestTimestamp
            case -5: found = nil
            case let stamp: found = partition.log.firstRecord(notBefore: stamp)
            }
            // A record that is not decided yet is not found by its timestamp.
            if ![-1, -2, -4].contains(asked.timestamp), let offset = found?.offset, offset >= end { found = nil }
            if let found {
                result.offset = found.offset
                result.timestamp = found.timestamp
                // Before version 4 there is no place for it.
                if context.version >= 4 { result.leaderEpoch = partition.log.epoch(at: found.offset) ?? partition.leaderEpoch }
            }
        }
        return result
    }
}
