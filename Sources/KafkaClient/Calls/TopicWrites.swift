public import Bytes
import KafkaProtocol
import Seams

/// A topic to be created.
public struct NewTopic: Sendable, Equatable {
    public var name: ByteString
    /// Ignored where `assignments` says which.
    public var partitions: Int32
    /// Ignored where `assignments` says which; −1: the cluster's default.
    public var replicationFactor: Int16
    /// Brokers by partition index, the preferred leader first; empty: the cluster chooses.
    public var assignments: [Int32: [Int32]]
    public var configs: [ByteString: ByteString]

    public init(
        name: ByteString, partitions: Int32, replicationFactor: Int16, assignments: [Int32: [Int32]] = [:],
        configs: [ByteString: ByteString] = [:]
    ) {
        self.name = name
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.assignments = assignments
        self.configs = configs
    }

    var partitionCount: Int { assignments.isEmpty ? Int(max(partitions, 1)) : assignments.count }
}

/// Partitions to be added to a topic.
public struct NewPartitions: Sendable, Equatable {
    public var topic: ByteString
    /// How many there are to be in the end.
    public var totalCount: Int32
    /// Brokers of each new partition in order of index; empty: the cluster chooses.
    public var assignments: [[Int32]]
    /// How many there are now, where known: it sizes the batches.
    public var currentCount: Int32

    public init(topic: ByteString, totalCount: Int32, assignments: [[Int32]] = [], currentCount: Int32 = 0) {
        self.topic = topic
        self.totalCount = totalCount
        self.assignments = assignments
        self.currentCount = currentCount
    }
}

extension KafkaClient {
    /// What a controller bears in one request, partitions and metadata records alike.
    static let writeLimit = 10_000

    /// Creates topics, as many a call as a controller bears. A success is not yet visible in Metadata: wait for it.
    public func createTopics(
        _ topics: [NewTopic], validateOnly: Bool = false
    ) async throws(KafkaError) -> [ByteString: WriteResult] {
        let batches = batches(
            topics, (Self.writeLimit, \.partitionCount), (Self.writeLimit, { 1 + $0.partitionCount + $0.configs.count }))
        return try await write(batches, key: \.name) { (batch) async throws(KafkaError) in
            var request = CreateTopicsRequest()
            request.topics = batch.map(CreateTopicsRequest.CreatableTopic.init)
            request.timeoutMs = Int32(clamping: configuration.requestTimeout.wholeMilliseconds)
            request.validateOnly = validateOnly
            let answer = try await send(request, to: .controller, failure: { $0.topics.map(\.errorCode).notController })
            return answer.topics.results { ($0.name, $0.errorCode, $0.errorMessage) }
        }
    }

    /// The effective configs of a topic that would be made now with none of its own, names ascending; nothing is made. Nil where the
    /// cluster does not tell: it is there already, the caller may not, or the broker is older than Kafka 2.4.
    public func configsOfNewTopic(_ name: ByteString) async throws(KafkaError) -> [ConfigEntry]? {
        var request = CreateTopicsRequest()
        request.topics = [CreateTopicsRequest.CreatableTopic(NewTopic(name: name, partitions: 1, replicationFactor: 1))]
        request.timeoutMs = Int32(clamping: configuration.requestTimeout.wholeMilliseconds)
        request.validateOnly = true
        let answer = try await send(request, to: .controller, failure: { $0.topics.map(\.errorCode).notController })
        guard let topic = answer.topics.first, !topic.errorCode.isError, let configs = topic.configs, !configs.isEmpty else { return nil }
        return configs.map { config in
            ConfigEntry(
                name: config.name, value: config.value, source: ConfigSource(rawValue: config.configSource), isReadOnly: config.readOnly,
                isSensitive: config.isSensitive, type: 0, synonyms: [])
        }.sorted { $0.name < $1.name }
    }

    public func createPartitions(
        _ topics: [NewPartitions], validateOnly: Bool = false
    ) async throws(KafkaError) -> [ByteString: WriteResult] {
        let batches = batches(
            topics, (Self.writeLimit, { max(1, Int($0.totalCount - $0.currentCount)) }), (Self.writeLimit, { _ in 1 }))
        return try await write(batches, key: \.topic) { (batch) async throws(KafkaError) in
            var request = CreatePartitionsRequest()
            request.topics = batch.map(CreatePartitionsRequest.CreatePartitionsTopic.init)
            request.timeoutMs = Int32(clamping: configuration.requestTimeout.wholeMilliseconds)
            request.validateOnly = validateOnly
            let answer = try await send(request, to: .controller, failure: { $0.results.map(\.errorCode).notController })
            return answer.results.results { ($0.name, $0.errorCode, $0.errorMessage) }
        }
    }

    /// Deletes topics by name, 1,000 a call.
    public func deleteTopics(_ names: [ByteString]) async throws(KafkaError) -> [ByteString: WriteResult] {
        try await write(names.batches(of: Self.topicsPerCall), key: \.self) { (batch) async throws(KafkaError) in
            let timeout = Int32(clamping: configuration.requestTimeout.wholeMilliseconds)
            let answer = try await send(
                DeleteTopicsRequest.self, to: .controller, failure: { $0.responses.map(\.errorCode).notController },
                build: { version in
                    var request = DeleteTopicsRequest()
                    if version >= 6 {
                        request.topics = batch.map {
                            var topic = DeleteTopicsRequest.DeleteTopicState()
                            topic.name = $0
                            return topic
                        }
                    } else {
                        request.topicNames = batch
                    }
                    request.timeoutMs = timeout
                    return request
                })
            return answer.responses.results { ($0.name ?? "", $0.errorCode, $0.errorMessage) }
        }
    }
}

extension Array where Element == ErrorCode {
    /// NOT_CONTROLLER where an item says so: then nothing of the request was done.
    var notController: ErrorCode { contains(.notController) ? .notController : .none }
}

extension Array {
    func results<Key: Hashable>(_ parts: (Element) -> (Key, ErrorCode, ByteString?)) -> [Key: WriteResult] {
        Dictionary(
            map { element in
                let (key, code, message) = parts(element)
                return (key, WriteResult.answered(code, message: message.map { "\($0)" }))
            }
        ) { first, _ in first }
    }
}

extension CreateTopicsRequest.CreatableTopic {
    init(_ topic: NewTopic) {
        self.init()
        name = topic.name
        // Kafka refuses a count or a factor beside an assignment.
        numPartitions = topic.assignments.isEmpty ? topic.partitions : -1
        replicationFactor = topic.assignments.isEmpty ? topic.replicationFactor : -1
        assignments = topic.assignments.sorted { $0.key < $1.key }.map { index, brokers in
            var assignment = CreatableReplicaAssignment()
            assignment.partitionIndex = index
            assignment.brokerIds = brokers
            return assignment
        }
        configs = topic.configs.sorted { $0.key < $1.key }.map { name, value in
            var config = CreatableTopicConfig()
            config.name = name
            config.value = value
            return config
        }
    }
}

extension CreatePartitionsRequest.CreatePartitionsTopic {
    init(_ topic: NewPartitions) {
        self.init()
        name = topic.topic
        count = topic.totalCount
        assignments =
            topic.assignments.isEmpty
            ? nil
            : topic.assignments.map { brokers in
                var assignment = CreatePartitionsAssignment()
                assignment.brokerIds = brokers
                return assignment
            }
    }
}
