import ArgumentParser

/// The catalog's own commands.
struct CatalogVerbs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog", abstract: "An SQLite index over repositories, for auditors.",
        discussion: "A cache: deleting its file loses nothing.", subcommands: [CatalogRebuild.self, CatalogQuery.self])
}
