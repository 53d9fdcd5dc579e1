import Bytes
import KafkaProtocol

extension Probe {
    static let cluster: [Probe] = software + endpoints + metadata + pages + producers

    private static let software: [Probe] =
        (["a b", "a_b", "a.", ".a", "-a", "", "\u{E4}"] as [ByteString]).map { client($0, "1", v: 3) } + [
            client("a", "", v: 3), client("a b", "1", v: 4),
        ]

    private static func client(_ name: ByteString, _ release: ByteString, v version: Int16) -> Probe {
        Probe(
            "a client \"\(name)\" \"\(release)\"", v: version,
            { _ in make(ApiVersionsRequest.self) { ($0.clientSoftwareName, $0.clientSoftwareVersion) = (name, release) } })
    }

    private static let endpoints: [Probe] = ([-1, 0, 1, 2, 3, 9] as [Int8]).flatMap { type in
        ([1, 2] as [Int16]).map { version in
            Probe("endpoints of type \(type)", v: version, { _ in make(DescribeClusterRequest.self) { $0.endpointType = type } })
        }
    }

    private static let metadata: [Probe] = [
        Probe(
            "names that may not be, and one that is missing", v: 8, { $0.metadata(["a/b", "", ".", "..", "x y", $0.missing]) }),
        Probe("a missing name twice", v: 8, { $0.metadata([$0.missing, $0.missing]) }),
        Probe("a topic twice", v: 12, { $0.metadata([$0.otherTopic, $0.otherTopic]) }),
        Probe("an id twice", v: 12, { $0.metadata(ids: [$0.ids[$0.otherTopic], $0.ids[$0.otherTopic]]) }),
        Probe("an unknown id twice", v: 12, { $0.metadata(ids: [KafkaUUID(high: 1, low: 1), KafkaUUID(high: 1, low: 1)]) }),
        Probe("an id and a name", v: 12, { $0.metadata([$0.topic], ids: [$0.ids[$0.otherTopic]]) }),
        Probe("an unknown id and a name", v: 12, { $0.metadata([$0.topic], ids: [KafkaUUID(high: 1, low: 1)]) }),
        Probe(
            "an id with another topic's name", v: 12,
            { cluster in make(cluster.metadata(ids: [cluster.ids[cluster.otherTopic]])) { $0.topics?[0].name = cluster.topic } }),
        Probe("neither name nor id", v: 12, { $0.metadata(ids: [.zero]) }),
        Probe("neither name nor id", v: 13, { $0.metadata(ids: [.zero]) }),
        Probe("neither name nor id, and a name", v: 13, { $0.metadata([$0.topic], ids: [.zero]) }),
        Probe("neither name nor id, and an id", v: 13, { $0.metadata(ids: [.zero, $0.ids[$0.otherTopic]]) }),
        Probe(
            "an id before its time", v: 10,
            { cluster in make(cluster.metadata(ids: [KafkaUUID(high: 1, low: 1)])) { $0.topics?[0].name = "x" } }),
        Probe("no name before its time", v: 10, { $0.metadata(ids: [.zero]) }),
        Probe("an id and a name before their time", v: 11, { $0.metadata(["x"], ids: [KafkaUUID(high: 1, low: 1)]) }),
    ]

    private static let pages: [Probe] =
        ([-3, -1, 0, 1, 2, 3, 4] as [Int32]).map { index in
            Probe("a cursor at partition \(index)", v: 0, { $0.pages([$0.topic], from: ($0.topic, index)) })
        } + [
            Probe("a cursor before partition 0, of all", v: 0, { $0.pages([], from: ($0.topic, -3)) }),
            Probe(
                "a cursor before partition 0, behind all that is asked for", v: 0,
                { $0.pages([$0.topic, $0.missing, "a/b"], from: ("zzz", -3)) }),
            Probe("no partition at most", v: 0, { $0.pages([$0.topic, $0.missing], atMost: 0) }),
            Probe("less than no partition at most", v: 0, { $0.pages([$0.topic], atMost: -1) }),
            Probe("two partitions at most", v: 0, { $0.pages([$0.topic], atMost: 2) }),
            Probe("a missing name twice, and one that may not be", v: 0, { $0.pages([$0.missing, $0.missing, "a/b"]) }),
        ]

    private static let producers: [Probe] = ([0, -5, 900_001, .max] as [Int32]).flatMap { timeout in
        ([.namelessCoordinator, .namelessElsewhere] as [ProbedCluster.Place]).flatMap { place in
            [
                Probe("a time-out of \(timeout)", v: 1, at: place, { $0.producer($0.group, timeout) }),
                Probe("no name and a time-out of \(timeout)", v: 1, at: place, { $0.producer("", timeout) }),
                Probe(
                    "half a producer and a time-out of \(timeout)", v: 4, at: place,
                    { make($0.producer($0.group, timeout)) { $0.producerId = 5 } }),
            ]
        }
    }
}

extension ProbedCluster {
    func producer(_ id: ByteString, _ timeout: Int32) -> InitProducerIdRequest {
        make { ($0.transactionalId, $0.transactionTimeoutMs) = (id, timeout) }
    }

    func metadata(_ names: [ByteString] = [], ids: [KafkaUUID?] = []) -> MetadataRequest {
        make { request in
            request.allowAutoTopicCreation = false
            request.topics =
                names.map { name in make { $0.name = name } } + ids.map { id in make { ($0.topicId, $0.name) = (id ?? .zero, nil) } }
        }
    }

    func pages(
        _ names: [ByteString], from cursor: (topic: ByteString, index: Int32)? = nil, atMost: Int32 = 10
    ) -> DescribeTopicPartitionsRequest {
        make { request in
            request.topics = names.map { name in make { $0.name = name } }
            request.responsePartitionLimit = atMost
            request.cursor = cursor.map { cursor in make { ($0.topicName, $0.partitionIndex) = (cursor.topic, cursor.index) } }
        }
    }
}
