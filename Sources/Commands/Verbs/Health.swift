import ArgumentParser
import Bytes
import Foundation
import NIOConcurrencyHelpers
import Policies
import Recovery
import Seams

struct Health: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Reports how a cluster is, or answers a probe.",
        discussion: """
            The full report without a flag. As a probe: exit code 0 says yes; 14 (not healthy), 17 (no contact) and 18 (credentials \
            or rights refused) say no, as any other code than 0 does to Kubernetes. A check that does not end within --timeout is a no.
            """)

    @OptionGroup var connection: ConnectionOptions
    @Flag(exclusivity: .exclusive, help: "Which probe to answer.")
    var probe: Probe?
    @Option(
        help: ArgumentHelp("With --startup: a file that the broker's image writes once it is up; no contact is made.", valueName: "file"),
        completion: .file())
    var markerFile: String?
    @Option(help: ArgumentHelp("The time limit; 30 for the report, 10 for a probe.", valueName: "seconds"))
    var timeout: Int?
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var output: OutputOptions

    enum Probe: String, EnumerableFlag {
        /// Every broker answers.
        case liveness
        /// Metadata is readable; every partition is led and in sync.
        case readiness
        /// A first contact succeeds, or the marker file is there.
        case startup

        static func help(for value: Probe) -> ArgumentHelp? {
            switch value {
            case .liveness: "Every broker answers."
            case .readiness: "Metadata is readable, every partition led and in sync."
            case .startup: "One broker answers, or --marker-file is there."
            }
        }

        var check: HealthCheck.Probe {
            switch self {
            case .liveness: .liveness
            case .readiness: .readiness
            case .startup: .startup
            }
        }
    }

    func validate() throws {
        if markerFile != nil && probe != .startup { throw ValidationError("--marker-file needs --startup.") }
        if let timeout, timeout < 1 { throw ValidationError("--timeout must be 1 second or more.") }
    }

    func perform(_ desk: Desk) async throws -> ExitCode {
        desk.ifStopped("nothing was found out; checking changes nothing")
        let protected = try policy.chosen()
        let report: HealthReport
        if let markerFile {
            report = Self.marker(markerFile)
        } else {
            report = try await checked(desk, protected, within: .seconds(timeout ?? (probe == nil ? 30 : 10)))
        }
        desk.answer(report.json) { HealthText(report).render($0) }
        if report.isHealthy { return .success }
        if report.hasFailed(for: .refused) { return .denied }
        return report.hasFailed(for: .noContact) ? .cannotConnect : .validationFailed
    }

    private func checked(_ desk: Desk, _ protected: ProtectedCluster?, within limit: Duration) async throws -> HealthReport {
        let servers = NIOLockedValueBox<[String]>([])
        let found = NIOLockedValueBox<[Finding]>([])
        let report = try await within(limit, time: desk.shell.time) {
            // A call that nobody answers ends before the check has to, so that its error can say who did not answer.
            try await connection.withSource(desk, protected, callLimit: limit * 9 / 10) { source in
                servers.withLockedValue { $0 = source.client.configuration.bootstrap.map(\.description) }
                return try await HealthCheck(source) { finding in found.withLockedValue { $0.append(finding) } }.run(probe?.check ?? .full)
            }
        }
        return report ?? Self.unfinished(found.withLockedValue { $0 }, limit, servers.withLockedValue { $0 })
    }

    /// What was found until the time was up. Nothing at all means that nobody has answered.
    static func unfinished(_ found: [Finding], _ limit: Duration, _ servers: [String]) -> HealthReport {
        guard !found.isEmpty else {
            let names = servers.isEmpty ? "" : ": \(servers.joined(separator: ", "))"
            return HealthReport(findings: [
                Finding(
                    check: "contact", severity: .failure, detail: "nobody answered within \(Units.duration(limit))\(names)",
                    cause: .noContact)
            ])
        }
        return HealthReport(
            findings: found + [Finding(check: "time", severity: .failure, detail: "not finished within \(Units.duration(limit))")])
    }

    private static func marker(_ path: String) -> HealthReport {
        let exists = FileManager.default.fileExists(atPath: path)
        return HealthReport(findings: [
            Finding(check: "marker", severity: exists ? .ok : .failure, detail: "\(path) \(exists ? "is there" : "is not there")")
        ])
    }

    /// Nil where the time ran out first; what was under way is cancelled.
    private func within<Value: Sendable>(
        _ limit: Duration, time: any TimeSource, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await time.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}

/// A health report for people.
struct HealthText {
    let report: HealthReport

    init(_ report: HealthReport) { self.report = report }

    func render(_ style: Style) -> String {
        var table = Table("check", "state", "detail")
        for finding in report.findings {
            // An error's hint comes on a line of its own.
            let lines = finding.detail.split(separator: "\n")
            table.add(.init(finding.check), .init(finding.severity.rawValue, finding.severity.tone), .init(lines.first ?? ""))
            for line in lines.dropFirst() { table.add("", "", .init(line, .faint)) }
            for subject in finding.subjects { table.add("", "", .init("  \(subject)", .faint)) }
        }
        let verdict = report.isHealthy ? style("Healthy.", .good) : style("Not healthy.", .bad)
        return table.render(style) + "\n\(verdict)\n"
    }
}

extension Finding.Severity {
    var tone: Style.Tone {
        switch self {
        case .ok: .good
        case .warning: .warning
        case .failure: .bad
        }
    }
}
