import Repository
import Seams

extension JobRecord {
    /// What the run could not do, as far as its record tells; nil where it did everything.
    func shortfall(of job: Job, in cluster: String) -> Failure? {
        guard !isComplete else { return nil }
        // Records of earlier versions have no code: a backup that is not whole is partial at least, and the others find damage.
        let code = code ?? (job == .backup || job == .offsets ? 10 : 15)
        return Failure(
            "the last \(job) of \(cluster), which \(holder) began at \(began), did not do everything",
            hint: "the log of that agent has what was lacking; exit code \(code), see docs/cli.md.", exitCode: code)
    }

    /// Whether this run, which began `ago` by the store's clock, is the one for `occurrence`, or for a later one.
    ///
    /// What a run was for stands in its record, so that a record serves what it was for and nothing later, however near it comes. How long ago
    /// it was counts as well: the record of an agent whose clock was wrong must not serve for ever.
    ///
    /// - Parameters:
    ///   - late: how long ago the occurrence was due.
    ///   - tolerance: how much the clocks of two agents may differ.
    private func serves(_ occurrence: Timestamp?, late: Duration, ago: Duration, _ tolerance: Duration) -> Bool {
        // A record of the future is from before the store's clock was set back.
        guard ago >= .zero - tolerance, ago <= late + tolerance else { return false }
        guard let occurrence, let own = self.occurrence else { return ago <= late }
        return own >= occurrence
    }

    /// Whether it serves what the run is for.
    func serves(_ run: Run, ago: Duration) -> Bool {
        serves(run.occurrence, late: max(.zero, run.late), ago: ago, Run.tolerance(run.gap))
    }

    /// Whether it serves what was overdue.
    func serves(_ review: Review, ago: Duration) -> Bool {
        let tolerance = Run.tolerance(review.gap)
        return serves(review.occurrence, late: review.served - tolerance, ago: ago, tolerance)
    }
}
