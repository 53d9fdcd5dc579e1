/// The receivers as the policy has them now, and who took the place of those that it had.
struct ReceiverBook: Sendable {
    /// By name.
    private var receivers: [String: Receiver] = [:]
    /// From the names of those that are gone to who stands where they stood.
    private var successors: [String: String] = [:]

    init(_ receivers: [Receiver]) { turn(to: receivers) }

    /// The policy was read: a receiver that is gone is followed by a new one of the same kind at its place, as where a URL was corrected.
    mutating func turn(to receivers: [Receiver]) {
        let before = self.receivers
        self.receivers = Dictionary(receivers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for (name, gone) in before where self.receivers[name] == nil {
            successors[name] =
                receivers.first { receiver in
                    receiver.place == gone.place && receiver.channel.kind == gone.channel.kind && before[receiver.name] == nil
                }?.name
        }
        for name in self.receivers.keys { successors[name] = nil }
    }

    /// Who is told what was to be told to `receiver`; nil where nobody is.
    func now(_ receiver: Receiver) -> Receiver? {
        var name = receiver.name
        while receivers[name] == nil {
            guard let next = successors[name] else { return nil }
            name = next
        }
        return receivers[name]
    }
}
