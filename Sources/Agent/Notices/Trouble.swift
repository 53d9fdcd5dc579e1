import Repository
import Seams

/// What is told once, and then its end.
struct Trouble: Sendable, Hashable {
    let event: Notice.Event
    /// Of a failure its exit code: one that fails otherwise than before is in another trouble. Nil of anything else.
    let code: Int32?

    static let missed = Trouble(event: .missed, code: nil)
    static func failure(_ failure: Failure) -> Trouble { Trouble(event: .failure, code: failure.exitCode) }

    /// How marks name it.
    var word: String { code.map { "\(event.rawValue)-\($0)" } ?? event.rawValue }
}

/// What troubles are troubles of: a job of a cluster.
struct Matter: Sendable {
    let job: Job
    /// The policy's name for it.
    let cluster: String
    /// From one run to the next.
    let gap: Duration
    /// Nil where the repository cannot be opened.
    let turns: Turns?
    /// Kafka's id of the cluster. Nil where it is not known, and of what is no cluster's: then any other's troubles count as its own.
    let owner: String?
}

extension TroubleMark {
    private static let failure = Notice.Event.failure.rawValue

    var isFailure: Bool { trouble == Self.failure || trouble.hasPrefix(Self.failure + "-") }

    /// Whether an agent of this version, or of an earlier one, put it; others put what they understand.
    var isKnown: Bool { isFailure || trouble == Trouble.missed.word }

    /// Earlier versions told of a failure without saying which: it stands for any.
    func tells(_ trouble: Trouble) -> Bool {
        self.trouble == trouble.word || trouble.event == .failure && self.trouble == Self.failure
    }

    func isOf(_ owner: String?) -> Bool { clusterID == nil || owner == nil || clusterID == owner }

    /// Whether nobody has met the trouble for so long that it is none any more: the job has left the policies, or its agents are gone.
    func isStale(_ gap: Duration, at moment: Timestamp) -> Bool { age(at: moment) > max(.seconds(7 * 86_400), gap * 3) }

    /// Whether it should say that the trouble goes on: often enough that no mark becomes stale of what is tried again and again.
    func isDue(at moment: Timestamp) -> Bool { age(at: moment) > .seconds(3_600) }

    /// A mark of the future is from before the store's clock was set back, by so much at least.
    private func age(at moment: Timestamp) -> Duration {
        let age = moment.since(record.began)
        return max(age, .zero - age)
    }
}
