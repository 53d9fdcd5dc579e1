import Bytes
import KafkaProtocol

/// The partitions that the addressed broker holds a replica of, with their sizes, in its one folder. Null asks for all. Who may not
/// describe the cluster gets nothing, and from version 3 on is told so (31). A folder that has failed is error 56, and tells nothing.
enum DescribeLogDirsHandler: CallHandler {
    typealias Request = DescribeLogDirsRequest
    typealias Row = DescribeLogDirsResponse.DescribeLogDirsResult

    /// What the simulated disk holds, in bytes.
    static let capacity: Int64 = 100 << 30

    static func answer(
        _ request: DescribeLogDirsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DescribeLogDirsResponse> {
        if !state.allows(context, .describe, .cluster) {
            var refused = DescribeLogDirsResponse()
            refused.errorCode = .clusterAuthorizationFailed
            return .now(refused)
        }
        var wanted: [ByteString: Set<Int32>]?
        if let topics = request.topics {
            wanted = Dictionary(topics.map { ($0.topic, Set($0.partitions)) }, uniquingKeysWith: { $0.union($1) })
        }
        var used: Int64 = 0
        var row = Row()
        row.logDir = ClusterState.logDirectory(of: context.broker)
        guard state.servesReplicas(context.broker) else {
            row.errorCode = .kafkaStorageError
            var response = DescribeLogDirsResponse()
            response.results = [row]
            return .now(response)
        }
        let leaving = state.leaving.values.filter { $0.until > context.uptime && state.topics[$0.topic.name] == nil }.map(\.topic)
        for topic in (state.topics.values + leaving).sorted(by: { $0.name < $1.name }) {
            var listed = Row.DescribeLogDirsTopic()
            listed.name = topic.name
            for partition in topic.partitions where partition.replicas.contains(context.broker) {
                used += partition.log.size
                guard wanted.map({ $0[topic.name]?.contains(partition.index) ?? false }) ?? true else { continue }
                var entry = Row.DescribeLogDirsTopic.DescribeLogDirsPartition()
                entry.partitionIndex = partition.index
                entry.partitionSize = partition.log.size
                listed.partitions.append(entry)
            }
            if !listed.partitions.isEmpty { row.topics.append(listed) }
        }
        row.totalBytes = capacity
        row.usableBytes = max(0, capacity - used)
        var response = DescribeLogDirsResponse()
        response.results = [row]
        return .now(response)
    }
}
