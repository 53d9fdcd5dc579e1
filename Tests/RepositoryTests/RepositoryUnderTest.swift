import Bytes
import Compression
import Seams
import SnapshotModel
import Storage
import NIOConcurrencyHelpers

@testable import Repository

/// A clock that only tests move; sleeping lasts until the sleeper is cancelled.
final class HandTime: TimeSource {
    private struct State {
        var moment = Timestamp(milliseconds: 1_795_000_000_000)
        /// By how much the wall clock is behind the uptime.
        var behind = Duration.zero
    }
    private let state = NIOLockedValueBox(State())

    func now() -> Timestamp { state.withLockedValue { $0.moment.advanced(by: .zero - $0.behind) } }
    func uptime() -> Duration { state.withLockedValue { $0.moment.since(Timestamp(milliseconds: 0)) } }
    func sleep(for duration: Duration) async throws { try await Task.sleep(for: .seconds(3_600)) }
    func advance(by duration: Duration) { state.withLockedValue { $0.moment = $0.moment.advanced(by: duration) } }
    /// Somebody sets the wall clock: the uptime goes on.
    func setBack(by duration: Duration) { state.withLockedValue { $0.behind += duration } }
}

/// A repository in memory, and what tests do to it.
struct Bench {
    let time = HandTime()
    let memory: MemoryStorage
    let repository: Repository

    init(codec: Codec = .zstd, seed: UInt64 = 1) async throws {
        memory = MemoryStorage(time: time)
        repository = try await Repository.initialize(memory, codec: codec, time: time, chance: SeededChance(seed: seed))
    }

    /// With pages so short that a few hundred documents make a tree of several levels.
    init(tinyPagesSaltedWith salt: UInt8, codec: Codec = .zstd) async throws {
        memory = MemoryStorage(time: time)
        let pages = PageParameters(salt: [salt], floor: 300, target: 1_200, ceiling: 4_000)
        let format = RepositoryFormat(repositoryID: [UInt8](repeating: salt, count: 16), created: time.now(), codec: codec, pages: pages)
        try memory.put(format.canonicalBytes, at: Layout.format, mode: .ifAbsent)
        repository = try await Repository.open(memory, time: time, chance: SeededChance(seed: 1))
    }

    /// Documents like those of a cluster's topics, `count` of them.
    static func topics(_ count: Int, partitions: Int = 6) -> [Document] {
        (0..<count).map { number in
            let digits = String(number + 100_000).dropFirst()
            return topic(ByteString("orders.\(digits).v1"), partitions: partitions)
        }
    }

    static func topic(_ name: ByteString, partitions: Int) -> Document {
        Document(
            id: ResourceID(name),
            body: .object([
                "partitions": .integer(partitions), "replicationFactor": .integer(3),
                "configs": .object([
                    "cleanup.policy": .text("delete"), "retention.ms": .text("604800000"), "segment.bytes": .text("1073741824"),
                ]),
            ]))
    }

    func manifest(_ roots: [KindName: TreeRoot], parent: SnapshotID? = nil, cluster: ByteString = "cluster-a") -> Manifest {
        let now = time.now()
        return Manifest(
            tool: .init(name: "tidemark", version: "0.1.0"), clusterID: cluster, brokers: 3, lineage: Lineage(parent: parent), started: now,
            finished: now, sections: roots.map { Section(kind: $0, part: .desired, root: $1, state: .stable) },
            certificate: Certificate(grade: .stable))
    }

    /// Takes a snapshot of these topics.
    @discardableResult
    func snapshot(_ topics: [Document], parent: SnapshotID? = nil, cluster: ByteString = "cluster-a") async throws -> SnapshotID {
        try await repository.withWriter(holder: "a test") { writer in
            let root = try await writer.write(topics)
            return try await writer.publish(manifest(["topics": root], parent: parent, cluster: cluster))
        }
    }

    func root(_ id: SnapshotID) async throws -> TreeRoot {
        try await repository.manifest(id).section("topics", .desired)?.root ?? .empty
    }

    func documents(_ id: SnapshotID) async throws -> [Document] { try await repository.documents(try await root(id)).collected() }

    /// All files below a folder, with their bytes.
    func files(_ folder: StoragePath?) throws -> [StoragePath: [UInt8]] {
        var files: [StoragePath: [UInt8]] = [:]
        for object in memory.list(folder, after: nil, limit: .max) { files[object.path] = try memory.get(object.path, range: nil) }
        return files
    }
}

extension AsyncSequence {
    func collected() async throws -> [Element] {
        var elements: [Element] = []
        for try await element in self { elements.append(element) }
        return elements
    }
}

/// The repository's error that `body` throws, or nil where it throws none.
func repositoryError(of body: () async throws -> Void) async -> RepositoryError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? RepositoryError
    }
}
