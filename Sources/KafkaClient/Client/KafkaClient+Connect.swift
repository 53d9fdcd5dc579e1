import NIOCore
import Seams

extension KafkaClient {
    /// The connection to an address, opened where there is none that takes calls, with a session that goes on for a while. Throws
    /// where the client is closed, or there is no token or key to authenticate with. Waits for half of `limit` at most, so that time is
    /// left for the call. `setup` bounds the making of a connection that is opened here.
    func connection(
        to address: BrokerAddress, within limit: Duration, setup: Duration
    ) async throws(KafkaError) -> BrokerConnection {
        let standing = try openConnection(to: address)
        if let standing, !standing.wantsGrant(at: time.uptime()) { return standing }
        let grant: LoginGrant?
        do throws(KafkaError) {
            grant = try await self.grant(for: address, within: limit / 2)
        } catch {
            // As long as the session goes on, calls go on; a later one tries again.
            if let standing, error.code != .cancelled, standing.isOpenForCalls, standing.postponeRenewal(at: time.uptime()) {
                return standing
            }
            throw error
        }
        // Chance is somebody else's code, so it is drawn outside of the lock.
        let share = chance.number(in: 850...950)
        if let connection = try openConnection(to: address) {
            if let grant, connection.wantsGrant(at: time.uptime()) { connection.renew(grant) }
            return connection
        }
        let connection = state.withLockedValue { state -> BrokerConnection? in
            if state.isClosed { return nil }
            // Another call may have opened one meanwhile.
            if let connection = state.openConnection(to: address) { return connection }
            let connection = BrokerConnection.open(
                to: address, configuration: configuration, setup: setup, tls: tls, grant: grant, sessionShare: share,
                meter: ConnectionMeter(tally),
                time: time, on: eventLoopGroup.next())
            state.connections[address] = connection
            return connection
        }
        guard let connection else { throw .closed }
        return connection
    }

    /// A broker refused what was made of this. Whether another attempt may bring something else.
    func renounce(_ origin: LoginGrant.Origin) -> Bool { authenticator.refused(origin) }

    private func openConnection(to address: BrokerAddress) throws(KafkaError) -> BrokerConnection? {
        let (isClosed, connection) = state.withLockedValue { ($0.isClosed, $0.openConnection(to: address)) }
        if isClosed { throw .closed }
        return connection
    }

    /// A grant, or an error as soon as the time is up or the task cancelled: an endpoint that hangs does not hold a call.
    private func grant(for address: BrokerAddress, within limit: Duration) async throws(KafkaError) -> LoginGrant? {
        guard authenticator.asksOthers else { return try await authenticator.grant(for: address) }
        let (authenticator, time) = (authenticator, time)
        let result = await withTaskGroup(of: Result<LoginGrant?, KafkaError>?.self) { group in
            group.addTask {
                do throws(KafkaError) {
                    return .success(try await authenticator.grant(for: address))
                } catch {
                    return .failure(error)
                }
            }
            // Nil: the time is up, or the task was cancelled.
            group.addTask {
                try? await time.sleep(for: limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            // What was kept and is still good comes now; else why there is nothing yet. Who only waited for another's asking knows who is asked.
            var cause = authenticator.whoIsAsked.map { "\($0) has not answered" }
            for await result in group {
                switch result {
                case .success(let grant)?: return .success(grant)
                case .failure(let error)? where error.code != .cancelled: cause = error.cause
                case .failure?, nil: break
                }
            }
            return .failure(.noGrant(within: limit, cause))
        }
        if Task.isCancelled, case .failure = result { throw .cancelled(broker: nil, api: nil, sent: false) }
        return try result.get()
    }
}

extension KafkaError {
    fileprivate static func noGrant(within limit: Duration, _ cause: String?) -> KafkaError {
        KafkaError(
            .timedOut, outcome: .notSent,
            cause: "no token or keys to authenticate with within \(limit.words)" + (cause.map { ": \($0)" } ?? ""),
            hint: "Check the token endpoint or the source of AWS keys, or raise default.api.timeout.ms.")
    }
}
