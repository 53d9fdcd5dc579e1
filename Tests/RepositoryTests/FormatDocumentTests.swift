import Bytes
import Compression
import Foundation
import Host
import Seams
import SnapshotModel
import Storage
import Subprocess
import Testing

@testable import Repository

/// A stranger reads a repository with the very lines of docs/repository-format.md.
@Suite struct FormatDocumentTests {
    private func script() throws -> String {
        let document = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/repository-format.md")
        let text = try String(contentsOf: document, encoding: .utf8)
        let start = try #require(text.range(of: "```bash\n"))
        let end = try #require(text.range(of: "\n```", range: start.upperBound..<text.endIndex))
        return String(text[start.upperBound..<end.lowerBound]) + "\n"
    }

    private func withRepository(_ codec: Codec, _ body: (Repository, String, SnapshotID) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tidemark-format-\(HostChance().bytes(8).hex)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let root = folder.appending(path: "a repository").path()
        let storage = DirectoryStorage(root: root.removingPercentEncoding ?? root, time: HostTime())
        let repository = try await Repository.initialize(storage, codec: codec, time: HostTime(), chance: SeededChance(seed: 3))
        let now = HostTime().now()
        let id = try await repository.withWriter(holder: "a test") { writer in
            let manifest = Manifest(
                tool: .init(name: "tidemark", version: "0.1.0"), clusterID: "c", brokers: 3, started: now, finished: now,
                sections: [
                    Section(kind: "topics", part: .desired, root: try await writer.write(Bench.topics(400)), state: .stable),
                    Section(kind: "consumer-groups", part: .desired, root: try await writer.write(Self.awkward), state: .stable),
                    Section(kind: "acls", part: .desired, root: .empty, state: .disabled("no authorizer")),
                    Section(kind: "schemas", part: .desired, root: .empty, state: .stable),
                ], certificate: Certificate(grade: .stable))
            return try await writer.publish(manifest)
        }
        try await body(repository, storage.root, id)
    }

    private static let awkward = ["caf\u{e9}", "cafe\u{301}", "\r\n", "a\0", "", "\u{1b}[2J", "$base64"]
        .map {
            Document(
                id: ResourceID(ByteString($0), "topic"),
                body: .object(["$base64": .text(ByteString(bytes: [0xff])), "offset": .count64(.max)]))
        }
        .sorted { $0.id < $1.id }

    private func run(_ arguments: [String]) async throws -> (output: String, succeeded: Bool) {
        let result = try await Subprocess.run(
            .name("bash"), arguments: Arguments(["-c", try script(), "read-snapshot.sh"] + arguments),
            environment: .inherit.updating(["LC_ALL": "C.UTF-8"]), output: .string(limit: 16 << 20), error: .discarded)
        return (result.standardOutput, result.terminationStatus.isSuccess)
    }

    private func lines(_ documents: [Document]) -> String {
        documents.map { String(decoding: $0.canonicalBytes, as: UTF8.self) + "\n" }.joined()
    }

    @Test(arguments: Codec.allCases) func aStrangerReadsEveryDocumentByteForByte(_ codec: Codec) async throws {
        try await withRepository(codec) { _, root, _ in
            for (kind, documents) in [("topics", Bench.topics(400)), ("consumer-groups", Self.awkward), ("schemas", [])] {
                let (output, succeeded) = try await run([root, kind])
                #expect(succeeded)
                #expect(Array(output.utf8) == Array(lines(documents).utf8), "\(kind)")
            }
        }
    }

    @Test func aStrangerIsToldThatThereIsNoSuchSection() async throws {
        try await withRepository(.zstd) { _, root, _ in
            for arguments in [[root, "zebra"], [root, "topics", "evidence"], [root, "acls"]] {
                let (output, succeeded) = try await run(arguments)
                #expect(!succeeded && output.isEmpty, "\(arguments)")
            }
        }
    }

    @Test(arguments: Codec.allCases, ["leaf", "list", "manifest", "format"])
    func aStrangerIsToldOfAnAlteredByte(_ codec: Codec, _ place: String) async throws {
        try await withRepository(codec) { repository, root, id in
            let entry = try #require(try await repository.snapshots().first)
            let top = try #require(entry.intact?.section("topics", .desired)?.root)
            let reference = try #require(top.reference)
            #expect(top.level == 1)
            let leaf = try #require(try await repository.objects.references(reference, level: 1).dropFirst().first)
            let path: StoragePath =
                switch place {
                case "leaf": Layout.object(leaf.name)
                case "list": Layout.object(reference.name)
                case "manifest": entry.path
                default: Layout.format
                }
            var bytes = try await repository.storage.get(path)
            if place == "format" {
                bytes = Array(String(decoding: bytes, as: UTF8.self).replacing("\"format\":1", with: "\"format\":2").utf8)
            } else {
                bytes[bytes.count / 2] ^= 1
            }
            try await repository.storage.put(bytes, at: path, mode: .overwrite)
            #expect(try await run([root, "topics"]).succeeded == false)
        }
    }

    @Test func theNumbersOfTheDocumentAreThoseOfTheCode() throws {
        let document = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/repository-format.md")
        let text = try String(contentsOf: document, encoding: .utf8)
        for promise in [
            "lasts \(Lease.length.components.seconds) seconds", "over for \(Lease.skew.components.seconds) seconds",
            "at most \(Objects.longestPage >> 20) MiB", "format, version \(RepositoryFormat.currentVersion)",
        ] { #expect(text.contains(promise), "\(promise)") }
    }
}
