import Bytes
import SnapshotModel
import Storage

extension Repository {
    /// How far a check has come.
    public struct CheckProgress: Sendable {
        public let objects: Int
        public let bytes: Int
    }

    /// Looks at every manifest and every object, and with `readData` at every byte. Nothing is changed.
    ///
    /// Findings name the file, what is wrong with it and the snapshots that it concerns; the other snapshots are listed as whole.
    /// - Throws: `StorageError` where the store itself fails; damage is no error but a finding.
    public func check(
        readData: Bool, progress: @Sendable (CheckProgress) -> Void = { _ in }
    ) async throws -> CheckReport {
        var check = Check(self, readData: readData)
        try await check.run(progress)
        return check.report
    }
}

private struct Check {
    private enum State {
        case right
        /// Its content is right, its packing not as recorded.
        case repacked
        case damaged(Damage)
    }

    private let repository: Repository
    private let readData: Bool
    private var stored: [ObjectName: Int] = [:]
    /// By what names an object and what is said of it there: of two references to one object one may be wrong.
    private var states: [PageReference: State] = [:]
    private var below: [PageReference: [PageReference]] = [:]
    private var named: Set<ObjectName> = []
    private var concerned: [StoragePath: Set<SnapshotID>] = [:]
    private(set) var report: CheckReport

    init(_ repository: Repository, readData: Bool) {
        self.repository = repository
        self.readData = readData
        report = CheckReport(didReadData: readData)
    }

    mutating func run(_ progress: (Repository.CheckProgress) -> Void) async throws {
        try await listObjects()
        let entries = try await repository.snapshots()
        try await lookForForeigners(entries)
        var found: [StoragePath: CheckReport.Finding] = [:]
        for entry in entries {
            guard let manifest = entry.intact else {
                if let problem = entry.problem {
                    report.findings.append(
                        .init(
                            severity: .error, sort: problem.damage?.sort.rawValue ?? "malformed", path: entry.path,
                            message: problem.message,
                            hint: problem.hint, snapshots: [entry.id]))
                }
                report.damaged.append(entry.id)
                continue
            }
            var isWhole = true
            for section in manifest.sections {
                guard let reference = section.root.reference else { continue }
                for (path, state) in try await visit(reference, level: section.root.level, progress) {
                    concerned[path, default: []].insert(entry.id)
                    switch state {
                    case .right: break
                    case .repacked:
                        found[path] = found[path] ?? Self.repacked(path)
                    case .damaged(let damage):
                        isWhole = false
                        found[path] = Self.finding(damage)
                    }
                }
            }
            if !manifest.unknownSections.isEmpty {
                report.findings.append(
                    .init(
                        severity: .warning, sort: "unknown", path: entry.path,
                        message:
                            "\(entry.path) has \(manifest.unknownSections.count.counted("section")) in a form that this version does not know",
                        hint: "Check it with a newer tidemark.", snapshots: [entry.id]))
            }
            if isWhole { report.whole.append(entry.id) } else { report.damaged.append(entry.id) }
        }
        let order = Dictionary(entries.enumerated().map { ($1.id, -$0) }, uniquingKeysWith: { first, _ in first })
        for (path, finding) in found {
            var finding = finding
            finding.snapshots = (concerned[path] ?? []).sorted { (order[$0] ?? 0) < (order[$1] ?? 0) }
            report.findings.append(finding)
        }
        report.objects = named.count
        noteExtras()
        try await noteLeftovers()
        report.findings.append(contentsOf: try await repository.confirmationFindings(present: Set(entries.map(\.id))))
        warnOfClocks(entries)
        noteAbsentParents(entries)
        report.findings.sort { ($0.path, $0.sort) < ($1.path, $1.sort) }
    }

    /// Everything at and below `reference` that is not right, each file once.
    private mutating func visit(
        _ reference: PageReference, level: Int, _ progress: (Repository.CheckProgress) -> Void
    ) async throws -> [StoragePath: State] {
        let path = Layout.object(reference.name)
        if states[reference] == nil {
            states[reference] = try await look(at: reference, level: level)
            if named.insert(reference.name).inserted { report.bytes += stored[reference.name] ?? 0 }
            progress(.init(objects: named.count, bytes: report.bytes))
        }
        var result: [StoragePath: State] = [:]
        if let state = states[reference] {
            if case .right = state {} else { result[path] = state }
        }
        for reference in below[reference] ?? [] {
            result.merge(try await visit(reference, level: level - 1, progress)) { $1 }
        }
        return result
    }

    private mutating func look(at reference: PageReference, level: Int) async throws -> State {
        let path = Layout.object(reference.name)
        guard let length = stored[reference.name] else { return .damaged(Damage(.missing, path, "a snapshot names it")) }
        guard readData || level > 0 || length != reference.storedLength else { return .right }
        do {
            let read = try await repository.objects.read(reference)
            if level > 0 {
                below[reference] = try Objects.references(in: read.plain, reference, level: level)
            } else {
                _ = try Objects.documents(in: read.plain, reference)
            }
            return read.isAsRecorded ? .right : .repacked
        } catch let error as RepositoryError {
            guard let damage = error.damage else { throw error }
            return .damaged(damage)
        } catch let error as StorageError {
            guard let damage = Damage(error, path) else { throw error }
            return .damaged(damage)
        }
    }

    private mutating func listObjects() async throws {
        for object in try await repository.storage.all(under: Layout.objects) {
            if let name = Layout.object(at: object.path), object.isOrdinary {
                stored[name] = object.length
            } else if let name = object.path.names.last?.validText.flatMap({ ObjectName(hex: $0) }), object.isOrdinary {
                report.findings.append(
                    .init(
                        severity: .warning, sort: "misplaced", path: object.path,
                        message: "\(object.path) is misplaced: an object of this name belongs at \(Layout.object(name))",
                        hint: "Move it there if nothing is there, then check again.", snapshots: []))
            } else {
                noteForeign(object)
            }
        }
    }

    private mutating func noteForeign(_ object: StoredObject) {
        report.findings.append(
            .init(
                severity: .warning, sort: "foreign", path: object.path, message: "\(object.path) is nothing of a repository's",
                hint: "Look who put it there and move it away.", snapshots: []))
    }

    private mutating func lookForForeigners(_ entries: [SnapshotEntry]) async throws {
        let places = [
            Layout.objects, Layout.snapshots, Layout.runs, Layout.leases, Layout.confirmations, Layout.turns, Layout.pins,
            Layout.candidates, Layout.readers,
        ]
        for object in try await repository.storage.all(under: nil) {
            let isKnown =
                object.path == Layout.format || object.path == Layout.reserve
                || object.path.isBelow(Layout.snapshots) && Layout.snapshot(at: object.path) != nil
                || places.contains { $0 != Layout.snapshots && object.path.isBelow($0) }
            if !isKnown { noteForeign(object) }
        }
    }

    private mutating func noteExtras() {
        for name in stored.keys where !named.contains(name) {
            let path = Layout.object(name)
            report.findings.append(
                .init(
                    severity: .note, sort: "extra", path: path, message: "\(path) belongs to no snapshot",
                    hint: "A backup that was cut short left it, or one that runs now is writing it: it does no harm.", snapshots: []))
        }
    }

    private mutating func noteLeftovers() async throws {
        for object in try await repository.storage.leftovers() {
            report.findings.append(
                .init(
                    severity: .note, sort: "leftover", path: object.path,
                    message: "\(object.path) (\(object.length) bytes) was being written aside, and never got its name",
                    hint: "A killed writer left it, or one that runs now is writing it. Delete it once none runs: it means nothing.",
                    snapshots: []))
        }
    }

    private mutating func warnOfClocks(_ entries: [SnapshotEntry]) {
        let finished = Dictionary(entries.map { ($0.id, $0.finished) }, uniquingKeysWith: { first, _ in first })
        for entry in entries {
            guard let parent = entry.intact?.lineage.parent, let before = finished[parent], entry.finished < before else { continue }
            report.findings.append(
                .init(
                    severity: .warning, sort: "clock", path: entry.path,
                    message: "snapshot \(entry.id.short) is dated \(entry.finished), before its parent \(parent.short) of \(before)",
                    hint: "A clock went backwards: check the time service of the machines that take backups. The order of parents is used.",
                    snapshots: [entry.id]))
        }
    }

    /// A parent is where a snapshot came from, not what it is made of: nothing is lost with it.
    private mutating func noteAbsentParents(_ entries: [SnapshotEntry]) {
        let present = Set(entries.map(\.id))
        for entry in entries {
            guard let parent = entry.intact?.lineage.parent, !present.contains(parent) else { continue }
            report.findings.append(
                .init(
                    severity: .note, sort: "parent", path: entry.path,
                    message: "snapshot \(entry.id.short) names as its parent \(parent.short), which is not here",
                    hint: "The parent was deleted since. The snapshot is whole without it.", snapshots: [entry.id]))
        }
    }

    private static func finding(_ damage: Damage) -> CheckReport.Finding {
        let error = damage.error
        return .init(
            severity: .error, sort: damage.sort.rawValue, path: damage.path, message: error.message, hint: error.hint, snapshots: [])
    }

    private static func repacked(_ path: StoragePath) -> CheckReport.Finding {
        .init(
            severity: .warning, sort: "altered", path: path,
            message: "\(path) is altered: its stored bytes are not those recorded, yet what they unpack to is right",
            hint: "Flipped bits of a failing disk, or another version of the codec: check the disk; the content is safe to use.",
            snapshots: [])
    }
}
