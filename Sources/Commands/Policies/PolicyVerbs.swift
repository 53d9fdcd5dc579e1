import ArgumentParser
import Monitoring
import Policies
import SnapshotModel

/// What is about a policy file itself.
struct PolicyVerbs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Checks, shows and describes policies.",
        subcommands: [PolicyCheck.self, PolicyShow.self, PolicySchemaVerb.self, PolicyReference.self, MetricsReference.self])
}

struct PolicyCheck: Verb {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Tells what would fail tonight.",
        discussion: """
            Reads the policy, then reaches every cluster, registry and repository: a whole snapshot is tried with the policy's login, and \
            nothing of it is kept. Nobody is notified; of webhooks it is tried whether somebody listens there. The exit code is that of the \
            first failure.
            """)

    @Argument(help: ArgumentHelp("The policy.", valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
    var file: String
    @Option(help: ArgumentHelp("Only this cluster.", valueName: "name"))
    var cluster: String?
    @Flag(help: "Read the policy, and contact nobody.")
    var offline = false
    @OptionGroup var output: OutputOptions

    func perform(_ desk: Desk) async throws -> ExitCode {
        desk.ifStopped("the check was not finished; nothing was changed")
        let policy = try PolicyFile.read(file)
        let clusters = try cluster.map { name throws(PolicyError) in [try policy.cluster(name)] } ?? policy.clusters
        var reports = clusters.map { TrialReport($0) }
        if !offline {
            for (index, cluster) in clusters.enumerated() {
                desk.progress.show("trying", cluster.name)
                reports[index] = try await Trial(cluster: cluster, others: policy.notifications, desk: desk).run(reports[index])
            }
        }
        let ids = Dictionary(
            reports.compactMap { report in report.clusterID.map { (report.cluster, $0) } }, uniquingKeysWith: { first, _ in first })
        SharedRepositories(clusters: policy.clusters).judge(&reports, ids)
        let code = reports.map(\.exitCode).first { $0 != .success } ?? .success
        let isSilent = offline && reports.allSatisfy(\.items.isEmpty)
        desk.answer(
            "policy-check",
            [
                "policy": .text(file), "ready": .bool(code == .success), "offline": .bool(offline),
                "clusters": .array(isSilent ? clusters.map { .object(["cluster": .text($0.name)]) } : reports.map(\.json)),
            ]
        ) { style in
            let names = clusters.map { Printable.escape($0.name) }.joined(separator: ", ")
            if isSilent { return "The policy can be read: \(names). Nobody was contacted.\n" }
            if offline { return reports.map { $0.render(style) }.joined() + "The policy can be read. Nobody was contacted.\n" }
            let verdict = code == .success ? style("Nothing would fail tonight.", .good) : style("Something would fail tonight.", .bad)
            return reports.map { $0.render(style) }.joined() + verdict + "\n"
        }
        return code
    }
}

struct PolicyShow: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows what a policy comes down to, defaults included.",
        discussion: "Secrets are shown as the references that they are written as, and never otherwise.")

    @Argument(help: ArgumentHelp("The policy.", valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
    var file: String
    @Option(help: ArgumentHelp("Only this cluster.", valueName: "name"))
    var cluster: String?
    @OptionGroup var output: OutputOptions

    func perform(_ desk: Desk) async throws -> ExitCode {
        var policy = try PolicyFile.read(file)
        if let cluster { policy.clusters = [try policy.cluster(cluster)] }
        let effective = policy.effective
        desk.answer("policy", effective.object ?? [:]) { _ in EffectiveText.lines(effective).joined(separator: "\n") + "\n" }
        return .success
    }
}

struct PolicySchemaVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Prints the JSON Schema of policies, for editors.",
        discussion: "Draft 2020-12. An editor that knows YAML takes it by a first line `# yaml-language-server: $schema=FILE`.")

    @OptionGroup var output: OutputOptions

    func perform(_ desk: Desk) async throws -> ExitCode {
        desk.shell.output.write(PolicySchema.text)
        return .success
    }
}

/// For docs/policy.md.
struct PolicyReference: Verb {
    static let configuration = CommandConfiguration(
        commandName: "reference", abstract: "Prints every key of policies in Markdown.", shouldDisplay: false)

    @OptionGroup var output: OutputOptions

    func perform(_ desk: Desk) async throws -> ExitCode {
        desk.shell.output.write(PolicySchema.reference)
        return .success
    }
}

/// `tidemark policy metrics`: what docs/metrics.md ends with.
struct MetricsReference: Verb {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "Prints every metric in Markdown.", shouldDisplay: false)

    @OptionGroup var output: OutputOptions

    func perform(_ desk: Desk) async throws -> ExitCode {
        desk.shell.output.write(Metric.reference)
        return .success
    }
}
