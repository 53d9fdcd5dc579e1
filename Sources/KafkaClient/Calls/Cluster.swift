public import Bytes
public import KafkaProtocol
import NIOConcurrencyHelpers

/// One broker as the cluster presents it.
public struct Broker: Sendable, Equatable {
    public var id: Int32
    public var host: ByteString
    public var port: Int32
    public var rack: ByteString?

    public init(id: Int32, host: ByteString, port: Int32, rack: ByteString?) {
        self.id = id
        self.host = host
        self.port = port
        self.rack = rack
    }
}

/// Who belongs to the cluster.
public struct ClusterDescription: Sendable, Equatable {
    public var clusterID: ByteString?
    /// Under KRaft any broker may be named here: all forward to the controller.
    public var controllerID: Int32?
    /// Those that are up, ids ascending.
    public var brokers: [Broker]
    /// Brokers that are registered and not up, ids ascending; none where the brokers do not say (before Kafka 4.0).
    public var fenced: [Int32] = []
    /// Whether ``fenced`` names all of them, as brokers say from Kafka 4.0 on.
    public var tellsFenced = false
    /// Whether this user has DESCRIBE on the cluster, without which nobody can tell what brokers hide from it. Nil where they do not say.
    public var mayDescribe: Bool?

    public init(clusterID: ByteString?, controllerID: Int32?, brokers: [Broker], mayDescribe: Bool? = nil) {
        self.mayDescribe = mayDescribe
        self.clusterID = clusterID
        self.controllerID = controllerID
        self.brokers = brokers.sorted { $0.id < $1.id }
    }
}

extension KafkaClient {
    /// By DescribeCluster, or by Metadata where the broker lacks that call.
    public func describeCluster() async throws(KafkaError) -> ClusterDescription {
        let spoken = NIOLockedValueBox<Int16>(0)
        do throws(KafkaError) {
            let answer = try await send(
                DescribeClusterRequest.self, to: .anyBroker, failure: { $0.errorCode },
                build: { version in
                    var request = DescribeClusterRequest()
                    request.includeClusterAuthorizedOperations = true
                    request.includeFencedBrokers = version >= 2
                    spoken.withLockedValue { $0 = version }
                    return request
                })
            var cluster = ClusterDescription(
                clusterID: answer.clusterId.isEmpty ? nil : answer.clusterId,
                controllerID: answer.controllerId < 0 ? nil : answer.controllerId,
                brokers: answer.brokers.filter { !$0.isFenced }.map {
                    Broker(id: $0.brokerId, host: $0.host, port: $0.port, rack: $0.rack)
                }, mayDescribe: AclOperation.describe.isGranted(by: answer.clusterAuthorizedOperations))
            // The last attempt is the one that was answered.
            cluster.tellsFenced = spoken.withLockedValue { $0 } >= 2
            cluster.fenced = answer.brokers.filter(\.isFenced).map(\.brokerId).sorted()
            return cluster
        } catch  where error.code == .unsupported {
            let answer = try await metadata(topics: [])
            return ClusterDescription(
                clusterID: answer.clusterId, controllerID: answer.controllerId < 0 ? nil : answer.controllerId,
                brokers: answer.brokers.map { Broker(id: $0.nodeId, host: $0.host, port: $0.port, rack: $0.rack) })
        }
    }

    /// The features of the cluster as one broker tells them; nil where it knows none (before Kafka 2.7).
    public func features() async throws(KafkaError) -> FeatureLevels? {
        let features = try await versions(at: .anyBroker).features
        return features.supported.isEmpty && features.finalized.isEmpty && features.epoch == nil ? nil : features
    }

    /// Which calls a broker has, and in which versions, those included that this client does not know.
    public func supportedVersions(at destination: Destination = .anyBroker) async throws(KafkaError) -> [APIKey: ClosedRange<Int16>] {
        try await versions(at: destination).ranges
    }
}
