import Bytes
import Seams
import SnapshotModel
import Testing

@Suite struct ManifestTests {
    static func reference(_ seed: UInt8, documents: Int = 3, first: ByteString = "a", last: ByteString = "z") -> PageReference {
        PageReference(
            name: ObjectName(bytes: [UInt8](repeating: seed, count: 32))!, plainLength: 40_000, storedLength: 5_000,
            storedHash: [UInt8](repeating: seed &+ 1, count: 32), documents: documents, first: ResourceID(first), last: ResourceID(last))
    }

    static func usual() -> Manifest {
        let kinds: [KindName] = ["broker-configs", "cluster", "consumer-groups", "schemas", "topics"]
        let sections = kinds.flatMap { kind in
            Part.allCases.map { part in
                Section(
                    kind: kind, part: part,
                    root: TreeRoot(
                        level: 1,
                        reference: reference(1, documents: 1_000, first: "a-topic-of-usual-length.v1", last: "z-topic-of-usual-length.v1")),
                    state: .stable)
            }
        }
        return Manifest(
            tool: .init(name: "tidemark", version: "0.1.0"), clusterID: "4L6g3nShT-eMCtK--X86sw", brokers: 3,
            lineage: Lineage(parent: SnapshotID(bytes: [UInt8](repeating: 9, count: 32))), started: Timestamp("2026-11-23T19:00:00Z")!,
            finished: Timestamp("2026-11-23T19:00:05.250Z")!, sections: sections, certificate: Certificate(grade: .stable),
            tags: ["nightly"])
    }

    static func full() -> Manifest {
        var manifest = usual()
        manifest.lineage.formerClusterIDs = ["old", ByteString(bytes: [0xff])]
        manifest.sections = [
            Section(
                kind: "topics", part: .desired, root: .empty,
                state: SectionState(
                    outcome: .captured, unread: [.init(what: "broker 3", why: "no answer")], moved: [ResourceID("a", "\0")],
                    limited: "no DESCRIBE on the cluster")),
            Section(kind: "acls", part: .desired, root: .empty, state: .disabled("no authorizer")),
            Section(kind: "cluster", part: .evidence, root: TreeRoot(level: 0, reference: reference(3)), state: .stable),
        ]
        manifest.gaps = [
            Gap(kind: "scram-users", id: ResourceID("caf\u{e9}"), what: "the secret", why: "brokers never tell it", resolver: "vault"),
            Gap(kind: "acls", id: nil, what: "everything", why: "forbidden"),
        ]
        manifest.certificate = Certificate(grade: .suspect, reasons: ["topics shrank from 40 to 2"])
        manifest.host = "backup-1"
        return manifest
    }

    @Test(arguments: [usual(), full()]) func aManifestReadsBackAsItself(_ manifest: Manifest) throws {
        let bytes = manifest.canonicalBytes
        let read = try Manifest.parse(bytes)
        #expect(read.canonicalBytes == bytes)
        #expect(Set(read.sections) == Set(manifest.sections))
        #expect(read.gaps == manifest.gaps && read.lineage == manifest.lineage && read.certificate == manifest.certificate)
    }

    @Test func aUsualManifestStaysBelow8KiB() { #expect(Self.usual().canonicalBytes.count < 8 * 1024) }

    @Test func sectionsAreWrittenInOneOrder() {
        var shuffled = Self.full()
        shuffled.sections.reverse()
        #expect(shuffled.canonicalBytes == Self.full().canonicalBytes)
    }

    @Test func whatANewerVersionWroteIsCarriedByteForByte() throws {
        func members(_ json: JSON) -> [ByteString: JSON] { json.object! }
        var manifest = members(Self.full().json)
        manifest["seal"] = .object(["by": .text("someone"), "weight": .number(0.5)])
        var sections = manifest["sections"]!.array!
        var known = members(sections[2])
        known["cadence"] = .text("hourly")
        sections[2] = .object(known)
        sections.append(.object(["kind": .text("wormholes"), "part": .text("imagined"), "root": .integer(7)]))
        sections.append(members(sections[0]).merging(["kind": .text("zebras")]) { $1 }.json)
        manifest["sections"] = .array(sections.sorted { $0["kind"]!.text! < $1["kind"]!.text! })
        manifest["certificate"] = members(manifest["certificate"]!).merging(["witness": .text("two")]) { $1 }.json
        let bytes = JSON.object(manifest).canonicalBytes

        let read = try Manifest.parse(bytes)
        #expect(read.canonicalBytes == bytes)
        #expect(read.unknownSections.count == 1)
        #expect(read.extra.keys.contains("seal"))
        #expect(read.section("zebras", .desired) != nil, "an unknown kind is still a section with documents")
    }

    @Test func anotherFormatVersionIsRefusedByName() throws {
        let newer = JSON.object(["format": .integer(2), "everything": .text("else")])
        let error = #expect(throws: ManifestError.self) { try Manifest.parse(newer.canonicalBytes) }
        #expect(error?.message.contains("format version 2") == true)
        #expect(error?.hint.isEmpty == false)
    }

    @Test func aMissingMemberIsNamed() throws {
        for key in ["format", "tool", "clusterId", "brokers", "started", "finished", "certificate"] as [ByteString] {
            var members = Self.usual().json.object!
            members[key] = nil
            let error = #expect(throws: ManifestError.self) { try Manifest.parse(JSON.object(members).canonicalBytes) }
            #expect(error?.message.contains("\"\(key)\"") == true)
        }
    }

    @Test func noneIsNotEmpty() {
        #expect(SectionState.stable.isStable)
        for state in [SectionState.unsupported("x"), .forbidden("x"), .disabled("x"), .unread("x")] { #expect(!state.isComplete) }
        #expect(!SectionState(outcome: .captured, limited: "x").isComplete)
        #expect(!SectionState(outcome: .captured, unread: [.init(what: "a", why: "b")]).isComplete)
        let moved = SectionState(outcome: .captured, moved: [ResourceID("a")])
        #expect(moved.isComplete && !moved.isStable)
    }

    @Test func aReferenceWithAnUnknownMemberIsRefused() throws {
        var members = Self.reference(1).json.object!
        members["more"] = .null
        #expect(throws: ManifestError.self) { try PageReference(json: .object(members)) }
    }
}

extension Dictionary<ByteString, JSON> {
    fileprivate var json: JSON { .object(self) }
}
