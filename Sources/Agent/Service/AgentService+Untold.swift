import Repository
import SnapshotModel
import Storage

extension AgentService {
    /// Takes on what others were about to tell and do not any more: they were killed, or lost the store.
    func takeOn(_ turns: Turns, _ receivers: [Receiver]) async -> [Errand] {
        var errands: [Errand] = []
        do throws(StorageError) {
            let untold = try await turns.untold()
            guard !untold.isEmpty else { return [] }
            let now = try await turns.now()
            for left in untold where left.isOver(at: now) && !outbox.holds(left) {
                guard let notice = Notice(json: left.notice), let receiver = Self.receiver(of: left, receivers) else {
                    // Another agent may have whom it is for.
                    guard left.isAbandoned(at: now) else { continue }
                    setup.logger.error(
                        "notice given up",
                        metadata: [
                            "receiver": "\(left.receiver)", "title": "\(Notice(json: left.notice)?.title ?? "")",
                            "reason": "for a day no agent had such a receiver in its policy",
                        ])
                    try await turns.told(left)
                    continue
                }
                guard let own = try await turns.takeOn(left, by: setup.holder) else { continue }
                setup.logger.warning(
                    "telling what was left untold",
                    metadata: [
                        "receiver": "\(receiver.place)", "title": "\(notice.title)", "by": "\(left.holder)", "at": "\(notice.moment)",
                    ])
                errands.append(Errand(notice: notice, receiver: receiver, note: .init(turns: turns, untold: own)))
            }
        } catch {
            // The next run looks again.
            setup.logger.warning("not known what was left untold", metadata: ["reason": "\(error.message)", "hint": "\(error.hint)"])
        }
        return errands.sorted { $0.notice.moment < $1.notice.moment }
    }

    /// Earlier versions noted where in the policy it stands.
    private static func receiver(of untold: Untold, _ receivers: [Receiver]) -> Receiver? {
        receivers.first { $0.name == untold.receiver } ?? receivers.first { $0.place == untold.receiver }
    }

    /// Looks at the beginning what others left untold, and waits for what they may be telling now: an agent that was killed and started again
    /// at once need not wait for its next run.
    func takeOnFirst(_ turns: Turns, _ receivers: [Receiver]) async {
        while !Task.isCancelled {
            let errands = await takeOn(turns, receivers)
            if !errands.isEmpty { send(.tell(errands, again: true)) }
            guard let others = try? await turns.untold().filter({ !outbox.holds($0) && Self.receiver(of: $0, receivers) != nil }),
                let now = try? await turns.now(),
                let next = others.map(\.until).min()
            else { return }
            guard (try? await setup.time.sleep(for: min(max(next.since(now), .seconds(1)), Untold.length))) != nil else { return }
        }
    }
}
