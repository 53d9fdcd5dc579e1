import Bytes
public import KafkaProtocol
import Seams

extension KafkaClient {
    /// Appends records to a partition in one batch, acknowledged by all in-sync replicas, and returns the first one's offset.
    /// `records` is not empty.
    public func produce(
        _ records: [Record], to partition: TopicPartition, compression: RecordBatch.Compression = .none
    ) async throws(KafkaError) -> Int64 {
        let batch: RecordBatch
        do throws(RecordFlaw) {
            batch = try RecordBatch(records).packed(with: compression, limit: .max)
        } catch {
            throw KafkaError(
                .configuration, api: .produce, outcome: .notSent, cause: "a batch for \(partition) cannot be packed: \(error)",
                hint: "Send fewer records at a time, or use another compression.")
        }
        let timeout = Int32(clamping: configuration.requestTimeout.wholeMilliseconds)
        // Later versions name the topic by id only.
        let answer = try await send(
            ProduceRequest.self, to: .leader(partition), atMost: 12,
            failure: { $0.responses.first?.partitionResponses.first?.errorCode ?? .unknownServerError },
            // A leader that appended and then lost its office answers NOT_LEADER_OR_FOLLOWER, as one does that never had it. Kafka's
            // DelayedProduce exchanges the error alone, so that the offset tells the two apart: it is -1 where nothing was appended.
            mayHaveDone: { ($0.responses.first?.partitionResponses.first?.baseOffset ?? -1) >= 0 },
            build: { _ in
                var data = ProduceRequest.TopicProduceData.PartitionProduceData()
                data.index = partition.partition
                data.records = Blob(batch.bytes)
                var topic = ProduceRequest.TopicProduceData()
                topic.name = partition.topic
                topic.partitionData = [data]
                var request = ProduceRequest()
                request.acks = -1
                request.timeoutMs = timeout
                request.topicData = [topic]
                return request
            })
        return answer.responses.first?.partitionResponses.first?.baseOffset ?? -1
    }

    /// Reads what a partition holds from `offset` on, `maxBytes` at most (one batch at least, where there is any), waiting
    /// up to `maxWait` for something to come. With `readCommitted` the answer ends at the last stable offset. Checksums are
    /// verified; records are unpacked and read when they are asked for.
    public func fetch(
        _ partition: TopicPartition, from offset: Int64, maxBytes: Int32 = 1 << 20, maxWait: Duration = .milliseconds(500),
        isolation: IsolationLevel = .readUncommitted
    ) async throws(KafkaError) -> FetchedRecords {
        let wait = Int32(clamping: maxWait.wholeMilliseconds)
        let answer = try await send(
            FetchRequest.self, to: .leader(partition), atMost: 12,
            failure: { $0.errorCode.isError ? $0.errorCode : $0.responses.first?.partitions.first?.errorCode ?? .unknownServerError },
            build: { _ in
                var wanted = FetchRequest.FetchTopic.FetchPartition()
                wanted.partition = partition.partition
                wanted.fetchOffset = offset
                wanted.partitionMaxBytes = maxBytes
                var topic = FetchRequest.FetchTopic()
                topic.topic = partition.topic
                topic.partitions = [wanted]
                var request = FetchRequest()
                request.maxWaitMs = wait
                request.minBytes = 1
                request.maxBytes = maxBytes
                request.isolationLevel = isolation.rawValue
                request.topics = [topic]
                return request
            })
        guard let data = answer.responses.first?.partitions.first else { throw KafkaError.unsupported(.fetch, theirs: nil) }
        do throws(RecordBatch.Flaw) {
            return FetchedRecords(
                partition: partition, startOffset: offset, isolation: isolation,
                batches: try RecordBatch.batches(in: data.records?.bytes ?? []),
                abortedTransactions: (data.abortedTransactions ?? []).map { .init(producerID: $0.producerId, firstOffset: $0.firstOffset) },
                logStartOffset: data.logStartOffset, highWatermark: data.highWatermark, lastStableOffset: data.lastStableOffset)
        } catch {
            throw KafkaError(
                .protocolViolation, api: .fetch, outcome: .answered, cause: "a record batch of \(partition) cannot be read: \(error)",
                hint: error.hint)
        }
    }
}
