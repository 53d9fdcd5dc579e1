import Bytes
public import Monitoring

extension AgentStatus {
    /// What is told of the jobs of the policy's clusters.
    public var samples: [Sample] {
        [Sample(.ready, isReady)]
            + clusters.filter { !$0.isLeaving }.flatMap { cluster in
                Job.allCases.flatMap { job in cluster.jobs[job].map { cluster.samples(of: job, $0) } ?? [] } + cluster.recoveryPoint
            }
    }
}

extension AgentStatus.Cluster {
    fileprivate func samples(of job: Job, _ status: AgentStatus.JobStatus) -> [Sample] {
        let labels = [ByteString(name), ByteString(job.rawValue)]
        let own = running?.job == job ? running : nil
        var samples = [
            Sample(.failuresInARow, labels, status.failures), Sample(.missed, labels, status.isMissed),
            Sample(.running, labels, own != nil),
        ]
        if let own { samples.append(Sample(.runningDuration, labels, own.duration)) }
        if let success = status.lastSuccess { samples.append(Sample(.lastSuccess, labels, success.seconds)) }
        if let age = status.age { samples.append(Sample(.lastSuccessAge, labels, age)) }
        if let due = status.nextDue { samples.append(Sample(.nextDue, labels, due.seconds)) }
        // Zeros too, so that a rate sees the first one.
        samples += RunCount.allCases.map { Sample(.runs, labels + [ByteString($0.label)], status.counts[$0] ?? 0) }
        if !status.counts.isEmpty || status.failure != nil {
            samples.append(Sample(.lastExitCode, labels, Int(status.failure?.exitCode ?? 0)))
        }
        return samples
    }

    /// A run that ended well read everything after it began, whether it published a snapshot or confirmed one.
    fileprivate var recoveryPoint: [Sample] {
        guard let backup = jobs[.backup], let success = backup.lastSuccess, let age = backup.age else { return [] }
        return [Sample(.recoveryPoint, [ByteString(name)], success.seconds), Sample(.recoveryPointAge, [ByteString(name)], age)]
    }
}

extension RunCount {
    /// As metrics spell words.
    var label: String {
        switch self {
        case .byOther: "by_other"
        case .succeeded, .incomplete, .failed, .missed: rawValue
        }
    }
}
