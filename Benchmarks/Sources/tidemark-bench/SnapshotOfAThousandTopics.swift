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
    /// The sorts of calls that are batched by topics: metadata, log directories, configs, both ends of logs.
    static let batchedCalls = 5
    static let mostMemory = 150 << 20
    /// Of a second, unchanged snapshot: objects and manifest.
    static let mostObjects = 3
    static let mostBytes = 8 << 10

    /// - Throws: where a bound is broken.
    static func run() async throws {
        var bounds = Bounds()
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
            let source = Source(client: client, registry: nil, time: HostTime())
            func snapshot(_ name: String, _ folder: URL) async throws -> CaptureReport {
                let isNew = !FileManager.default.fileExists(atPath: folder.path)
                try FileManager.default.createDirectory(
                    at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                let storage = DirectoryStorage(root: folder.path, time: HostTime())
                let repository =
                    isNew
                    ? try await Repository.initialize(storage, time: HostTime(), chance: HostChance())
                    : try await Repository.open(storage, time: HostTime(), chance: HostChance())
                let report = try await Capture(
                    source: source, repository: repository, kinds: Kinds.all.filter { $0.name != .schemas },
                    options: Capture.Options(toolVersion: "bench"), time: HostTime()
                ).run()
                let manifest = report.manifest.canonicalBytes.count
                print(
                    "\(name): \(report.calls) calls, \(report.duration), \(report.objectsWritten) objects and \(report.bytesWritten) bytes, "
                        + "manifest \(manifest) bytes, certificate \(report.manifest.certificate.grade.rawValue), "
                        + "peak memory \(peakMemory() >> 10) KiB")
                return report
            }
            let brokers = try await client.describeCluster().brokers.count
            // The calls are a function of the brokers and of ⌈topics ÷ 1,000⌉: one topic costs what a thousand do.
            try await fill(client, topics: 0..<1, groups: 1)
            let small = try await snapshot("1 topic, 1 group", folder.appending(path: "small"))
            try await fill(client, topics: 1..<topics, groups: groups)
            print("\(topics) topics, \(topics * partitions) partitions, \(groups) groups, \(brokers) brokers")
            let first = try await snapshot("first snapshot", folder.appending(path: "large"))
            let second = try await snapshot("unchanged", folder.appending(path: "large"))
            // The internal topic makes it two thousands: a further call of each sort that is batched by topics.
            bounds.expect("calls of the first snapshot", first.calls, atMost: small.calls + batchedCalls * brokers)
            bounds.expect("calls of the second", second.calls, atMost: first.calls)
            bounds.expect("peak memory in bytes", peakMemory(), atMost: mostMemory)
            bounds.expect("objects of the second, with its manifest", second.objectsWritten + 1, atMost: mostObjects)
            bounds.expect("bytes of the second", second.bytesWritten + second.manifest.canonicalBytes.count, atMost: mostBytes)
        }
        try bounds.conclude()
    }

    private static func fill(_ client: KafkaClient, topics new: Range<Int>, groups: Int) async throws {
        let names = (0..<new.upperBound).map { ByteString("topic-\($0)") }
        _ = try await client.createTopics(
            names[new].map {
                NewTopic(
                    name: $0, partitions: Int32(partitions), replicationFactor: 3,
                    configs: ["retention.ms": "86400000"])
            })
        for group in 0..<groups {
            var offsets: [TopicPartition: CommittedOffset] = [:]
            for topic in 0..<3 {
                for partition in 0..<partitions {
                    offsets[TopicPartition(names[(group * 3 + topic) % names.count], Int32(partition))] = CommittedOffset(
                        offset: Int64(group * partition), metadata: "")
                }
            }
            _ = try await client.commitOffsets(group: ByteString("group-\(group)"), offsets)
        }
    }

    /// The most memory that this process has held, in bytes, as the kernel counts it; more than any bound where it does not say.
    private static func peakMemory() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }
        return line.flatMap { Int($0.filter(\.isNumber)) }.map { $0 << 10 } ?? .max
    }
}
