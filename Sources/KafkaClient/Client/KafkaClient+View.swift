import Bytes
import KafkaProtocol

extension KafkaClient {
    /// Metadata about `topics`; nil means all, none means brokers and controller only. Never creates a topic: versions before
    /// 4 cannot say so, and are asked for all topics instead of for some by name. What one given broker says is its own word, and
    /// does not become the client's view.
    func metadata(
        topics: [ByteString]?, of destination: Destination = .anyBroker, tellsOperations: Bool = false
    ) async throws(KafkaError) -> MetadataResponse {
        let response = try await send(
            MetadataRequest.self, to: destination, failure: { $0.errorCode },
            build: { version in
                var request = MetadataRequest()
                request.topics = topics.map { names in
                    names.map { name in
                        var topic = MetadataRequest.MetadataRequestTopic()
                        topic.name = name
                        return topic
                    }
                }
                if version >= 4 {
                    request.allowAutoTopicCreation = false
                } else if version == 0 {
                    // Here an empty list means all.
                    request.topics = []
                } else if let topics, !topics.isEmpty {
                    request.topics = nil
                }
                request.includeTopicAuthorizedOperations = tellsOperations && version >= 8
                return request
            })
        if destination == .anyBroker { state.withLockedValue { $0.view.learn(response) } }
        return response
    }

    func refreshView(topics: [ByteString]) async throws(KafkaError) {
        for batch in topics.isEmpty ? [[]] : topics.batches(of: Self.topicsPerCall) { _ = try await metadata(topics: batch) }
    }

    /// How many topics a request names at most.
    static let topicsPerCall = 1000

    /// The brokers of the cluster, ids ascending, asked for anew.
    func currentBrokers() async throws(KafkaError) -> [Int32] {
        try await refreshView(topics: [])
        return state.withLockedValue { $0.view.brokerIDs }
    }

    /// Who coordinates a group. Reads go by the listings, which change nothing; a write may ask FindCoordinator.
    func locateCoordinator(_ group: ByteString, effect: Effect) async throws(KafkaError) -> Int32 {
        if effect == .reads {
            let listing = try await listGroups()
            if let id = state.withLockedValue({ $0.view.coordinators[group] }) { return id }
            if let unread = listing.unread.first { throw unread.error }
            throw KafkaError(
                .brokerError(.groupIdNotFound), outcome: .answered, cause: "no broker lists the group \(group)",
                hint: "Check the group's name, and that this user may describe it.")
        }
        let answer = try await send(
            FindCoordinatorRequest.self, to: .anyBroker, failure: { $0.coordinators.first?.errorCode ?? $0.errorCode },
            build: { version in
                var request = FindCoordinatorRequest()
                if version >= 4 { request.coordinatorKeys = [group] } else { request.key = group }
                return request
            })
        let id = answer.coordinators.first?.nodeId ?? answer.nodeId
        state.withLockedValue { $0.view.coordinators[group] = id }
        return id
    }
}

extension Array {
    /// In order, `size` elements each, the last one what is left.
    func batches(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
