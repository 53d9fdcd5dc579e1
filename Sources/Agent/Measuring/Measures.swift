import Bytes
public import Monitoring
import NIOConcurrencyHelpers
import Recovery
import Repository
import Resources

/// What runs told of themselves and of their clusters: the last of each, until the next.
///
/// Its size is bounded by the clusters of the policy and by ``MeasurementLimits``, not by what is in them.
public final class Measures: Sendable {
    fileprivate struct Record {
        var backups: [Job: [Sample]] = [:]
        var size: [Sample] = []
        var retention: [Sample] = []
        var check: [Sample] = []
        var cluster: [Sample] = []
        var rates: [Sample] = []
        /// When the cluster was measured, by uptime.
        var measured: Duration?
        /// What the next rates are measured from.
        var ends: LogEnds?
    }

    private let records = NIOLockedValueBox<[String: Record]>([:])

    public init() {}

    /// Takes what a run did.
    public func note(_ run: Run, _ ending: Ending) {
        records.withLockedValue { $0[run.cluster, default: Record()].note(run, ending) }
    }

    /// Another agent has run the job since: what this one's last run told is of the past, and the other tells what is.
    public func passOn(_ job: Job, of cluster: String) { records.withLockedValue { $0[cluster]?.passOn(job) } }

    /// Forgets a cluster: what it was is at another place.
    public func forget(_ cluster: String) { records.withLockedValue { $0[cluster] = nil } }

    /// What is told of the clusters and jobs of `status`. Others are forgotten.
    ///
    /// - Parameter uptime: now; ages are measured from there.
    public func samples(_ status: AgentStatus, at uptime: Duration) -> [Sample] {
        records.withLockedValue { records in
            let clusters = Dictionary(
                status.clusters.filter { !$0.isLeaving }.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            records = records.filter { clusters[$0.key] != nil }
            return records.flatMap { name, record in
                record.samples(name, clusters[name].map { Set($0.jobs.keys) } ?? [], at: uptime)
            }
        }
    }
}

extension Measures.Record {
    mutating func note(_ run: Run, _ ending: Ending) {
        if let found = ending.size { size = found.samples(cluster: run.cluster) }
        let reports = (ending.report as? [any Sendable]) ?? ending.report.map { [$0] } ?? []
        for report in reports {
            switch report {
            case let report as CaptureReport:
                backups[run.job] = report.samples(cluster: run.cluster, job: run.job)
                if let measurements = report.measurements { note(measurements, of: run.cluster) }
            case let report as CheckReport: check = report.samples(cluster: run.cluster)
            case let report as RetentionReport:
                replace(report.forget.samples(cluster: run.cluster))
                if let pruned = report.prune { replace(pruned.samples(cluster: run.cluster)) }
            case let report as ForgetReport: replace(report.samples(cluster: run.cluster))
            case let report as PruneReport: replace(report.samples(cluster: run.cluster))
            default: break
            }
        }
    }

    mutating func passOn(_ job: Job) {
        switch job {
        case .backup, .offsets:
            // A run of either measures the cluster. The next rate of this agent goes over all the time since its own last run.
            backups[job] = nil
            (cluster, rates, measured) = ([], [], nil)
        case .retention: retention = []
        case .check: check = []
        }
    }

    private mutating func replace(_ samples: [Sample]) {
        let told = Set(samples.map(\.metric))
        retention = retention.filter { !told.contains($0.metric) } + samples
    }

    private mutating func note(_ measurements: ClusterMeasurements, of cluster: String) {
        self.cluster = measurements.samples(cluster: cluster)
        measured = measurements.uptime
        // Without positions nothing was learned of logs: the next rate goes over all the time since.
        guard let now = measurements.ends else { return }
        rates = ends.map { now.samples(since: $0, cluster: cluster) } ?? []
        ends = now
    }

    func samples(_ cluster: String, _ jobs: Set<Job>, at uptime: Duration) -> [Sample] {
        var samples = backups.filter { jobs.contains($0.key) }.flatMap(\.value) + size
        if jobs.contains(.retention) { samples += retention }
        if jobs.contains(.check) { samples += check }
        guard let measured, jobs.contains(.backup) || jobs.contains(.offsets) else { return samples }
        return samples + self.cluster + rates + [Sample(.measurementAge, [ByteString(cluster)], uptime - measured)]
    }
}
