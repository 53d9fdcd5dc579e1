import Bytes
import KafkaClient
import KafkaProtocol

/// Topics that were created, until every broker knows them: a success of CreateTopics is not yet in every broker's metadata.
struct CreatedTopics {
    /// How long brokers may refuse to show a topic before it is taken for hidden: rules that were just made reach them one after the other.
    private static let hiddenAfter = Duration.seconds(10)

    private let names: Set<ByteString>
    /// Every broker knows these, with a leader for each partition.
    private(set) var known: Set<ByteString> = []
    /// This user may not see these: waiting does not help.
    private(set) var hidden: Set<ByteString> = []

    init(_ names: Set<ByteString>) { self.names = names }

    mutating func wait(_ target: Source) async throws {
        guard !names.isEmpty else { return }
        let began = target.time.uptime()
        var pause = Duration.milliseconds(50)
        while true {
            known = names
            for broker in try await target.client.describeCluster().brokers {
                known.formIntersection(try await Self.ledTopics(known: broker.id, target))
            }
            let waited = target.time.uptime() - began
            if waited >= Self.hiddenAfter {
                hidden = try await target.client.hiddenTopics(among: names.subtracting(known))
            }
            if known.count + hidden.count >= names.count || waited >= TopicsKind.visibleWithin { return }
            try await target.time.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
        }
    }

    /// The topics that one broker knows with a leader for each partition.
    private static func ledTopics(known broker: Int32, _ target: Source) async throws -> [ByteString] {
        var request = MetadataRequest()
        request.topics = nil
        request.allowAutoTopicCreation = false
        let answer = try await target.client.send(MetadataRequest.self, to: .broker(broker)) { [request] version in
            var request = request
            // Before version 1 an empty list means all topics, and before version 4 nothing can be forbidden: nothing is named.
            if version < 1 { request.topics = [] }
            if version < 4 { request.allowAutoTopicCreation = true }
            return request
        }
        return answer.topics.filter { topic in
            !topic.errorCode.isError && topic.partitions.allSatisfy { $0.leaderId >= 0 }
        }.compactMap(\.name)
    }
}
