import ArgumentParser
import Catalog
import Recovery
import Repository
import SnapshotModel

struct CatalogRebuild: Verb {
    static let configuration = CommandConfiguration(
        commandName: "rebuild", abstract: "Indexes a repository anew.",
        discussion: "What the catalog knows of other repositories stays. A damaged snapshot is named and left out (exit code 15).")

    @OptionGroup var repository: RepositoryOptions
    @OptionGroup var catalog: CatalogOptions
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var output: OutputOptions

    func perform(_ desk: Desk) async throws -> ExitCode {
        desk.ifStopped("the catalog is not complete; give the command again")
        let protected = try policy.chosen()
        let began = desk.shell.time.uptime()
        let store = try await repository.open(desk.shell, protected)
        let path = try catalog.preparedPath(desk.shell)
        let index = try Catalog.open(path)
        let place = Catalog.Place(repository: store.format.idText, location: store.storage.name)
        let entries = try await store.snapshots()
        let intact = entries.compactMap { entry in entry.intact.map { (id: entry.id, manifest: $0) } }
        try await index.keepOnly([], of: place.repository)
        var history = SectionHistory()
        // Parents first.
        for (number, snapshot) in intact.reversed().enumerated() {
            desk.progress.show("indexing", "\(number + 1) of \(Units.count(intact.count, "snapshot"))")
            let gaps = try await store.gaps(of: snapshot.manifest)
            try await index.ingest(
                snapshot.manifest, id: snapshot.id, at: place, gaps: gaps, selection: snapshot.manifest.selection
            ) { [history] section in history.changes(to: section, of: snapshot.manifest, in: store) }
            history.note(snapshot.manifest)
        }
        let damaged = entries.compactMap(\.problem)
        for problem in damaged { desk.warn("left out: \(problem.message)") }
        let duration = desk.shell.time.uptime() - began
        desk.answer(
            "catalog",
            [
                "catalog": .text(path), "repository": .text(place.repository), "snapshots": .integer(intact.count),
                "damaged": .integer(damaged.count), "milliseconds": .integer(duration.wholeMilliseconds),
            ]
        ) { _ in
            "\(Units.count(intact.count, "snapshot")) indexed in \(Printable.escape(path)), \(Units.duration(duration)).\n"
                + "Ask it: tidemark catalog query 'SELECT * FROM snapshot_list'\n"
        }
        return damaged.isEmpty ? .success : .repositoryDamaged
    }
}
