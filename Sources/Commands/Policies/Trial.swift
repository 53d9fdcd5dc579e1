import Access
import Bytes
import Foundation
import KafkaClient
import Policies
import Recovery
import Repository
import Resources
import Schedules
import Seams
import SnapshotModel
import Storage
import Web

/// Tries what the agent would do with a cluster tonight. Nothing is left behind: the snapshot is taken of the real cluster, over the
/// real repository, into memory; an object as large as what it would write is put into the repository and removed again.
struct Trial {
    let cluster: ProtectedCluster
    let others: [Policies.Notification]
    let desk: Desk

    /// Adds to what the report says already.
    func run(_ report: TrialReport) async throws -> TrialReport {
        var report = report
        schedules(&report)
        let repository = try await store(&report)
        try await snapshot(into: repository, &report)
        try await notifications(&report)
        return report
    }

    private func schedules(_ report: inout TrialReport) {
        let now = desk.shell.time.now()
        let jobs: [(name: String, cadence: Cadence?)] = [
            ("backup", cluster.backup?.cadence), ("offsets", cluster.backup?.offsets?.cadence), ("retention", cluster.retention?.cadence),
            ("check", cluster.check?.cadence),
        ]
        for (name, cadence) in jobs {
            guard let schedule = cadence?.schedule else { continue }
            let next = schedule.next(after: now, for: "\(cluster.name)/\(name)")
            report.note("schedule", "\(name): \(schedule), next at \(next?.description ?? "no time")")
        }
        if cluster.backup?.cadence.schedule == nil {
            report.warn(
                "schedule", "the agent takes no snapshots of it",
                hint: "add backup with schedule or every, or run `tidemark backup` by other means.")
        }
    }

    /// The repository, as far as it can be read; nil where it cannot.
    private func store(_ report: inout TrialReport) async throws -> (any Storage)? {
        let storage: any Storage
        do {
            storage = try RepositoryLocation(cluster.repository).storage(desk.shell.world)
            let opened = try await Repository.open(storage, time: desk.shell.time, chance: desk.shell.chance)
            let held = try await opened.snapshots()
            report.note("repository", "\(storage.name): \(Units.count(held.count, "snapshot"))")
        } catch {
            report.fail("repository", try explain(error))
            return nil
        }
        do {
            // No lease, and not named as one: nobody waits for it.
            let path = StoragePath("leases/trial-\(desk.shell.chance.bytes(8).hex)") ?? "leases/trial"
            try await storage.put(Array("a trial of tidemark policy check\n".utf8), at: path, mode: .overwrite)
            try await storage.delete(path)
        } catch {
            report.fail("repository", try explain(error))
        }
        return storage
    }

    private func snapshot(into storage: (any Storage)?, _ report: inout TrialReport) async throws {
        let shell = desk.shell
        var warnings: [String] = []
        defer {
            for warning in warnings {
                report.warn("properties", warning, hint: "correct what is named; docs/cli.md has the keys that are known.")
            }
        }
        do {
            let repository: Repository
            if let storage {
                repository = try await Repository.open(
                    OverlayStorage(over: storage, time: shell.time), time: shell.time, chance: shell.chance)
            } else {
                repository = try await Repository.initialize(MemoryStorage(time: shell.time), time: shell.time, chance: shell.chance)
            }
            var options = Capture.Options(toolVersion: Release.version)
            options.selection = cluster.backup?.selection ?? .everything
            let captured = try await ClusterSettings(cluster).withSource(shell.world, warn: { warnings.append($0) }) { [options] source in
                try source.refuseSchemasWithoutRegistry(options.selection)
                return try await Capture(
                    source: source, repository: repository, kinds: source.kinds, options: options, time: shell.time,
                    progress: { desk.show($0) }
                ).run()
            }
            report.clusterID = captured.manifest.clusterID
            judge(captured, &report)
            if let storage { await room(in: storage, for: captured.bytesWritten, &report) }
        } catch {
            report.fail("cluster", try explain(error))
        }
    }

    /// Whether what the snapshot would write goes into the store beside what a lease and a manifest take: a disk that takes one small file may be
    /// full with the next.
    private func room(in storage: any Storage, for bytes: Int, _ report: inout TrialReport) async {
        do throws(StorageError) {
            let path = StoragePath("leases/trial-\(desk.shell.chance.bytes(8).hex)") ?? "leases/trial-room"
            do throws(StorageError) {
                try await storage.put([UInt8](repeating: 0x20, count: min(bytes, 64 << 20) + 64 << 10), at: path, mode: .overwrite)
            } catch {
                // What was written of it must not stay, and why it failed counts.
                try? await storage.delete(path)
                throw error
            }
            try await storage.delete(path)
        } catch {
            report.fail("repository", Explanation(of: error))
        }
    }

    private func judge(_ captured: CaptureReport, _ report: inout TrialReport) {
        for section in captured.sections {
            if section.state.isComplete {
                let lacking = section.state.blindSpots.map { "it may lack \($0.what): \($0.why)" }
                report.note(
                    section.kind.rawValue,
                    (["\(Units.count(section.desired, "resource")) can be read"] + lacking
                        + section.evidenceState.untold(section.kind)).joined(separator: "; "))
                continue
            }
            let code: ExitCode = section.state.outcome == .forbidden ? .denied : .partial
            report.fail(
                section.kind.rawValue,
                Explanation(
                    message: section.state.summary,
                    hint: "give the user the rights of docs/kafka-compatibility.md, or leave it out with backup.except.", exitCode: code))
        }
        let certificate = captured.manifest.certificate
        if certificate.grade == .suspect {
            report.fail(
                "snapshot",
                Explanation(
                    message: "it would be suspect: \(certificate.reasons.joined(separator: "; "))",
                    hint:
                        "see what became of it; `tidemark diff \(captured.shrinkage.first?.against.short ?? "latest") --live` compares, and "
                        + "`tidemark backup` with --accept-shrinkage accepts it where it is meant so.", exitCode: .suspect))
        } else if certificate.grade == .partial, captured.sections.allSatisfy(\.state.isComplete) {
            report.fail(
                "snapshot",
                Explanation(
                    message: "it would be partial: \(certificate.reasons.joined(separator: "; "))",
                    hint: "see docs/limits.md for what cannot be captured.", exitCode: .partial))
        }
    }

    private func notifications(_ report: inout TrialReport) async throws {
        for notification in others + cluster.notifications {
            let told: Place?
            do {
                told = try place(of: notification)
            } catch {
                report.fail("notification", Explanation(message: error.message, hint: error.hint, exitCode: .usage))
                continue
            }
            guard let told else { continue }
            do {
                try await NetworkWeb.reach(told.url.revealed, within: min(.seconds(5), notification.timeLimit))
            } catch {
                try Task.checkCancellation()
                report.warn(
                    "notification", "\(told.key): nobody could be told now at \(told.source): \(error.reason)",
                    hint: "check the URL, the network, and whether the receiver is up.")
            }
        }
    }

    private struct Place {
        var key: String
        var source: SecretSource
        var url: Secret
    }

    /// Where it is told over the network, and what can be found out of it without telling anybody; nil where a program tells it.
    private func place(of notification: Policies.Notification) throws(PolicyError) -> Place? {
        let environment = desk.shell.world.environment
        func resolve(_ key: String, _ source: SecretSource) throws(PolicyError) -> Place {
            let url = try source.resolve(key, environment)
            guard url.revealed.hasPrefix("https://") || url.revealed.hasPrefix("http://") else {
                throw PolicyError("\(key): what \(source) stands for is no URL", hint: "put a URL there that begins with https://.")
            }
            guard !url.revealed.hasLoginInURL else {
                throw PolicyError("\(key): \(Policies.Notification.loginInURL)", hint: Policies.Notification.loginHint)
            }
            return Place(key: key, source: source, url: url)
        }
        switch notification.channel {
        case .webhook(let url, let headers):
            for (name, value) in headers { _ = try value.resolve("notifications.headers.\(name)", environment) }
            return try resolve("notifications.webhook", url)
        case .slack(let url): return try resolve("notifications.slack", url)
        case .sendmail(let program, _, _): try isProgram("notifications.program", program)
        case .command(let words): if let program = words.first { try isProgram("notifications.command", program) }
        case nil: break
        }
        return nil
    }

    /// A path, or a name that is looked for in PATH.
    private func isProgram(_ key: String, _ path: String) throws(PolicyError) {
        let folders = (desk.shell.world.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        for place in path.contains("/") ? [path] : folders.map({ "\($0)/\(path)" }) {
            var isFolder: ObjCBool = false
            let isThere = FileManager.default.fileExists(atPath: place, isDirectory: &isFolder)
            if isThere, !isFolder.boolValue, FileManager.default.isExecutableFile(atPath: place) { return }
        }
        throw PolicyError("\(key): '\(path)' is no program that can be run", hint: "install it, or correct the path.")
    }

    private func explain(_ error: any Error) throws -> Explanation {
        if error is CancellationError || Task.isCancelled { throw error }
        return Explanation(of: error)
    }
}
