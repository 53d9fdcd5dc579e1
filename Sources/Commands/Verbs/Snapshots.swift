import ArgumentParser
import Bytes
import Repository
import SnapshotModel
import Storage

struct Snapshots: Verb {
    static let configuration = CommandConfiguration(abstract: "Lists the snapshots of a repository.")

    @OptionGroup var repository: RepositoryOptions
    @Option(name: .customLong("tag"), help: ArgumentHelp("Only those that carry this tag.", valueName: "word"))
    var tag: String?
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var output: OutputOptions

    func perform(_ desk: Desk) async throws -> ExitCode {
        let protected = try policy.chosen()
        let store = try await repository.open(desk.shell, protected)
        var rows: [(id: SnapshotID, manifest: Manifest)] = []
        var damaged: [RepositoryError] = []
        for entry in try await store.snapshots() {
            switch entry.manifest {
            case .success(let manifest): if tag.map(manifest.tags.contains) ?? true { rows.append((entry.id, manifest)) }
            case .failure(let error): damaged.append(error)
            }
        }
        let confirmations = try await store.confirmations()
        let pins = try await store.heldPins()
        for error in damaged { desk.warn("\(error.message). \(error.hint)") }
        desk.answer(
            "snapshots",
            [
                "snapshots": .array(rows.map { .object($0.manifest.outline($0.id, confirmations, pins[$0.id])) }),
                "damaged": .array(damaged.map { .text($0.message) }),
            ]
        ) { style in
            guard !rows.isEmpty else { return "There are no snapshots\(tag.map { " tagged \(Printable.escape($0))" } ?? "").\n" }
            let isAnyPinned = rows.contains { pins[$0.id] != nil }
            var table = Table(
                [
                    .init("snapshot"), .init("taken"), .init("cluster"), .init("trust"), .init("topics", .right),
                    .init("positions", .right), .init("schema docs", .right), .init("tags"), .init("confirmed until"),
                ] + (isAnyPinned ? [.init("pinned")] : []))
            for (id, manifest) in rows {
                let counts = [KindName.topics, .consumerGroups, .schemas].map { kind in
                    manifest.section(kind, .desired).map { Table.Cell($0.root.documents) } ?? "-"
                }
                let grade = manifest.certificate.grade
                table.add(
                    [
                        .init(id.short), .init(Units.moment(manifest.started)),
                        .init(printable: Printable.escape(manifest.clusterID)), .init(grade.rawValue, grade.tone),
                    ] + counts + [
                        .init(manifest.tags.joined(separator: " ")),
                        confirmations.confirmedUntil(id).map { .init(Units.moment($0)) } ?? "-",
                        .init(pins[id].map { $0.reason ?? "yes" } ?? ""),
                    ])
            }
            return table.render(style)
        }
        return damaged.isEmpty ? .success : .repositoryDamaged
    }
}

extension Repository {
    /// The pins that hold now.
    func heldPins() async throws -> [SnapshotID: Pin] {
        let pins = try await pins()
        guard !pins.isEmpty else { return [:] }
        let now = try await storage.now()
        return pins.filter { $0.value.holds(at: now) }
    }
}

extension Manifest {
    /// What an operator accepted as gone.
    var acceptedShrinkageOutline: JSON { .array(acceptedShrinkage.map(\.json)) }

    /// What lists of snapshots say of one.
    func outline(_ id: SnapshotID, _ confirmations: Confirmations, _ pin: Pin?) -> [ByteString: JSON] {
        [
            "confirmed": confirmations.outline(id), "acceptedShrinkage": acceptedShrinkageOutline,
            "id": .text(id.description), "clusterId": .text(clusterID), "started": .text(started.description),
            "finished": .text(finished.description), "certificate": certificate.json, "gaps": .integer(gapCount),
            "tags": .array(tags.map { .text($0) }), "parent": lineage.parent.map { .text($0.description) } ?? .null,
            "selection": .text(selection), "pin": pin?.json ?? .null, "tool": .text("\(tool.name) \(tool.version)"),
            "sections": .array(
                sections.map {
                    .object([
                        "kind": .text($0.kind.rawValue), "part": .text($0.part.rawValue), "documents": .integer($0.root.documents),
                        "state": $0.state.json,
                    ])
                }),
        ]
    }
}

extension Confirmations {
    /// How long the snapshot was what the cluster held: null where nobody looked since.
    func outline(_ id: SnapshotID) -> JSON {
        guard let until = confirmedUntil(id), let records = bySnapshot[id] else { return .null }
        return .object([
            "until": .text(until.description), "count": .integer(records.reduce(0) { $0 + $1.count }),
            "longestPauseMilliseconds": .integer(records.map(\.longestPause).max()?.wholeMilliseconds ?? 0),
        ])
    }
}
