import Bytes
import KafkaProtocol

/// Takes in what a member of a share group says of records that it holds, without handing out others (KIP-932). Epoch 0 is error 123: a
/// session begins with a ShareFetch.
enum ShareAcknowledgeHandler: CallHandler {
    typealias Request = ShareAcknowledgeRequest

    static func answer(
        _ request: ShareAcknowledgeRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<ShareAcknowledgeResponse> {
        var response = ShareAcknowledgeResponse()
        do throws(ShareRefusal) {
            let key = try state.shareSession(request.groupId, request.memberId, context)
            try state.shareSessions.advance(key, request.shareSessionEpoch)
            var leaders: Set<Int32> = []
            for topic in request.topics {
                var answer = ShareAcknowledgeResponse.ShareAcknowledgeTopicResponse()
                answer.topicId = topic.topicId
                for partition in topic.partitions {
                    let place = SharedPartition(topic: topic.topicId, partition: partition.partitionIndex)
                    var row = ShareAcknowledgeResponse.PartitionData()
                    row.partitionIndex = partition.partitionIndex
                    if !partition.acknowledgementBatches.isEmpty,
                        let refusal = state.acknowledge(partition.acknowledgementBatches, of: place, as: key, context)
                    {
                        row.errorCode = refusal.code
                        row.errorMessage = refusal.message.map { ByteString($0) }
                        if refusal.code == .notLeaderOrFollower, let leader = state.leader(of: place) {
                            (row.currentLeader.leaderId, row.currentLeader.leaderEpoch) = leader
                            leaders.insert(leader.id)
                        }
                    }
                    answer.partitions.append(row)
                }
                response.responses.append(answer)
            }
            response.nodeEndpoints = state.shareEndpoints(leaders)
            if request.shareSessionEpoch == -1 { state.endShareSession(key) }
            state.recheckShareFetches()
        } catch {
            response.errorCode = error.code
            response.errorMessage = error.message.map { ByteString($0) }
        }
        return .now(response)
    }
}

/// What both calls of a share group's readers look at.
extension ClusterState {
    /// Whose session it is; throws where the caller may not read in the group, or names itself wrongly.
    func shareSession(
        _ group: ByteString?, _ member: ByteString?, _ context: CallContext
    ) throws(ShareRefusal) -> ShareSessions.Key {
        guard hasShareGroups else { throw ShareRefusal(.unsupportedVersion) }
        guard let group else { throw ShareRefusal(.invalidRequest, "Invalid group id in the request.") }
        guard allows(context, .read, .group(group)) else { throw ShareRefusal(.groupAuthorizationFailed) }
        guard let member, !member.isEmpty, member.bytes.count <= 36 else {
            throw ShareRefusal(.invalidRequest, "Invalid member id in the request.")
        }
        return ShareSessions.Key(broker: context.broker, group: group, member: member)
    }

    /// The partition, where the asked broker leads it and the caller may read it.
    func shared(_ place: SharedPartition, _ context: CallContext) throws(ShareRefusal) -> (Topic, Partition) {
        guard let topic = topic(place.topic) else { throw ShareRefusal(.unknownTopicId) }
        guard allows(context, .read, .topic(topic.name)) else { throw ShareRefusal(.topicAuthorizationFailed) }
        switch led(topic, place.partition, by: context.broker) {
        case .success(let partition): return (topic, partition)
        case .failure(let refusal): throw ShareRefusal(refusal.code)
        }
    }

    /// What is wrong with an acknowledgement; nil where it was taken in.
    mutating func acknowledge(
        _ batches: [ShareFetchRequest.AcknowledgementBatch], of place: SharedPartition, as key: ShareSessions.Key, _ context: CallContext
    ) -> ShareRefusal? {
        do throws(ShareRefusal) {
            var end = Int64(-1)
            for batch in batches {
                let count = batch.acknowledgeTypes.count
                guard batch.firstOffset <= batch.lastOffset, batch.firstOffset >= end, count > 0,
                    count == 1 || Int64(count - 1) == batch.lastOffset - batch.firstOffset,
                    batch.acknowledgeTypes.allSatisfy({ (0...3).contains($0) })
                else { throw ShareRefusal(.invalidRequest) }
                end = batch.lastOffset
            }
            let (topic, partition) = try shared(place, context)
            let known = SharedDeliveries.Key(group: key.group, partition: place)
            guard sharedDeliveries.partitions[known] != nil else { throw ShareRefusal(.unknownTopicOrPartition) }
            try withDeliveries(of: key.group, topic, partition, context) { (deliveries, limits) throws(ShareRefusal) in
                try deliveries.acknowledge(batches, by: key.member, limits)
            }
            return nil
        } catch {
            return error
        }
    }

    func leader(of place: SharedPartition) -> (id: Int32, epoch: Int32)? {
        guard let topic = topic(place.topic), topic.partitions.indices.contains(Int(place.partition)) else { return nil }
        let partition = topic.partitions[Int(place.partition)]
        return (partition.leader, partition.leaderEpoch)
    }

    func shareEndpoints(_ leaders: Set<Int32>) -> [ShareFetchResponse.NodeEndpoint] {
        livingBrokers.filter { leaders.contains($0.id) }.map { broker in
            var endpoint = ShareFetchResponse.NodeEndpoint()
            (endpoint.nodeId, endpoint.host, endpoint.port, endpoint.rack) = (broker.id, broker.host, broker.port, broker.rack)
            return endpoint
        }
    }
}
