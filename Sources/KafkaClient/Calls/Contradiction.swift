import KafkaProtocol

/// An answer whose parts have names of their own: one that stands twice with two meanings cannot be believed, whichever of them is.
protocol SelfConsistent {
    /// What stands twice, in words; nil where nothing does.
    var contradiction: String? { get }
}

extension Sequence {
    /// The first key that was there before.
    func repeated<Key: Hashable>(_ key: (Element) -> Key?) -> Key? {
        var seen: Set<Key> = []
        for element in self {
            if let key = key(element), !seen.insert(key).inserted { return key }
        }
        return nil
    }
}

extension MetadataResponse: SelfConsistent {
    var contradiction: String? {
        if let id = brokers.repeated(\.nodeId) { return "broker \(id) twice" }
        if let name = topics.repeated(\.name) { return "topic \(name) twice" }
        for topic in topics {
            if let index = topic.partitions.repeated(\.partitionIndex) {
                return "partition \(index) of topic \(topic.name.map { "\($0)" } ?? "\(topic.topicId)") twice"
            }
        }
        return nil
    }
}

extension DescribeClusterResponse: SelfConsistent {
    var contradiction: String? { brokers.repeated(\.brokerId).map { "broker \($0) twice" } }
}

extension ListGroupsResponse: SelfConsistent {
    var contradiction: String? { groups.repeated(\.groupId).map { "group \($0) twice" } }
}

extension DescribeConfigsResponse: SelfConsistent {
    private struct Resource: Hashable {
        var type: Int8
        var name: [UInt8]
    }

    var contradiction: String? {
        if let resource = results.repeated({ Resource(type: $0.resourceType, name: $0.resourceName.bytes.map { $0 }) }) {
            return "the configs of \(String(decoding: resource.name, as: UTF8.self)) twice"
        }
        for result in results {
            if let name = result.configs.repeated(\.name) { return "config \(name) of \(result.resourceName) twice" }
        }
        return nil
    }
}

extension ListPartitionReassignmentsResponse: SelfConsistent {
    var contradiction: String? {
        if let name = topics.repeated(\.name) { return "topic \(name) twice" }
        for topic in topics {
            if let index = topic.partitions.repeated(\.partitionIndex) { return "partition \(index) of topic \(topic.name) twice" }
        }
        return nil
    }
}
