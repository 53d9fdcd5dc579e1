import Bytes
import KafkaProtocol

/// A call waiting for its answer, known by number only.
struct CallID: Hashable, Sendable {
    var number: UInt64
}

/// One connection to a broker as a value: events in, actions out. It negotiates, authenticates, matches answers to calls and
/// knows of every call whether it was sent; sockets, timers and waiting tasks are its handler's.
struct ConnectionMachine: Sendable {
    enum State: Equatable, Sendable {
        /// Waiting for TCP. Becomes securing, shakingHands or closed.
        case connecting
        /// Waiting for the TLS handshake. Becomes shakingHands or closed.
        case securing
        /// Versions and SASL. Becomes ready or closed.
        case shakingHands(Handshake)
        /// Calls go out as they come. Becomes settling, reauthenticating, draining or closed.
        case ready
        /// A fresh grant is there; answers that are owed come first, new calls wait. Becomes reauthenticating or closed.
        case settling(SaslGrant)
        /// SASL once more; new calls wait. Becomes ready or closed.
        case reauthenticating(Handshake)
        /// No new calls; those under way are waited for. Becomes closed.
        case draining
        /// For good.
        case closed(ConnectionCause)
    }

    enum Event: Equatable, Sendable {
        case connected
        case secured
        /// A whole frame, without its length.
        case received([UInt8])
        case submitted(CallID)
        /// The handler could not encode a call that it was told to transmit.
        case unsendable(CallID)
        case callTimedOut(CallID)
        case callCancelled(CallID)
        /// TCP, TLS, versions and authentication took too long together.
        case setupTimedOut
        /// Idle: finish what is under way, take no more.
        case retired
        /// What a new authentication takes: the session is near its end (KIP-368).
        case renewed(SaslGrant)
        case closeRequested
        /// The channel failed, or the peer sent what is no frame. A bare end is the same as ``disconnected``.
        case broken(ConnectionCause)
        case disconnected
    }

    enum Action: Equatable, Sendable {
        /// A frame of the connection's own.
        case write([UInt8])
        case transmit(CallID, correlationID: Int32)
        case deliver(CallID, [UInt8])
        case fail(CallID, CallFailure)
        /// Calls flow from now on. The session, where it ends, ends after this many milliseconds.
        case becameReady(sessionLifetime: Int64?)
        /// SASL has begun anew, or what is left to wait for has no limit of its own: ``Event/setupTimedOut`` is due where it takes too long.
        case beganAnew
        case close
    }

    private(set) var state = State.connecting
    private(set) var versions = VersionTable()
    private var waiting: [CallID] = []
    /// By correlation id; nil where the caller has gone and the answer is to be dropped.
    private var underWay: [Int32: CallID?] = [:]
    private var nextCorrelationID: Int32 = 0
    /// Whether the broker has answered any call.
    private(set) var hasAnswered = false
    let isSecure: Bool
    let grant: SaslGrant?
    private let clientID: ByteString

    /// `isSecure`: whether TLS is spoken. `grant`: for the first authentication; nil where there is none.
    init(isSecure: Bool, grant: SaslGrant?, clientID: ByteString) {
        self.isSecure = isSecure
        self.grant = grant
        self.clientID = clientID
    }

    /// Calls that were sent and not answered, those included whose callers have gone.
    var callsUnderWay: Int { underWay.count }
    var isOpenForCalls: Bool {
        switch state {
        case .draining, .closed: false
        default: true
        }
    }

    mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .connected: connected()
        case .secured: secured()
        case .received(let frame): received(frame)
        case .submitted(let call): submitted(call)
        case .unsendable(let call): unsendable(call)
        case .callTimedOut(let call): timedOut(call)
        case .callCancelled(let call): cancelled(call)
        case .setupTimedOut: setupTimedOut()
        case .retired: retired()
        case .renewed(let grant): renewed(grant)
        case .closeRequested: end(.closedByUs)
        case .broken(let cause): end(cause.isBareEnd ? disconnection(by: cause) : cause)
        case .disconnected: end(disconnection())
        }
    }

    // MARK: Setting up

    private mutating func connected() -> [Action] {
        // After a time-out of the set-up, TCP may still come: such a channel is not wanted any more.
        if isClosed { return [.close] }
        guard state == .connecting else { return end(.outOfStep("TCP stands twice")) }
        if isSecure {
            state = .securing
            return []
        }
        return shakeHands()
    }

    private mutating func secured() -> [Action] {
        if isClosed { return [] }
        // A second handshake (TLS 1.2 renegotiation is off), one before TCP or one without TLS cannot be.
        guard state == .securing else { return end(.outOfStep("a TLS handshake ended that was not awaited")) }
        return shakeHands()
    }

    private mutating func shakeHands() -> [Action] {
        var handshake = Handshake(grant: grant, clientID: clientID)
        do throws(ConnectionCause) {
            let frame = try handshake.begin()
            state = .shakingHands(handshake)
            return [.write(frame)]
        } catch {
            return end(error)
        }
    }

    private mutating func received(_ frame: [UInt8]) -> [Action] {
        guard frame.count >= 4 else { return end(.malformed("an answer of \(frame.count) bytes")) }
        let correlationID = frame[..<4].reduce(Int32(0)) { $0 << 8 | Int32($1) }
        do throws(ConnectionCause) {
            switch state {
            case .shakingHands(var handshake):
                let step = try handshake.receive(frame, correlationID: correlationID)
                switch step {
                case .write(let frame):
                    state = .shakingHands(handshake)
                    return [.write(frame)]
                case .complete(let lifetime): return becomeReady(handshake, lifetime)
                }
            case .reauthenticating(var handshake):
                let step = try handshake.receive(frame, correlationID: correlationID)
                switch step {
                case .write(let frame):
                    state = .reauthenticating(handshake)
                    return [.write(frame)]
                case .complete(let lifetime): return becomeReady(handshake, lifetime)
                }
            case .ready, .settling, .draining:
                guard let call = underWay.removeValue(forKey: correlationID) else {
                    throw .malformed("an answer to a request that was not sent (correlation id \(correlationID))")
                }
                hasAnswered = true
                return (call.map { [.deliver($0, frame)] } ?? []) + settle()
            case .connecting, .securing: throw .malformed("an answer before anything was asked")
            case .closed: return []
            }
        } catch {
            return end(error)
        }
    }

    private mutating func becomeReady(_ handshake: Handshake, _ lifetime: Int64?) -> [Action] {
        state = .ready
        versions = handshake.versions
        nextCorrelationID = handshake.nextCorrelationID
        let queued = waiting
        waiting = []
        return [.becameReady(sessionLifetime: lifetime)] + queued.map { transmit($0) }
    }

    // MARK: Calls

    private mutating func submitted(_ call: CallID) -> [Action] {
        switch state {
        case .ready: return [transmit(call)]
        case .draining: return [.fail(call, .notSent(.retired))]
        case .closed(let cause): return [.fail(call, .notSent(cause))]
        case .connecting, .securing, .shakingHands, .settling, .reauthenticating:
            waiting.append(call)
            return []
        }
    }

    private mutating func transmit(_ call: CallID) -> Action {
        let correlationID = nextCorrelationID
        nextCorrelationID &+= 1
        underWay[correlationID] = call
        return .transmit(call, correlationID: correlationID)
    }

    /// Whether the call was sent; nil where it is not here (answered, or failed before).
    private func wasSent(_ call: CallID) -> Bool? {
        if waiting.contains(call) { return false }
        return underWay.values.contains(call) ? true : nil
    }

    private mutating func withdraw(_ call: CallID) {
        waiting.removeAll { $0 == call }
        underWay = underWay.filter { $0.value != call }
    }

    private mutating func unsendable(_ call: CallID) -> [Action] {
        // Dropped in silence, its caller would wait for ever.
        if waiting.contains(call) { return end(.outOfStep("call \(call.number) waits, and cannot be sent")) }
        withdraw(call)
        return settle()
    }

    private mutating func timedOut(_ call: CallID) -> [Action] {
        guard let sent = wasSent(call) else { return [] }
        withdraw(call)
        let failure = Action.fail(call, .timedOut(sent: sent))
        // Brokers answer in order: what comes after a stuck answer would be stuck as well.
        return sent ? [failure] + end(.silent) : [failure]
    }

    private mutating func cancelled(_ call: CallID) -> [Action] {
        guard let sent = wasSent(call) else { return [] }
        waiting.removeAll { $0 == call }
        for (correlationID, other) in underWay where other == call { underWay[correlationID] = .some(nil) }
        return [.fail(call, .cancelled(sent: sent))] + settle()
    }

    /// Whether answers are owed that nobody waits for any more, and which have no limit of their own therefore.
    private var owesUnwantedAnswersOnly: Bool { !underWay.isEmpty && underWay.values.allSatisfy { $0 == nil } }

    // MARK: Authenticating anew

    private mutating func renewed(_ grant: SaslGrant) -> [Action] {
        switch state {
        case .ready:
            state = .settling(grant)
            return settle()
        // Of several grants the first counts; what ends needs none.
        case .settling, .reauthenticating, .draining, .closed: return []
        case .connecting, .securing, .shakingHands: return end(.outOfStep("a session is renewed that has not begun"))
        }
    }

    /// What was waiting for the last answer that is owed.
    private mutating func settle() -> [Action] {
        guard underWay.isEmpty else {
            switch state {
            case .settling, .draining: return owesUnwantedAnswersOnly ? [.beganAnew] : []
            default: return []
            }
        }
        switch state {
        case .draining: return end(.retired)
        case .settling(let grant):
            var handshake = Handshake(anew: grant, versions: versions, correlationID: nextCorrelationID, clientID: clientID)
            do throws(ConnectionCause) {
                let frame = try handshake.beginAnew()
                state = .reauthenticating(handshake)
                return [.write(frame), .beganAnew]
            } catch {
                return end(error)
            }
        default: return []
        }
    }

    // MARK: Ending

    private mutating func retired() -> [Action] {
        switch state {
        case .ready:
            state = .draining
            return settle()
        // What authenticates anew is not idle, and has limits of its own; what ends, ends.
        case .settling, .reauthenticating, .draining, .closed: return []
        case .connecting, .securing, .shakingHands: return end(.outOfStep("a connection is idle before it is ready"))
        }
    }

    private mutating func setupTimedOut() -> [Action] {
        let doing: String
        switch state {
        case .connecting: doing = "the connection was not accepted in time"
        case .securing: doing = "the TLS handshake was not finished in time"
        case .shakingHands(let handshake):
            doing =
                handshake.authenticates
                ? "the authentication was not finished in time" : "ApiVersions was not answered in time"
        case .reauthenticating: doing = "the authentication was not renewed in time"
        case .settling where owesUnwantedAnswersOnly, .draining where owesUnwantedAnswersOnly: return end(.silent)
        case .ready, .settling, .draining, .closed: return []
        }
        return end(
            ConnectionCause(
                code: .cannotConnect, text: doing,
                hint: "Check host, port and firewall, and that security.protocol is the listener's own."))
    }

    private mutating func end(_ cause: ConnectionCause) -> [Action] {
        if isClosed { return [] }
        var cause = cause
        // Calls that this takes with it said nothing wrong, and were answered nothing wrong: they may try another connection.
        if isServing, cause.code == .protocolViolation { cause.isOfOneConnection = true }
        state = .closed(cause)
        let unsent = waiting.map { Action.fail($0, .notSent(cause)) }
        let unanswered = underWay.sorted { $0.key < $1.key }.compactMap(\.value)
            .map { Action.fail($0, .unanswered(cause, wasInUse: hasAnswered)) }
        waiting = []
        underWay = [:]
        return unanswered + unsent + [.close]
    }

    /// Whether the set-up is over: the other side has spoken Kafka's protocol.
    private var isServing: Bool {
        switch state {
        case .ready, .settling, .reauthenticating, .draining: true
        case .connecting, .securing, .shakingHands, .closed: false
        }
    }

    private var isClosed: Bool { if case .closed = state { true } else { false } }
}
