/// What reaches a running agent, in order.
enum Incoming: Sendable {
    case event(AgentMachine.Event)
    /// Read the policy again.
    case reload
    /// Tell these; `again`: another agent, or this one before it was started anew, may have told them already.
    case tell([Errand], again: Bool = false)
    /// A trouble was raised; nil where another has told of it.
    case raised([Errand]?)
}

/// Ends one run, when told to.
struct CancelSwitch: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func pull() { continuation.finish() }

    /// Runs `body`, cancelled as soon as the switch is pulled: what it then failed with is of no interest.
    func guarding(_ body: @escaping @Sendable () async -> Outcome) async -> Outcome {
        await withTaskGroup(of: Outcome?.self) { group in
            group.addTask { await body() }
            group.addTask { [stream] in
                for await _ in stream {}
                return nil
            }
            var wasPulled = false
            while let ended = await group.next() {
                guard let outcome = ended else {
                    wasPulled = true
                    group.cancelAll()
                    continue
                }
                group.cancelAll()
                if wasPulled, case .failed = outcome { return .cancelled }
                return outcome
            }
            return .cancelled
        }
    }
}
