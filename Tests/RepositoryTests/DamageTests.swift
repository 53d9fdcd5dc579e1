import Bytes
import Compression
import Cryptography
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Repository

@Suite struct DamageTests {
    /// A repository with two snapshots that share no page, and the paths of the first one's leaves and page lists.
    private struct Two {
        let bench: Bench
        let first, second: SnapshotID
        let leaves: [StoragePath]
        let top: StoragePath

        init(codec: Codec = .zstd) async throws {
            bench = try await Bench(tinyPagesSaltedWith: 2, codec: codec)
            first = try await bench.snapshot(Bench.topics(60))
            let root = try await bench.root(first)
            let reference = try #require(root.reference)
            top = Layout.object(reference.name)
            var pages = [reference]
            for level in (1...root.level).reversed() {
                var below: [PageReference] = []
                for page in pages { below += try await bench.repository.objects.references(page, level: level) }
                pages = below
            }
            leaves = pages.map { Layout.object($0.name) }
            bench.time.advance(by: .seconds(60))
            second = try await bench.snapshot(Bench.topics(60, partitions: 12))
        }

        /// The first snapshot is reported damaged in this way at this place, cannot be read, and the second is whole.
        func expect(_ sort: Damage.Sort, at path: StoragePath, readData: Bool) async throws {
            let report = try await bench.repository.check(readData: readData)
            let finding = try #require(report.findings(.error).first)
            #expect(report.findings(.error).count == 1)
            #expect(finding.sort == sort.rawValue && finding.path == path && finding.snapshots == [first], "\(finding)")
            #expect(finding.message.contains(path.description) && !finding.hint.isEmpty)
            #expect(report.whole == [second] && report.damaged == [first] && !report.isSound)
            let error = await repositoryError { _ = try await bench.documents(first) }
            #expect(error?.damage?.sort == sort && error?.damage?.path == path)
            #expect(try await bench.documents(second) == Bench.topics(60, partitions: 12))
        }
    }

    @Test(arguments: [StorageError.Code.notReadable, .corrupt, .io])
    func whatCannotBeReadTakesNothingFromTheRest(_ code: StorageError.Code) async throws {
        let two = try await Two()
        let manifest = try #require(try await two.bench.repository.snapshots().first { $0.id == two.first }).path
        for path in [manifest, two.top, two.leaves[0]] {
            let failing = FaultyStorage(two.bench.memory) { verb, asked in
                guard verb == .get, asked == path else { return nil }
                return .refuse(StorageError(code: code, path: "\(path)", message: "cannot read \(path): so it is", hint: "mend it."))
            }
            let repository = try await Repository.open(failing, time: two.bench.time, chance: SeededChance(seed: 5))
            let report = try await repository.check(readData: true)
            #expect(report.whole == [two.second] && report.damaged == [two.first] && !report.isSound, "\(path)")
            let finding = try #require(report.findings(.error).first)
            #expect(finding.sort == "unreadable" && finding.path == path && finding.snapshots == [two.first], "\(finding)")
            #expect(finding.message.contains("so it is") && finding.hint.hasPrefix("Give this user the right to read it"))
            let entries = try await repository.snapshots()
            #expect(entries.map(\.id) == [two.second, two.first] && entries[0].intact != nil)
            #expect((entries[1].intact == nil) == (path == manifest))
            #expect(try await repository.manifest(two.second).clusterID == entries[0].intact?.clusterID)
        }
    }

    @Test func aWholeRepositoryHasNoFindings() async throws {
        let two = try await Two()
        for readData in [true, false] {
            let report = try await two.bench.repository.check(readData: readData)
            #expect(report.findings.isEmpty && report.isSound && report.whole == [two.second, two.first])
            #expect(report.objects > 4 && report.bytes > 0)
        }
    }

    @Test(arguments: Codec.allCases, [true, false]) func aMissingObjectIsNamed(_ codec: Codec, _ isTop: Bool) async throws {
        let two = try await Two(codec: codec)
        let path = isTop ? two.top : two.leaves[1]
        two.bench.memory.delete(path)
        try await two.expect(.missing, at: path, readData: false)
    }

    @Test(arguments: Codec.allCases, [true, false]) func aTruncatedObjectIsNamed(_ codec: Codec, _ isTop: Bool) async throws {
        let two = try await Two(codec: codec)
        let path = isTop ? two.top : two.leaves[1]
        try two.bench.memory.put(Array(try two.bench.memory.get(path, range: nil).dropLast(9)), at: path, mode: .overwrite)
        try await two.expect(.truncated, at: path, readData: false)
    }

    @Test(arguments: Codec.allCases) func anAlteredObjectIsNamed(_ codec: Codec) async throws {
        let two = try await Two(codec: codec)
        let path = two.leaves[1]
        var bytes = try two.bench.memory.get(path, range: nil)
        bytes[bytes.count / 2] ^= 0x40
        try two.bench.memory.put(bytes, at: path, mode: .overwrite)
        try await two.expect(.altered, at: path, readData: true)
        #expect(try await two.bench.repository.check(readData: false).isSound, "the length alone does not tell")
    }

    @Test func anotherObjectsBytesInItsPlaceAreNamed() async throws {
        let two = try await Two()
        try two.bench.memory.put(try two.bench.memory.get(two.leaves[0], range: nil), at: two.leaves[1], mode: .overwrite)
        try await two.expect(.misplaced, at: two.leaves[1], readData: true)
    }

    /// Of two snapshots that name one object, what one says of it may be wrong.
    @Test(arguments: [true, false]) func aWrongWordOfAnObjectIsFoundThoughAnotherSnapshotHasTheRightOne(_ isFirst: Bool) async throws {
        let two = try await Two()
        let root = try await two.bench.root(two.first)
        var reference = try #require(root.reference)
        reference.documents += 39
        two.bench.time.advance(by: .seconds(isFirst ? 60 : -600))
        // No writer of ours would publish it.
        let manifest = two.bench.manifest(["topics": TreeRoot(level: root.level, reference: reference)])
        let wrong = try #require(SnapshotID(bytes: HashFunction.sha256.digest(manifest.canonicalBytes)))
        try two.bench.memory.put(manifest.canonicalBytes, at: Layout.snapshot(wrong, finished: manifest.finished), mode: .ifAbsent)
        let report = try await two.bench.repository.check(readData: true)
        #expect(Set(report.whole) == [two.first, two.second] && report.damaged == [wrong])
        #expect(report.findings(.error).map(\.snapshots) == [[wrong]], "\(report.findings)")
        #expect(await repositoryError { _ = try await two.bench.documents(wrong) } != nil)
    }

    @Test func anObjectInTheWrongFolderIsToldWhereItBelongs() async throws {
        let two = try await Two()
        let path = two.leaves[1]
        let wrong = StoragePath("objects/zz/" + (path.names.last?.description ?? ""))!
        try two.bench.memory.put(try two.bench.memory.get(path, range: nil), at: wrong, mode: .ifAbsent)
        two.bench.memory.delete(path)
        try await two.expect(.missing, at: path, readData: false)
        let finding = try await two.bench.repository.check(readData: false).findings(.warning).first
        #expect(finding?.sort == "misplaced" && finding?.path == wrong && finding?.message.contains(path.description) == true)
    }

    @Test func extraObjectsAndForeignFilesAreNotedAndLeft() async throws {
        let two = try await Two()
        _ = try await two.bench.repository.withWriter(holder: "cut short") { try await $0.write([Bench.topic("orphan", partitions: 1)]) }
        for path in ["objects/readme.txt", "snapshots/2026/notes", "photo.jpg", "objects/aa/bb/cc"] as [StoragePath] {
            try two.bench.memory.put([1], at: path, mode: .ifAbsent)
        }
        let before = try two.bench.files(nil)
        let report = try await two.bench.repository.check(readData: true)
        #expect(report.isSound && report.whole.count == 2)
        #expect(report.findings(.note).map(\.sort) == ["extra"])
        #expect(
            Set(report.findings(.warning).map(\.path)) == ["objects/readme.txt", "snapshots/2026/notes", "photo.jpg", "objects/aa/bb/cc"])
        #expect(try two.bench.files(nil) == before)
    }

    @Test func anAlteredManifestIsListedWithItsProblem() async throws {
        let two = try await Two()
        let path = try #require(try await two.bench.repository.snapshots().first { $0.id == two.first }?.path)
        var bytes = try two.bench.memory.get(path, range: nil)
        bytes[10] ^= 1
        try two.bench.memory.put(bytes, at: path, mode: .overwrite)
        let entries = try await two.bench.repository.snapshots()
        #expect(entries.count == 2)
        #expect(entries.first { $0.id == two.first }?.problem?.damage?.sort == .altered)
        #expect(try await two.bench.repository.resolve("latest~0") == two.second)
        #expect(
            await repositoryError { _ = try await two.bench.repository.manifest(two.first) }?.message.contains(path.description) == true)
        let report = try await two.bench.repository.check(readData: false)
        #expect(report.findings(.error).map(\.path) == [path] && report.whole == [two.second])
    }

    @Test func aManifestInTheWrongFolderIsMisplaced() async throws {
        let two = try await Two()
        let path = try #require(try await two.bench.repository.snapshots().first { $0.id == two.first }?.path)
        let wrong = StoragePath("snapshots/2001/01/01/" + (path.names.last?.description ?? ""))!
        try two.bench.memory.put(try two.bench.memory.get(path, range: nil), at: wrong, mode: .ifAbsent)
        two.bench.memory.delete(path)
        let entry = try await two.bench.repository.snapshots().first { $0.id == two.first }
        #expect(entry?.problem?.damage?.sort == .misplaced && entry?.problem?.message.contains(path.description) == true)
    }

    @Test func aManifestThatNamesWhatIsNotThereIsDamaged() async throws {
        let bench = try await Bench()
        let reference = PageReference(
            name: ObjectName(bytes: [UInt8](repeating: 5, count: 32))!, plainLength: 10, storedLength: 10,
            storedHash: [UInt8](repeating: 6, count: 32), documents: 1, first: ResourceID("a"), last: ResourceID("a"))
        let manifest = bench.manifest(["topics": TreeRoot(level: 0, reference: reference)])
        #expect(
            await repositoryError { _ = try await bench.repository.withWriter(holder: "x") { try await $0.publish(manifest) } }?.damage?
                .sort == .missing)
        let id = try #require(SnapshotID(bytes: HashFunction.sha256.digest(manifest.canonicalBytes)))
        try bench.memory.put(manifest.canonicalBytes, at: Layout.snapshot(id, finished: manifest.finished), mode: .ifAbsent)
        let report = try await bench.repository.check(readData: false)
        #expect(report.damaged == [id] && report.findings(.error).map(\.sort) == ["missing"])
    }

    @Test func aPageThatDoesNotFitWhatIsAboveItIsMalformed() throws {
        let documents = Bench.topics(3)
        let bytes: [UInt8] = Array(documents.map { $0.canonicalBytes + [0x0a] }.joined())
        func reference(_ documents: Int, _ first: ByteString, _ last: ByteString) -> PageReference {
            PageReference(
                name: ObjectName(bytes: [UInt8](repeating: 1, count: 32))!, plainLength: bytes.count, storedLength: 1,
                storedHash: [UInt8](repeating: 1, count: 32), documents: documents, first: ResourceID(first), last: ResourceID(last))
        }
        #expect(try Objects.documents(in: bytes, reference(3, "orders.00000.v1", "orders.00002.v1")) == documents)
        for wrong in [
            reference(2, "orders.00000.v1", "orders.00002.v1"), reference(3, "a", "orders.00002.v1"), reference(3, "orders.00000.v1", "z"),
        ] {
            #expect(throws: RepositoryError.self) { try Objects.documents(in: bytes, wrong) }
        }
        #expect(throws: RepositoryError.self) {
            try Objects.documents(in: Array(bytes.dropLast()), reference(3, "orders.00000.v1", "orders.00002.v1"))
        }
    }

    @Test(arguments: Codec.allCases) func everyFlippedBitOfAStoredPageIsFoundAndNeverReadAsSomethingElse(_ codec: Codec) async throws {
        let bench = try await Bench(codec: codec)
        let topics = Bench.topics(3)
        let id = try await bench.snapshot(topics)
        let reference = try #require(try await bench.root(id).reference)
        let path = Layout.object(reference.name)
        let whole = try bench.memory.get(path, range: nil)
        var harmless = 0
        for bit in 0..<whole.count * 8 {
            var flipped = whole
            flipped[bit / 8] ^= 1 << (bit % 8)
            try bench.memory.put(flipped, at: path, mode: .overwrite)
            if let documents = try? await bench.documents(id) {
                #expect(documents == topics)
                harmless += 1
            }
            let report = try await bench.repository.check(readData: true)
            #expect(report.findings.count == 1 && report.findings.first?.path == path, "bit \(bit)")
        }
        #expect(harmless < whole.count)
    }

    @Test(arguments: Codec.allCases) func theNextBackupHealsWhatItWouldStoreAgain(_ codec: Codec) async throws {
        for damage in 0..<3 {
            for usesBasis in [true, false] {
                let two = try await Two(codec: codec)
                let path = two.leaves[1]
                var bytes = try two.bench.memory.get(path, range: nil)
                switch damage {
                case 0: two.bench.memory.delete(path)
                case 1: try two.bench.memory.put(Array(bytes.dropLast(5)), at: path, mode: .overwrite)
                default:
                    bytes[bytes.count / 2] ^= 0x40
                    try two.bench.memory.put(bytes, at: path, mode: .overwrite)
                }
                let basis = usesBasis ? try await two.bench.repository.manifest(two.first) : nil
                let third = try await two.bench.repository.withWriter(holder: "healer", basis: [basis].compactMap { $0 }) { writer in
                    let root = try await writer.write(Bench.topics(60))
                    return try await writer.publish(two.bench.manifest(["topics": root], parent: two.second))
                }
                let report = try await two.bench.repository.check(readData: true)
                #expect(report.isSound, "damage \(damage), basis \(usesBasis)")
                #expect(try await two.bench.documents(third) == Bench.topics(60))
            }
        }
    }
}
