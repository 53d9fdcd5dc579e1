import Bytes
import Host
import KafkaProtocol
import Seams

/// Decoding and encoding the Metadata answer of 100,000 partitions: what the visitors cost.
enum MetadataDecoding {
    static func run() throws {
        var response = MetadataResponse()
        response.clusterId = "benchmark"
        response.topics = (0..<10_000).map { number in
            var topic = MetadataResponse.MetadataResponseTopic()
            topic.name = ByteString("topic-\(number)")
            topic.partitions = (0..<10).map { index in
                var partition = MetadataResponse.MetadataResponseTopic.MetadataResponsePartition()
                partition.partitionIndex = Int32(index)
                partition.leaderId = 1
                partition.replicaNodes = [1, 2, 3]
                partition.isrNodes = [1, 2, 3]
                return partition
            }
            return topic
        }
        let frame = try Frame.encodeResponse(response, to: MetadataRequest.self, version: 12, correlationID: 1)
        let time = HostTime()
        var best: (encode: Duration, decode: Duration) = (.seconds(60), .seconds(60))
        for _ in 0..<5 {
            let start = time.uptime()
            _ = try Frame.encodeResponse(response, to: MetadataRequest.self, version: 12, correlationID: 1)
            let middle = time.uptime()
            let decoded = try Frame.decodeResponse(to: MetadataRequest.self, version: 12, from: frame)
            let end = time.uptime()
            guard decoded.response.topics.count == 10_000 else { return print("decoded something else") }
            best = (min(best.encode, middle - start), min(best.decode, end - middle))
        }
        print("Metadata of 100,000 partitions, \(frame.count) bytes: encode \(best.encode), decode \(best.decode) (best of 5)")
    }
}
