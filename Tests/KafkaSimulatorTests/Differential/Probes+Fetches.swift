import Bytes
import KafkaProtocol

extension Probe {
    static let fetches: [Probe] = limits + refusals + duplicates + byID

    /// Each batch of the topic is 118 bytes long.
    private static let limits: [Probe] = [
        Probe("everything", v: 4, { $0.fetch() }),
        Probe("one byte in all", v: 4, { $0.fetch(atMost: 1) }),
        Probe("nothing in all", v: 4, { $0.fetch(atMost: 0) }),
        Probe("less than nothing in all", v: 4, { $0.fetch(atMost: -1) }),
        Probe("one byte of each", v: 4, { $0.fetch(each: 1) }),
        Probe("nothing of each", v: 4, { $0.fetch(each: 0) }),
        Probe("less than nothing of each", v: 4, { $0.fetch(each: -1) }),
        Probe("a batch and a part of each", v: 4, { $0.fetch(each: 150) }),
        Probe("a batch and a part in all", v: 4, { $0.fetch(atMost: 200) }),
        Probe("a part of a batch behind the first partition", v: 4, { $0.fetch(atMost: 500) }),
        Probe("a batch and a part behind the first partition", v: 4, { $0.fetch(atMost: 600) }),
        Probe("nothing in all, of an empty partition", v: 4, { $0.fetch([2], atMost: 0) }),
        Probe("more at least than at most", v: 4, { $0.fetch([0], atMost: 100, atLeast: 1000, wait: 20_000) }),
        Probe("less than nothing at least", v: 4, { $0.fetch([2], atLeast: -1, wait: 20_000) }),
        Probe("less than no time", v: 4, { $0.fetch([2], wait: -5) }),
        Probe("what is committed", v: 4, { $0.fetch([0], isolation: 1) }),
    ]

    private static let refusals: [Probe] = [
        Probe("beyond the end", v: 4, { $0.fetch([0], from: 99) }),
        Probe("beyond the end of what is committed", v: 4, { $0.fetch([0], from: 99, isolation: 1) }),
        Probe("before the start", v: 4, { $0.fetch([0], from: -1) }),
        Probe("a partition that is not there", v: 4, { $0.fetch([77]) }),
        Probe("a topic that is not there", v: 4, { $0.fetch([0], of: $0.missing) }),
        Probe("another broker's partition", v: 4, { $0.fetch([0], of: $0.otherTopic) }),
        Probe("an isolation level that is not there", v: 4, { $0.fetch(isolation: 7) }),
        Probe("an isolation level that is not there", v: 7, { $0.fetch([0], isolation: 7) }),
        Probe("an isolation level that is not there, of nothing", v: 7, { $0.fetch([77], isolation: 7) }),
        Probe("another broker's partition", v: 12, { $0.fetch([0], of: $0.otherTopic) }),
        Probe("an epoch to come", v: 12, { $0.fetch([0]) { $0.currentLeaderEpoch = 9999 } }),
        Probe("read in an epoch to come", v: 12, { $0.fetch([0], from: 4) { $0.lastFetchedEpoch = 5 } }),
        Probe("read further than the epoch went", v: 12, { $0.fetch([0], from: 99) { $0.lastFetchedEpoch = 0 } }),
        Probe("read before the start", v: 12, { $0.fetch([0], from: -1) { $0.lastFetchedEpoch = 0 } }),
        Probe("read as far as the epoch went", v: 12, { $0.fetch([0], from: 1) { $0.lastFetchedEpoch = 0 } }),
        Probe("a session that is not there", v: 12, { $0.fetch([0], session: (12_345, 3)) }),
        Probe("a session without a number that goes on", v: 12, { $0.fetch([0], session: (0, 3)) }),
    ]

    private static let duplicates: [Probe] = [
        Probe(
            "a topic twice", v: 4, { make($0.fetch([0])) { $0.topics += make($0) { $0.topics[0].partitions[0].fetchOffset = 2 }.topics } }),
        Probe("a partition twice", v: 4, { $0.fetch([0, 1, 0]) }),
        Probe("a topic twice that is not there", v: 4, { make($0.fetch([0], of: $0.missing)) { $0.topics += $0.topics } }),
        Probe(
            "some that are there, some that are not", v: 4,
            { cluster in
                make(cluster.fetch([0], of: cluster.missing)) {
                    $0.topics += cluster.fetch([77, 0]).topics + cluster.fetch([1], of: cluster.missing).topics
                }
            }),
    ]

    private static let byID: [Probe] = [
        Probe("an epoch to come", v: 16, { $0.fetch([0]) { $0.currentLeaderEpoch = 9999 } }),
        Probe("another broker's partition", v: 16, { $0.fetch([0], of: $0.otherTopic) }),
        Probe(
            "another broker's partition, in an epoch to come", v: 16, { $0.fetch([0], of: $0.otherTopic) { $0.currentLeaderEpoch = 9 } }),
        Probe("a partition that is not there", v: 16, { $0.fetch([77]) }),
        Probe("beyond the end", v: 16, { $0.fetch([0], from: 99) }),
        Probe("an id that is not there", v: 16, { make($0.fetch([0])) { $0.topics[0].topicId = KafkaUUID(high: 1, low: 1) } }),
        Probe("an isolation level that is not there", v: 13, { $0.fetch([0], isolation: 7) }),
        Probe("nothing in all", v: 17, { $0.fetch([0], atMost: 0) }),
    ]
}

extension ProbedCluster {
    /// Partitions of `topic` by name and, for the newer versions, by id.
    func fetch(
        _ partitions: [Int32] = [0, 1, 2], of topic: ByteString? = nil, from offset: Int64 = 0, each: Int32 = 1_000_000,
        atMost: Int32 = 1_000_000, atLeast: Int32 = 1, wait: Int32 = 100, isolation: Int8 = 0, session: (id: Int32, epoch: Int32) = (0, -1),
        _ change: (inout FetchRequest.FetchTopic.FetchPartition) -> Void = { _ in }
    ) -> FetchRequest {
        let name = topic ?? self.topic
        return make { request in
            request.maxWaitMs = wait
            request.minBytes = atLeast
            request.maxBytes = atMost
            request.isolationLevel = isolation
            (request.sessionId, request.sessionEpoch) = session
            request.topics = [
                make {
                    $0.topic = name
                    $0.topicId = ids[name] ?? .zero
                    $0.partitions = partitions.map { partition in
                        make {
                            ($0.partition, $0.fetchOffset, $0.partitionMaxBytes) = (partition, offset, each)
                            change(&$0)
                        }
                    }
                }
            ]
        }
    }
}

/// A message like another one.
func make<Value: WireStruct>(_ start: Value, _ change: (inout Value) -> Void) -> Value {
    var value = start
    change(&value)
    return value
}
