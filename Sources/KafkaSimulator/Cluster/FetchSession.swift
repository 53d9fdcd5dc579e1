import Bytes
import KafkaProtocol

/// What a client said once of the partitions that it reads (KIP-227), and what it was told of them last.
struct FetchSession: Sendable {
    struct Key: Hashable, Sendable {
        /// Empty from version 13 on.
        var topic: ByteString
        /// Zero before version 13.
        var id: KafkaUUID
        var partition: Int32
    }

    private struct Read: Sendable {
        var asked: FetchRequest.FetchTopic.FetchPartition
        /// As told last; -1 makes the next answer tell of the partition in any case.
        var highWatermark: Int64 = -1
        var logStart: Int64 = -1
    }

    /// That the next request must name.
    var epoch: Int32 = 1
    /// Topics by their ids: from version 13 on.
    let namesIDs: Bool
    var lastUsed: Duration
    /// In the order in which they are read: those that had records go to the end.
    private var order: [Key] = []
    private var reads: [Key: Read] = [:]

    init(_ request: FetchRequest, namesIDs: Bool, at uptime: Duration) {
        self.namesIDs = namesIDs
        lastUsed = uptime
        change(by: request)
    }

    var isEmpty: Bool { reads.isEmpty }

    /// Adds and alters what a request names, and drops what it forgets.
    mutating func change(by request: FetchRequest) {
        for topic in request.topics {
            for partition in topic.partitions {
                let key = Key(topic: topic.topic, id: topic.topicId, partition: partition.partition)
                if reads[key] == nil { order.append(key) }
                reads[key, default: Read(asked: partition)].asked = partition
            }
        }
        let forgotten = Set(
            request.forgottenTopicsData.flatMap { topic in
                topic.partitions.map { Key(topic: topic.topic, id: topic.topicId, partition: $0) }
            })
        guard !forgotten.isEmpty else { return }
        order.removeAll(where: forgotten.contains)
        for key in forgotten { reads[key] = nil }
    }

    /// Everything that the session reads, as a request would name it.
    var topics: [FetchRequest.FetchTopic] {
        var topics: [FetchRequest.FetchTopic] = []
        for key in order {
            guard let asked = reads[key]?.asked else { continue }
            if topics.last.map({ $0.topic != key.topic || $0.topicId != key.id }) ?? true {
                var topic = FetchRequest.FetchTopic()
                topic.topic = key.topic
                topic.topicId = key.id
                topics.append(topic)
            }
            topics[topics.count - 1].partitions.append(asked)
        }
        return topics
    }

    /// Of a whole answer, what the client must hear: partitions with records, an error, or another watermark or start than it was
    /// told last. Notes what it is told.
    mutating func tell(_ responses: [FetchResponse.FetchableTopicResponse]) -> [FetchResponse.FetchableTopicResponse] {
        var moved: [Key] = []
        let told = responses.compactMap { topic -> FetchResponse.FetchableTopicResponse? in
            var topic = topic
            topic.partitions = topic.partitions.filter { data in
                let key = Key(topic: topic.topic, id: topic.topicId, partition: data.partitionIndex)
                guard var read = reads[key] else { return false }
                let hasRecords = !(data.records?.bytes.isEmpty ?? true)
                let isNews =
                    hasRecords || data.errorCode.isError || data.divergingEpoch.epoch >= 0 || read.highWatermark != data.highWatermark
                    || read.logStart != data.logStartOffset
                read.highWatermark = data.errorCode.isError ? -1 : data.highWatermark
                read.logStart = data.logStartOffset
                reads[key] = read
                if hasRecords { moved.append(key) }
                return isNews
            }
            return topic.partitions.isEmpty ? nil : topic
        }
        if !moved.isEmpty {
            let behind = Set(moved)
            order = order.filter { !behind.contains($0) } + moved
        }
        return told
    }
}
