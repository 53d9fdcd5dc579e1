import ArgumentParser

/// The root of the command tree.
struct Tidemark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Release.name,
        abstract: "Backs up what an Apache Kafka cluster is, and puts it back.",
        discussion: """
            Topics, configs, consumer positions and schemas are kept as snapshots in a repository: compressed, checksummed, each a \
            whole. Records are not kept.

            A first backup:
              tidemark init --repo /backup/kafka
              tidemark backup --repo /backup/kafka --bootstrap-server broker:9092

            Without a cluster of your own:  tidemark demo
            """,
        version: "\(Release.name) \(Release.version)",
        groupedSubcommands: groups)

    private static let groups = [
        CommandGroup(name: "Backup", subcommands: [Init.self, Backup.self, Snapshots.self, Show.self, Diff.self, Check.self]),
        CommandGroup(name: "Retention", subcommands: [ForgetVerb.self, PruneVerb.self, PinVerb.self, UnpinVerb.self]),
        CommandGroup(name: "Restore", subcommands: [PlanRestore.self, Restore.self, Health.self]),
        CommandGroup(name: "Unattended", subcommands: [AgentVerb.self, PolicyVerbs.self]),
        CommandGroup(name: "Audit", subcommands: [CatalogVerbs.self]),
        CommandGroup(name: "Try", subcommands: [Demo.self, Simulator.self, Version.self]),
    ]

    /// What the commands are called.
    static var verbs: [String] { groups.flatMap(\.subcommands).map { $0._commandName } }
}
