import Bytes
public import KafkaProtocol
import Logging
import Seams

extension KafkaClient {
    /// Sends a request and returns its answer, at the highest version that both sides speak.
    ///
    /// Retried with back-off and jitter until ``ClientConfiguration/apiTimeout`` where that can help: reads always, writes only
    /// when the request surely was not executed. `effect` is what the call is known for unless given. `failure` picks the
    /// error that stands for the whole answer, which is then retried or thrown; errors of single items are the caller's.
    public func send<Request: KafkaRequest>(
        _ request: Request, to destination: Destination, effect: Effect? = nil,
        failure: @escaping @Sendable (Request.Response) -> ErrorCode = { _ in .none }
    ) async throws(KafkaError) -> Request.Response {
        try await send(Request.self, to: destination, effect: effect, failure: failure) { _ in request }
    }

    /// The same where the request depends on the version that is spoken: `build` makes it; `atMost` bounds the version. `mayHaveDone`:
    /// whether an answer that is an error as a whole tells that the request was executed all the same, or may have been.
    public func send<Request: KafkaRequest>(
        _: Request.Type, to destination: Destination, atMost: Int16 = .max, effect: Effect? = nil,
        failure: @escaping @Sendable (Request.Response) -> ErrorCode = { _ in .none },
        mayHaveDone: @escaping @Sendable (Request.Response) -> Bool = { _ in false }, build: @escaping @Sendable (Int16) -> Request
    ) async throws(KafkaError) -> Request.Response {
        let call = OutboundCall(Request.self, atMost: atMost, clientID: configuration.clientID, build: build)
        var journey = Journey(self, destination, effect ?? .of(Request.api), deadline: time.uptime() + configuration.apiTimeout)
        return try await journey.run { (client, journey) async throws(FailedAttempt) in
            try await client.attempt(Request.self, call, journey, failure, mayHaveDone)
        }
    }

    /// The version of a call that would be spoken with a broker, or nil where it lacks the call: *unsupported*.
    public func version<Request: KafkaRequest>(of _: Request.Type, at destination: Destination) async throws(KafkaError) -> Int16? {
        try await versions(at: destination).best(of: Request.self)
    }

    /// What a broker says it speaks. Asked anew; a connection's own table stays inside of it.
    func versions(at destination: Destination) async throws(KafkaError) -> VersionTable {
        VersionTable(try await send(ApiVersionsRequest.naming, to: destination, failure: { $0.errorCode }))
    }

    /// One attempt at one address: connect where needed, send, decode, judge.
    private func attempt<Request: KafkaRequest>(
        _: Request.Type, _ call: OutboundCall, _ journey: Journey, _ failure: (Request.Response) -> ErrorCode,
        _ mayHaveDone: (Request.Response) -> Bool
    ) async throws(FailedAttempt) -> Request.Response {
        guard let address = journey.address else { throw FailedAttempt(.closed, .giveUp) }
        let connection: BrokerConnection
        do throws(KafkaError) {
            connection = try await self.connection(to: address, within: journey.remaining, setup: journey.connectLimit)
        } catch {
            throw FailedAttempt(error, .giveUp)
        }
        let broker = state.withLockedValue { $0.view.name(of: address) }
        let timeout = min(configuration.requestTimeout, journey.remaining)
        let answer: InboundAnswer
        switch await connection.call(call, timeout: timeout) {
        case .success(let received): answer = received
        case .failure(let failure):
            var failed = FailedAttempt(failure, effect: journey.effect, broker: broker, api: Request.api, timeout: timeout)
            if case .notSent(let cause) = failure, cause.code == .authenticationFailed, renounce(connection.origin) {
                failed.advice = .reauthenticate
            }
            throw failed
        }
        state.withLockedValue { $0.reached(address) }
        let response: Request.Response
        do throws(WireError) {
            response = try Frame.decodeResponse(to: Request.self, version: answer.version, from: answer.frame).response
        } catch {
            // A whole frame, and the answer to this very call: what else is under way on the connection has nothing to do with it.
            let cause = ConnectionCause.malformed("\(error)")
            throw FailedAttempt(
                KafkaError(cause.code, broker: broker, api: Request.api, outcome: .unknown, cause: cause.text, hint: cause.hint), .giveUp)
        }
        if let contradiction = (response as? any SelfConsistent)?.contradiction {
            throw FailedAttempt(
                KafkaError(
                    .protocolViolation, broker: broker, api: Request.api, outcome: .answered,
                    cause: "the answer contradicts itself: it names \(contradiction)",
                    hint: "Check what stands between here and the broker, and the broker's log; no broker of Kafka answers so."), .giveUp)
        }
        if let throttled = response as? any Throttled, throttled.throttleTimeMs > 0 {
            let until = time.uptime() + .milliseconds(Int64(throttled.throttleTimeMs))
            state.withLockedValue { $0.throttle(address, until: until) }
        }
        let code = failure(response)
        if code.isError {
            throw FailedAttempt(code, effect: journey.effect, broker: broker, api: Request.api, mayHaveDone: mayHaveDone(response))
        }
        return response
    }
}
