import Access
import Bytes
import NIOConcurrencyHelpers
import Policies
import Recovery
import Repository
import Resources
import Seams
import SnapshotModel

/// Runs the pipelines as a policy says. Connections are opened for a run and closed after it.
struct PolicyRunner: Runner {
    let clusters: [String: ProtectedCluster]
    let world: World
    let toolVersion: String
    let words: @Sendable (any Error) -> Failure
    let sizes = SizeWatch()
    /// Kafka's ids of the clusters, as they were seen last.
    let identities = NIOLockedValueBox<[String: String]>([:])

    /// What was read and seen of the repositories, by place.
    private let memories = NIOLockedValueBox<[RepositoryLocation: RepositoryMemory]>([:])

    func explain(_ error: any Error) -> Failure { words(error) }

    func repository(of cluster: String) async throws -> Repository {
        let location = RepositoryLocation(try find(cluster).repository)
        // A place may be unmounted and another repository mounted there: files are told by their names, which are hashes.
        let memory = memories.withLockedValue { memories in
            let memory = memories[location] ?? RepositoryMemory()
            memories[location] = memory
            return memory
        }
        return try await location.open(world, memory: memory)
    }

    private func find(_ name: String) throws -> ProtectedCluster {
        guard let cluster = clusters[name] else {
            throw PolicyError("the policy has no cluster named '\(name)'", hint: "look whether it was taken out of the policy.")
        }
        return cluster
    }

    func perform(_ job: Job, of name: String) async throws -> Ending {
        let cluster = try find(name)
        let repository = try await repository(of: name)
        switch job {
        case .backup: return try await backup(cluster, repository, selection: cluster.backup?.selection ?? .everything)
        case .offsets:
            return try await backup(cluster, repository, selection: Selection(only: [Selection.Rule(kind: .consumerGroups)], except: []))
        case .retention: return try await retention(cluster, repository)
        case .check: return try await check(cluster, repository)
        }
    }

    func idle(_ job: Job, of name: String) async throws -> Ending? {
        guard job == .retention else { return nil }
        return try await idleRetention(try find(name), try await repository(of: name))
    }

    private func backup(_ cluster: ProtectedCluster, _ repository: Repository, selection: Selection) async throws -> Ending {
        var options = Capture.Options(toolVersion: toolVersion)
        options.selection = selection
        options.tags = cluster.backup?.tags ?? []
        options.confirmsAs = cluster.backup?.confirmUnchanged ?? true ? .agent : nil
        let settings = try ClusterSettings(cluster)
        let report = try await settings.withSource(world) { [options, world] source in
            try source.refuseSchemasWithoutRegistry(options.selection)
            return try await Capture(
                source: source, repository: repository, kinds: source.kinds, options: options, time: world.time
            ).run()
        }
        let id = report.manifest.clusterID.escaped
        identities.withLockedValue { $0[cluster.name] = id }
        return Ending(
            summary: report.summary, shortfall: shortfall(of: report, cluster.name), report: report,
            size: await sizes.size(of: repository, of: cluster.name, world.time), clusterID: id,
            addresses: (try? settings.addresses(world)) ?? [])
    }

    private func shortfall(of report: CaptureReport, _ name: String) -> Failure? {
        let certificate = report.manifest.certificate
        let reasons = certificate.reasons.isEmpty ? "" : ": \(certificate.reasons.joined(separator: "; "))"
        switch certificate.grade {
        case .stable, .moved: return nil
        case .partial:
            return Failure(
                "snapshot \(report.snapshot.short) is partial\(reasons)",
                hint: report.partialHint ?? "see what could not be read.", exitCode: 10)
        case .suspect:
            return Failure(
                "snapshot \(report.snapshot.short) is suspect\(reasons)",
                hint: report.suspicionHint("tidemark backup --policy FILE --cluster \(name)") ?? "see what became of it.", exitCode: 11)
        }
    }

    private func check(_ cluster: ProtectedCluster, _ repository: Repository) async throws -> Ending {
        let report = try await repository.check(readData: cluster.check?.readData ?? false)
        let words = "\(report.whole.count.counted("snapshot")) whole, \(report.damaged.count) damaged"
        guard !report.isSound else { return Ending(summary: words, report: report) }
        let first = report.findings(.error).first
        return Ending(
            summary: words,
            shortfall: Failure(
                "the repository is damaged: \(words)\(first.map { "; first: \($0.message)" } ?? "")",
                hint: first?.hint ?? "run `tidemark check --read-data`.", exitCode: 15),
            report: report)
    }
}

extension CaptureReport {
    /// One line for the log.
    var summary: String {
        let cost = "\(calls.counted("call")), \(objectsWritten.counted("new object")), \(bytesWritten.counted("byte"))"
        if let confirmation {
            let grade = manifest.certificate.isWhole ? "what the cluster holds still" : "\(manifest.certificate.grade.rawValue) as before"
            return "snapshot \(snapshot.short) is \(grade), confirmed until \(confirmation.last): \(cost)"
        }
        return "snapshot \(snapshot.short) is \(manifest.certificate.grade.rawValue): \(cost)"
    }
}
