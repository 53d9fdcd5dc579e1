import Bytes
import KafkaProtocol
import Logging
import Seams

/// One call on its way through attempts, pauses and changes of address, until it is answered or not worth another attempt.
struct Journey: Sendable {
    private let client: KafkaClient
    private let destination: Destination
    let effect: Effect
    /// Both in uptime of the client's time source.
    private let start: Duration
    private let deadline: Duration
    /// Where the attempt under way goes.
    private(set) var address: BrokerAddress?
    private var backoff: Backoff
    private var attempts = 0
    /// Who could not be connected to, in the order of the attempts.
    private var unreachable: [KafkaError] = []
    private var tried: Set<BrokerAddress> = []
    /// The last error that a broker answered: it tells more than that the time was up during a further attempt.
    private var lastAnswer: KafkaError?

    init(_ client: KafkaClient, _ destination: Destination, _ effect: Effect, deadline: Duration) {
        self.client = client
        self.destination = destination
        self.effect = effect
        self.deadline = deadline
        start = client.time.uptime()
        backoff = Backoff(first: client.configuration.retryBackoff, limit: client.configuration.retryBackoffMax)
    }

    var remaining: Duration { deadline - client.time.uptime() }

    mutating func run<Value: Sendable>(
        _ attempt: (KafkaClient, Journey) async throws(FailedAttempt) -> Value
    ) async throws(KafkaError) -> Value {
        while true {
            attempts += 1
            let failed: FailedAttempt
            do throws(FailedAttempt) {
                let next = try await resolve()
                address = next
                try await waitForThrottle(next)
                return try await attempt(client, self)
            } catch {
                failed = error
            }
            try await recover(from: failed)
            client.tally.add { $0.retries += 1 }
        }
    }

    /// Pauses, or throws where no further attempt is worth it.
    private mutating func recover(from failed: FailedAttempt) async throws(KafkaError) {
        if failed.error.outcome == .answered { lastAnswer = failed.error }
        if let lastAnswer, failed.error.code == .timedOut, remaining <= .zero, effect == .reads || failed.error.outcome == .notSent {
            throw expired(lastAnswer)
        }
        switch failed.advice {
        case .giveUp: throw failed.error
        case .again where attempts < 8: return
        case .again, .afterPause: break
        case .afterRefresh:
            client.state.withLock { $0.view.doubt(destination) }
        case .reconnect:
            unreachable.append(failed.error)
            if let address {
                tried.insert(address)
                // It may have moved to another address.
                if destination != .anyBroker { client.state.withLock { $0.view.forget(address) } }
            }
            guard unreachable.count < client.configuration.connectAttempts || hasUntriedCandidate else {
                throw giveUpConnecting(failed.error)
            }
            // Somebody else may answer at once.
            if destination == .anyBroker, hasUntriedCandidate { return }
        }
        let pause = backoff.next(client.chance)
        guard pause < remaining else { throw expired(failed.error) }
        client.logger.debug("retrying a call", metadata: ["cause": "\(failed.error.message)", "attempt": "\(attempts)"])
        try await sleep(pause)
    }

    private var hasUntriedCandidate: Bool {
        guard destination == .anyBroker else { return false }
        return client.state.withLock { $0.candidates(client.configuration.bootstrap, shuffle: { $0 }) }.contains { !tried.contains($0) }
    }

    private func giveUpConnecting(_ last: KafkaError) -> KafkaError {
        let now = client.time.uptime()
        // Where it took long to learn that nobody is there, the next calls are spared it for a while.
        if let address, destination != .anyBroker, now - start >= client.configuration.connectTimeout {
            client.state.withLock { $0.giveUp(address, until: now + .seconds(10), last) }
        }
        var reasons: [String: String] = [:]
        for error in unreachable { reasons[error.broker ?? ""] = error.cause }
        guard destination == .anyBroker, reasons.count > 1 else { return last }
        var error = last
        error.broker = nil
        let list = reasons.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "; ")
        error.cause = "none of \(reasons.count) brokers can be reached (\(list))"
        return error
    }

    private func expired(_ last: KafkaError) -> KafkaError {
        var error = last
        error.cause += " (given up after \(attempts) attempts within \(client.configuration.apiTimeout.words))"
        return error
    }

    private func sleep(_ pause: Duration) async throws(KafkaError) {
        do {
            try await client.time.sleep(for: pause)
        } catch {
            throw .cancelled(broker: nil, api: nil, sent: false)
        }
    }

    private func waitForThrottle(_ address: BrokerAddress) async throws(FailedAttempt) {
        let now = client.time.uptime()
        guard let until = client.state.withLock({ $0.throttledUntil(address, now: now) }) else { return }
        do throws(KafkaError) {
            guard until < deadline else {
                throw KafkaError(
                    .timedOut, broker: client.state.withLock { $0.view.name(of: address) }, outcome: .notSent,
                    cause: "the broker's quota keeps us waiting for \((until - now).words), beyond the limit of this call",
                    hint: "Raise the quota of this user or client id, or default.api.timeout.ms.")
            }
            try await sleep(until - now)
        } catch {
            throw FailedAttempt(error, .giveUp)
        }
    }

    // MARK: Where to

    private mutating func resolve() async throws(FailedAttempt) -> BrokerAddress {
        if Task.isCancelled { throw FailedAttempt(.cancelled(broker: nil, api: nil, sent: false), .giveUp) }
        if client.state.withLock({ $0.isClosed }) { throw FailedAttempt(.closed, .giveUp) }
        switch destination {
        case .anyBroker: return anyAddress()
        case .broker(let id): return try await address(of: id)
        case .controller:
            if let id = client.state.withLock({ $0.view.controller }) { return try await address(of: id) }
            try await refresh()
            guard let id = client.state.withLock({ $0.view.controller }) else {
                throw waiting("the cluster has no controller at the moment", "Check that a quorum of the controllers is up.")
            }
            return try await address(of: id)
        case .leader(let partition):
            if let id = client.state.withLock({ $0.view.leaders[partition] }) { return try await address(of: id) }
            try await refresh(topic: partition.topic)
            guard let id = client.state.withLock({ $0.view.leaders[partition] }) else {
                throw waiting("partition \(partition) has no leader, or does not exist", "Check the topic and its replicas.")
            }
            return try await address(of: id)
        case .groupCoordinator(let group):
            if let id = client.state.withLock({ $0.view.coordinators[group] }) { return try await address(of: id) }
            return try await address(of: try await findCoordinator(group))
        }
    }

    private func anyAddress() -> BrokerAddress {
        let chance = client.chance
        let all = client.state.withLock { state in
            state.candidates(client.configuration.bootstrap) { addresses in
                let sorted = addresses.sorted { $0.description < $1.description }
                guard sorted.count > 1 else { return sorted }
                let turn = chance.number(in: 0...sorted.count - 1)
                return Array(sorted[turn...] + sorted[..<turn])
            }
        }
        let fresh = all.first { !tried.contains($0) }
        // The configuration has one bootstrap server at least, so there is always a candidate.
        return fresh ?? all[attempts % all.count]
    }

    private func address(of broker: Int32) async throws(FailedAttempt) -> BrokerAddress {
        if client.state.withLock({ $0.view.nodes[broker] == nil }) { try await refresh() }
        let now = client.time.uptime()
        let (node, known, failure) = client.state.withLock { state in
            let node = state.view.nodes[broker]
            return (node, state.view.brokerIDs, node.flatMap { state.recentFailure($0.address, now: now) })
        }
        if let failure, attempts == 1 { throw FailedAttempt(failure, .giveUp) }
        guard let node else {
            throw FailedAttempt(
                KafkaError(
                    .cannotConnect, broker: "broker \(broker)", outcome: .notSent,
                    cause: "the broker is not in the cluster at the moment (there are \(known.map(String.init).joined(separator: ", ")))",
                    hint: "Check whether it is up and has joined the cluster."), .reconnect)
        }
        return node.address
    }

    private func refresh(topic: ByteString? = nil) async throws(FailedAttempt) {
        do throws(KafkaError) {
            try await client.refreshView(topics: topic.map { [$0] } ?? [])
        } catch {
            throw FailedAttempt(error, .giveUp)
        }
    }

    private func findCoordinator(_ group: ByteString) async throws(FailedAttempt) -> Int32 {
        do throws(KafkaError) {
            return try await client.locateCoordinator(group, effect: effect)
        } catch {
            throw FailedAttempt(error, .giveUp)
        }
    }

    private func waiting(_ cause: String, _ hint: String) -> FailedAttempt {
        FailedAttempt(KafkaError(.brokerError(.leaderNotAvailable), outcome: .notSent, cause: cause, hint: hint), .afterRefresh)
    }
}
