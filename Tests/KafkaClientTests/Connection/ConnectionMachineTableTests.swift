import Bytes
import KafkaProtocol
import Testing

@testable import KafkaClient

/// Every state against every event. A machine in each state holds call 1, waiting or under way (in `reauthenticating`, where none
/// can be under way, call 3 waits); event `submitted` brings call 2.
@Suite struct ConnectionMachineTableTests {
    static let broken = ConnectionCause(code: .connectionLost, text: "broken", hint: "Mend it.")

    static let events: [(name: String, event: ConnectionMachine.Event)] = [
        ("connected", .connected), ("secured", .secured), ("garbage", .received([0])), ("foreign answer", .received([0, 0, 0, 77, 0, 0])),
        ("submitted", .submitted(CallID(number: 2))),
        ("unsendable", .unsendable(CallID(number: 1))), ("callTimedOut", .callTimedOut(CallID(number: 1))),
        ("callCancelled", .callCancelled(CallID(number: 1))), ("setupTimedOut", .setupTimedOut), ("retired", .retired),
        ("renewed", .renewed(MachineScript.grant)),
        ("closeRequested", .closeRequested), ("broken", .broken(broken)), ("disconnected", .disconnected),
    ]

    /// What the broker owes in a state, with the right correlation id; where it owes nothing, what it would owe next.
    static func answer(in state: String) throws -> ConnectionMachine.Event {
        switch state {
        case "negotiating": .received(try MachineScript.versions(correlationID: 0))
        case "choosing": .received(try MachineScript.answer(SaslHandshakeRequest.self, 1, 1, SaslHandshakeResponse()))
        case "authenticating": .received(try MachineScript.answer(SaslAuthenticateRequest.self, 2, 2, SaslAuthenticateResponse()))
        case "settling": .received([0, 0, 0, 3, 0, 0])
        case "reauthenticating": .received(try MachineScript.answer(SaslHandshakeRequest.self, 1, 4, SaslHandshakeResponse()))
        default: .received([0, 0, 0, 1, 0, 0])
        }
    }

    static let once = TableCell.impossible(because: "TCP connects once")
    static let noTLS = TableCell.impossible(because: "TLS was not begun, or its one handshake is over: there is no renegotiation")
    static let waits = TableCell.nothing(because: "the call waits until the connection is ready")
    static let callIsGone = TableCell.nothing(because: "a report that comes late: the call was answered, or failed, before")

    /// What every state of the set-up makes of the events that do not move it on. Call 1 waits, so it fails as not sent.
    static let setup: [String: TableCell] = [
        "connected": once,
        "secured": noTLS,
        "garbage": .does("closed: fail 1 unsent, close"),
        // What is no answer to the question that is out; before TCP and TLS stand, none is.
        "foreign answer": .does("closed: fail 1 unsent, close"), "answer": .does("closed: fail 1 unsent, close"),
        "submitted": waits,
        "unsendable": .impossible(because: "only what was to be transmitted can turn out unsendable, and nothing is before it is ready"),
        "callTimedOut": .does("fail 1 late unsent"),
        "callCancelled": .does("fail 1 cancelled unsent"),
        "setupTimedOut": .does("closed: fail 1 unsent, close"),
        "retired": .impossible(because: "idleness is watched from the moment on in which the connection is ready"),
        "renewed": .impossible(because: "a grant is asked for near the end of a session, and none has begun"),
        "closeRequested": .does("closed: fail 1 unsent, close"),
        "broken": .does("closed: fail 1 unsent, close"),
        "disconnected": .does("closed: fail 1 unsent, close"),
    ]

    static let table: [(state: String, cells: [String: TableCell])] = [
        (
            "connecting",
            setup.merging([
                "connected": .does("negotiating: write"), "secured": .impossible(because: "TLS cannot end before TCP stands"),
            ]) { $1 }
        ),
        ("securing", setup.merging(["secured": .does("negotiating: write")]) { $1 }),
        ("negotiating", setup.merging(["answer": .does("ready: ready, transmit 1")]) { $1 }),
        ("choosing", setup.merging(["answer": .does("authenticating: write")]) { $1 }),
        ("authenticating", setup.merging(["answer": .does("ready: ready, transmit 1")]) { $1 }),
        (
            "ready",
            [
                "connected": once, "secured": noTLS, "garbage": .does("closed: fail 1 lost, close"),
                "foreign answer": .does("closed: fail 1 lost, close"), "answer": .does("deliver 1"), "submitted": .does("transmit 2"),
                // Its caller was told by whoever found out.
                "unsendable": .nothing(because: "it is not owed an answer any more; the connection goes on"),
                "callTimedOut": .does("closed: fail 1 late sent, close"), "callCancelled": .does("fail 1 cancelled sent"),
                "setupTimedOut": .nothing(because: "its timer ended with the set-up; one that fires all the same is late"),
                "retired": .does("draining: "), "closeRequested": .does("closed: fail 1 lost, close"), "renewed": .does("settling: "),
                "broken": .does("closed: fail 1 lost, close"), "disconnected": .does("closed: fail 1 lost, close"),
            ]
        ),
        (
            "settling",
            [
                "connected": once, "secured": noTLS, "garbage": .does("closed: fail 1 lost, close"),
                "foreign answer": .does("closed: fail 1 lost, close"), "answer": .does("reauthenticating: deliver 1, write, anew"),
                "submitted": .nothing(because: "the call waits for the renewal's end"),
                // Nothing is owed any more.
                "unsendable": .does("reauthenticating: write, anew"),
                "callTimedOut": .does("closed: fail 1 late sent, close"),
                // The answer is still owed and comes before the renewal; nobody waits for it any more, so it gets a limit here.
                "callCancelled": .does("fail 1 cancelled sent, anew"),
                "setupTimedOut": .nothing(
                    because: "answers that somebody waits for have limits of their own, and the renewal's begins with it"),
                "retired": .nothing(because: "what waits for a renewal is not idle"),
                "renewed": .nothing(because: "of several callers' grants the first counts"),
                "closeRequested": .does("closed: fail 1 lost, close"),
                "broken": .does("closed: fail 1 lost, close"), "disconnected": .does("closed: fail 1 lost, close"),
            ]
        ),
        (
            "reauthenticating",
            [
                "connected": once, "secured": noTLS, "garbage": .does("closed: fail 3 unsent, close"),
                "foreign answer": .does("closed: fail 3 unsent, close"), "answer": .does("write"),
                "submitted": .nothing(because: "the call waits for the renewal's end"),
                // Call 1 was answered before the renewal began.
                "unsendable": callIsGone, "callTimedOut": callIsGone, "callCancelled": callIsGone,
                "setupTimedOut": .does("closed: fail 3 unsent, close"),
                "retired": .nothing(because: "what is renewed is not idle"),
                "renewed": .nothing(because: "of several callers' grants the first counts"),
                "closeRequested": .does("closed: fail 3 unsent, close"), "broken": .does("closed: fail 3 unsent, close"),
                "disconnected": .does("closed: fail 3 unsent, close"),
            ]
        ),
        (
            "draining",
            [
                "connected": once, "secured": noTLS, "garbage": .does("closed: fail 1 lost, close"),
                "foreign answer": .does("closed: fail 1 lost, close"), "answer": .does("closed: deliver 1, close"),
                "submitted": .does("fail 2 unsent"), "unsendable": .does("closed: close"),
                "callTimedOut": .does("closed: fail 1 late sent, close"),
                // The answer is still owed; nobody waits for it any more, so it gets a limit here.
                "callCancelled": .does("fail 1 cancelled sent, anew"),
                "setupTimedOut": .nothing(because: "answers that somebody waits for have limits of their own"),
                "retired": .nothing(because: "it has retired"), "closeRequested": .does("closed: fail 1 lost, close"),
                "renewed": .nothing(because: "it ends anyhow: the grant came late"),
                "broken": .does("closed: fail 1 lost, close"), "disconnected": .does("closed: fail 1 lost, close"),
            ]
        ),
        (
            "closed",
            [
                // TCP that comes after all has to go again.
                "connected": .does("close"),
                "secured": .nothing(because: "the handshake ended while the channel was closing"),
                "garbage": .nothing(because: "it was on its way while the channel was closing"),
                "foreign answer": .nothing(because: "it was on its way while the channel was closing"),
                "answer": .nothing(because: "its call was told that the connection is closed"), "submitted": .does("fail 2 unsent"),
                // Call 1 has failed when the connection closed: it is known no more.
                "unsendable": callIsGone, "callTimedOut": callIsGone, "callCancelled": callIsGone,
                "setupTimedOut": .nothing(because: "it has failed already"), "retired": .nothing(because: "it has ended already"),
                "closeRequested": .nothing(because: "it has ended already"),
                "renewed": .nothing(because: "the grant came late: the session is over"),
                "broken": .nothing(because: "the first cause counts"), "disconnected": .nothing(because: "the first cause counts"),
            ]
        ),
    ]

    @Test(arguments: table.map(\.state))
    func everyEventHasItsReaction(state: String) throws {
        let cells = try #require(Self.table.first { $0.state == state }?.cells)
        let events = Self.events + [("answer", try Self.answer(in: state))]
        #expect(Set(cells.keys) == Set(events.map(\.name)))
        for (name, event) in events {
            var machine = try MachineScript.machine(in: state)
            let before = machine.state.name
            #expect(before == state)
            let actions = machine.handle(event).map(\.summary).joined(separator: ", ")
            let reaction = machine.state.name == before ? actions : "\(machine.state.name): \(actions)"
            switch cells[name] {
            case .does(let expected): #expect(reaction == expected, "\(state) × \(name)")
            case .nothing(let reason):
                #expect(!reason.isEmpty)
                #expect(reaction == "", "\(state) × \(name)")
            case .impossible(let reason):
                #expect(!reason.isEmpty)
                guard case .closed(let cause) = machine.state else {
                    Issue.record("\(state) × \(name) is not protested against: \(reaction)")
                    continue
                }
                #expect(cause.code == .fault && cause.text.contains("out of step"), "\(state) × \(name)")
                // Nobody is left waiting.
                let call = state == "reauthenticating" ? 3 : 1
                #expect(reaction.contains("fail \(call) ") && reaction.hasSuffix("close"), "\(state) × \(name): \(reaction)")
            case nil: Issue.record("\(state) × \(name) is not in the table")
            }
        }
    }
}

extension ConnectionMachine.State {
    var name: String {
        switch self {
        case .connecting: "connecting"
        case .securing: "securing"
        case .shakingHands(let handshake): handshake.name
        case .ready: "ready"
        case .settling: "settling"
        case .reauthenticating: "reauthenticating"
        case .draining: "draining"
        case .closed: "closed"
        }
    }
}

extension Handshake {
    var name: String {
        switch state {
        case .fresh: "fresh"
        case .negotiating: "negotiating"
        case .choosing: "choosing"
        case .authenticating: "authenticating"
        case .complete: "complete"
        case .failed: "failed"
        }
    }
}

extension ConnectionMachine.Action {
    var summary: String {
        switch self {
        case .write: "write"
        case .transmit(let call, _): "transmit \(call.number)"
        case .deliver(let call, _): "deliver \(call.number)"
        case .fail(let call, .notSent): "fail \(call.number) unsent"
        case .fail(let call, .unanswered): "fail \(call.number) lost"
        case .fail(let call, .timedOut(let sent)): "fail \(call.number) late \(sent ? "sent" : "unsent")"
        case .fail(let call, .cancelled(let sent)): "fail \(call.number) cancelled \(sent ? "sent" : "unsent")"
        case .fail(let call, let other): "fail \(call.number) \(other)"
        case .becameReady: "ready"
        case .beganAnew: "anew"
        case .close: "close"
        }
    }
}

/// Brings machines into their states, and answers them as a broker does.
enum MachineScript {
    static let credentials = SaslCredentials(mechanism: .plain, username: "u", password: Secret("p"))

    static let grant = SaslGrant.password(credentials, nonce: "n")
    /// States of a connection whose session has an end; `serving` is `ready` there.
    private static let renewing: Set = ["serving", "settling", "reauthenticating"]

    static func machine(in state: String) throws -> ConnectionMachine {
        let authenticates = ["choosing", "authenticating"].contains(state) || renewing.contains(state)
        var machine = ConnectionMachine(isSecure: state == "securing", grant: authenticates ? grant : nil, clientID: "t")
        _ = machine.handle(.submitted(CallID(number: 1)))
        if state == "connecting" { return machine }
        _ = machine.handle(.connected)
        if state == "securing" || state == "negotiating" { return machine }
        _ = machine.handle(.received(try versions(correlationID: 0)))
        if state == "choosing" || state == "ready" { return machine }
        if state == "authenticating" {
            _ = machine.handle(.received(try answer(SaslHandshakeRequest.self, 1, 1, SaslHandshakeResponse())))
        } else if renewing.contains(state) {
            _ = machine.handle(.received(try answer(SaslHandshakeRequest.self, 1, 1, SaslHandshakeResponse())))
            var done = SaslAuthenticateResponse()
            done.sessionLifetimeMs = 1000
            _ = machine.handle(.received(try answer(SaslAuthenticateRequest.self, 2, 2, done)))
            if state == "serving" { return machine }
            _ = machine.handle(.renewed(grant))
            if state == "settling" { return machine }
            _ = machine.handle(.submitted(CallID(number: 3)))
            _ = machine.handle(.received([0, 0, 0, 3]))
        } else if state == "draining" {
            _ = machine.handle(.retired)
        } else {
            _ = machine.handle(.closeRequested)
        }
        return machine
    }

    static func versions(correlationID: Int32, version: Int16 = 4) throws -> [UInt8] {
        var response = ApiVersionsResponse()
        for type in Messages.all {
            var entry = ApiVersionsResponse.ApiVersion()
            entry.apiKey = type.api.rawValue
            entry.minVersion = type.versions.lowerBound
            entry.maxVersion = type.versions.upperBound
            response.apiKeys.append(entry)
        }
        return try answer(ApiVersionsRequest.self, version, correlationID, response)
    }

    static func answer<Request: KafkaRequest>(
        _: Request.Type, _ version: Int16, _ correlationID: Int32, _ response: Request.Response
    ) throws -> [UInt8] {
        try Frame.encodeResponse(response, to: Request.self, version: version, correlationID: correlationID)
    }
}
