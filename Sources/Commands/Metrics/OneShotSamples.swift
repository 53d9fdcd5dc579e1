import Agent
import Bytes
import Monitoring
import Recovery
import Seams

/// What a one-shot run of a job tells of itself.
struct OneShotSamples {
    /// The policy's name for the cluster, else the cluster's id; empty where neither is known.
    let cluster: String
    let job: Job

    /// - Parameter success: when the last run that ended well began; nil where none is known.
    func ending(_ code: ExitCode, success: Timestamp?) -> [Sample] {
        let labels = [ByteString(cluster), ByteString(job.rawValue)]
        var samples = [Sample(.lastExitCode, labels, Int(code.rawValue))]
        guard let success else { return samples }
        samples.append(Sample(.lastSuccess, labels, success.seconds))
        if job == .backup { samples.append(Sample(.recoveryPoint, [ByteString(cluster)], success.seconds)) }
        return samples
    }
}

extension CaptureReport {
    /// What a one-shot backup leaves.
    ///
    /// - Parameters:
    ///   - name: of the cluster in the policy.
    ///   - earlier: where the repository's snapshots went back to before.
    func oneShotSamples(_ name: String?, _ code: ExitCode, _ earlier: RecoveryPoints) -> [Sample] {
        let told = OneShotSamples(cluster: name ?? manifest.clusterID.escaped, job: .backup)
        let success = manifest.certificate.isWhole ? recoveryPoint : earlier.byCluster[manifest.clusterID]
        return told.ending(code, success: success) + samples(cluster: told.cluster, job: .backup)
            + (measurements?.samples(cluster: told.cluster) ?? [])
    }
}

extension RecoveryPoints {
    /// What a one-shot backup leaves that failed before it knew which cluster it met.
    func oneShotSamples(_ name: String?, _ code: ExitCode) -> [Sample] {
        OneShotSamples(cluster: name ?? onlyCluster?.escaped ?? "", job: .backup)
            .ending(code, success: onlyCluster.flatMap { byCluster[$0] })
    }
}
