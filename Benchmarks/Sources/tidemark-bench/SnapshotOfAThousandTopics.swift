import Bytes
import Foundation
import Host
import KafkaClient
import KafkaProtocol
import Logging
import NIOPosix
import Recovery
import Repository
import Resources
import Seams
import Storage

/// Two snapshots of a simulated cluster of 1,000 topics, 10,000 partitions and 300 groups: calls, time, memory, objects, bytes.
enum SnapshotOfAThousandTopics {
    static let topics = 1_000
    static let partitions = 10
    static let groups = 300

    static func run() async throws {
        let cluster = Process()
        let (input, output) = (Pipe(), Pipe())
        cluster.executableURL = URL(filePath: CommandLine.arguments[0])
        cluster.arguments = ["cluster"]
        cluster.standardInput = input
        cluster.standardOutput = output
        try cluster.run()
        defer {
            try? input.fileHandleForWriting.close()
            cluster.waitUntilExit()
        }
        let bootstrap = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).trimmingCharacters(
            in: .whitespacesAndNewlines)
        let folder = FileManager.default.temporaryDirectory.appending(path: "tidemark-bench-\(ProcessInfo.processInfo.processIdentifier)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])

        let configuration = ClientConfiguration(bootstrap: try BrokerAddress.list(bootstrap, from: "the simulator"))
        try await KafkaClient.withClient(
            configuration, time: HostTime(), chance: HostChance(), eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() })
        ) { client in
            try await fill(client)
            let storage = DirectoryStorage(root: folder.path, time: HostTime())
            let repository = try await Repository.initialize(storage, time: HostTime(), chance: HostChance())
            let source = Source(client: client, registry: nil, time: HostTime())
            let brokers = try await client.describeCluster().brokers.count
            print("\(topics) topics, \(topics * partitions) partitions, \(groups) groups, \(brokers) brokers")
            for name in ["first snapshot", "unchanged"] {
                let report = try await Capture(
                    source: source, repository: repository, kinds: Kinds.all.filter { $0.name != .schemas },
                    options: Capture.Options(toolVersion: "bench"), time: HostTime()
                ).run()
                let manifest = report.manifest.canonicalBytes.count
                print(
                    "\(name): \(report.calls) calls, \(report.duration), \(report.objectsWritten) objects and \(report.bytesWritten) bytes, "
                        + "manifest \(manifest) bytes, certificate \(report.manifest.certificate.grade.rawValue), peak memory \(peakMemory())"
                )
            }
        }
    }

    private static func fill(_ client: KafkaClient) async throws {
        let names = (0..<topics).map { ByteString("topic-\($0)") }
        _ = try await client.createTopics(
            names.map {
                NewTopic(
                    name: $0, partitions: Int32(partitions), replicationFactor: 3,
                    configs: ["retention.ms": "86400000"])
            })
        for group in 0..<groups {
            var offsets: [TopicPartition: CommittedOffset] = [:]
            for topic in 0..<3 {
                for partition in 0..<partitions {
                    offsets[TopicPartition(names[(group * 3 + topic) % topics], Int32(partition))] = CommittedOffset(
                        offset: Int64(group * partition), metadata: "")
                }
            }
            _ = try await client.commitOffsets(group: ByteString("group-\(group)"), offsets)
        }
    }

    /// The most memory that this process has held, as the kernel counts it.
    private static func peakMemory() -> String {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        return status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }.map {
            $0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces)
        }
            ?? "unknown"
    }
}
