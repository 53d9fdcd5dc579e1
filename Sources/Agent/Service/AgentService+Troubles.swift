import Repository
import Seams

extension AgentService {
    /// What is to be told of a trouble; nil where it was told.
    func raise(
        _ trouble: Trouble, _ gap: Duration, _ notice: Notice, _ engagement: Engagement, _ failure: Failure? = nil
    ) async -> [Errand]? {
        let matter = await engagement.matter(notice.job, of: notice.cluster, gap: gap, failure)
        // Whoever is failing is not missed, too.
        if trouble == .missed, await tellings.isFailing(matter) { return nil }
        return await tellings.raise(trouble, of: matter) {
            await Errand.all(notice, to: engagement.receivers[notice.cluster] ?? [], matter.turns, by: setup.holder)
        }
    }

    /// Looks whether anybody did what is overdue; where nobody did, that is told.
    func review(_ review: Review, _ engagement: Engagement) async {
        let turns = try? await engagement.runner.repository(of: review.cluster).turns(of: review.cluster)
        if let turns, let now = try? await turns.now(), let record = try? await turns.record(review.job.rawValue), record.isComplete,
            case let ago = now.since(record.began), record.serves(review, ago: ago),
            await engagement.runner.kinship(of: record, review.job, review.cluster) == .same
        {
            return send(.event(.reviewed(review, ago: max(.zero, ago))))
        }
        setup.logger.error(
            "run missed",
            metadata: [
                "cluster": "\(review.cluster)", "job": "\(review.job)", "reason": "\(review.missedWords)", "hint": "\(Review.missedHint)",
            ])
        if engagement.tells(.missed, of: review.cluster) {
            let notice = self.notice(.missed, review.job, review.cluster, review.missedWords, Review.missedHint)
            if let errands = await raise(.missed, review.gap, notice, engagement) { send(.tell(errands)) }
        }
        send(.event(.reviewed(review, ago: nil)))
    }
}
