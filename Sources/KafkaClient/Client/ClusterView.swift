import Bytes
import KafkaProtocol

/// What the client believes about the cluster. A belief may be out of date: an answer that says so makes it ask again.
struct ClusterView: Sendable, Equatable {
    struct Node: Sendable, Equatable {
        var address: BrokerAddress
        var rack: ByteString?
    }

    private(set) var nodes: [Int32: Node] = [:]
    private(set) var controller: Int32?
    private(set) var clusterID: ByteString?
    private(set) var leaders: [TopicPartition: Int32] = [:]
    var coordinators: [ByteString: Int32] = [:]

    /// Takes in who there is; leaders of the topics that the answer names, too.
    mutating func learn(_ answer: MetadataResponse) {
        nodes = [:]
        for broker in answer.brokers where (1...65_535).contains(broker.port) {
            nodes[broker.nodeId] = Node(address: BrokerAddress(host: "\(broker.host)", port: Int(broker.port)), rack: broker.rack)
        }
        controller = answer.controllerId < 0 ? nil : answer.controllerId
        clusterID = answer.clusterId ?? clusterID
        for topic in answer.topics {
            guard let name = topic.name else { continue }
            for partition in topic.partitions {
                leaders[TopicPartition(name, partition.partitionIndex)] = partition.leaderId < 0 ? nil : partition.leaderId
            }
        }
    }

    /// Forgets what an answer of `destination` has shown to be wrong.
    mutating func doubt(_ destination: Destination) {
        switch destination {
        case .anyBroker, .broker: break
        case .controller: controller = nil
        case .groupCoordinator(let group): coordinators[group] = nil
        case .leader(let partition): leaders[partition] = nil
        }
    }

    /// Forgets where a broker was, so that it is asked for before the next call to it.
    mutating func forget(_ address: BrokerAddress) { nodes = nodes.filter { $0.value.address != address } }

    var brokerIDs: [Int32] { nodes.keys.sorted() }

    /// The broker that a destination means; nil for any, and where it is not known.
    func broker(of destination: Destination) -> Int32? {
        switch destination {
        case .anyBroker: nil
        case .broker(let id): id
        case .controller: controller
        case .groupCoordinator(let group): coordinators[group]
        case .leader(let partition): leaders[partition]
        }
    }

    /// The broker as operators know it.
    func name(of address: BrokerAddress) -> String { Self.name(of: address, in: nodes) }

    static func name(of address: BrokerAddress, in nodes: [Int32: Node]) -> String {
        if let id = nodes.filter({ $0.value.address == address }).keys.min() { return "broker \(id) (\(address))" }
        return "\(address)"
    }
}
