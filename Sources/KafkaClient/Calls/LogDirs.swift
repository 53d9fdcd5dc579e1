public import Bytes
public import KafkaProtocol

/// One log directory of one broker.
public struct LogDir: Sendable, Equatable {
    public var path: ByteString
    /// Such as KAFKA_STORAGE_ERROR (56) where the disk has failed.
    public var error: ErrorCode
    /// Bytes of each partition's replica here; a replica on its way from another directory is left out.
    public var partitions: [TopicPartition: Int64]

    public init(path: ByteString, error: ErrorCode = .none, partitions: [TopicPartition: Int64] = [:]) {
        self.path = path
        self.error = error
        self.partitions = partitions
    }
}

extension KafkaClient {
    /// The log directories of every broker, by broker id. Cluster DESCRIBE alone shows all partitions, those of topics included
    /// that Metadata hides.
    public func describeLogDirs() async throws(KafkaError) -> Sharded<[Int32: [LogDir]]> {
        let answers = await each(try await currentBrokers()) { (broker) async throws(KafkaError) in
            let answer = try await self.send(DescribeLogDirsRequest(), to: .broker(broker), failure: { $0.errorCode })
            return answer.results.map(LogDir.init)
        }
        var sharded = Sharded<[Int32: [LogDir]]>([:])
        for (broker, answer) in answers.sorted(by: { $0.key < $1.key }) {
            switch answer {
            case .success(let dirs): sharded.value[broker] = dirs
            case .failure(let error):
                sharded.unread.append(Unread(broker: broker, subject: "the log directories of broker \(broker)", error: error))
            }
        }
        return sharded
    }
}

extension LogDir {
    init(_ result: DescribeLogDirsResponse.DescribeLogDirsResult) {
        self.init(path: result.logDir, error: result.errorCode)
        for topic in result.topics {
            for partition in topic.partitions where !partition.isFutureKey {
                partitions[TopicPartition(topic.name, partition.partitionIndex)] = partition.partitionSize
            }
        }
    }
}
