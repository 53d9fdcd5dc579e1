import Bytes
import KafkaProtocol
import Testing

@testable import KafkaClient

/// Every state against every event. A machine in each state holds call 1, waiting or under way (in `reauthenticating`, where none
/// can be under way, call 3 waits); event `submitted` brings call 2.
@Suite struct ConnectionMachineTableTests {
    static let broken = ConnectionCause(code: .connectionLost, text: "broken", hint: "Mend it.")

    static let events: [(name: String, event: ConnectionMachine.Event)] = [
        ("connected", .connected), ("secured", .secured), ("garbage", .received([0])), ("submitted", .submitted(CallID(number: 2))),
        ("unsendable", .unsendable(CallID(number: 1))), ("callTimedOut", .callTimedOut(CallID(number: 1))),
        ("callCancelled", .callCancelled(CallID(number: 1))), ("setupTimedOut", .setupTimedOut), ("retired", .retired),
        ("renewed", .renewed(MachineScript.grant)),
        ("closeRequested", .closeRequested), ("broken", .broken(broken)), ("disconnected", .disconnected),
    ]

    /// What every state of the set-up makes of the events that do not move it on. Call 1 waits, so it fails as not sent.
    static let setup: [String: String] = [
        "garbage": "closed: fail 1 unsent, close",
        "submitted": "",
        // Only what was to be transmitted can turn out unsendable, and nothing is before the connection is ready.
        "unsendable": "",
        "callTimedOut": "fail 1 late unsent",
        "callCancelled": "fail 1 cancelled unsent",
        "setupTimedOut": "closed: fail 1 unsent, close",
        // Idleness is watched only once the connection is ready.
        "retired": "",
        // Nobody is asked for a grant before.
        "renewed": "",
        "closeRequested": "closed: fail 1 unsent, close",
        "broken": "closed: fail 1 unsent, close",
        "disconnected": "closed: fail 1 unsent, close",
    ]

    /// "" means: nothing happens.
    static let table: [(state: String, reactions: [String: String])] = [
        // TLS cannot end before TCP stands.
        ("connecting", setup.merging(["connected": "negotiating: write", "secured": ""]) { $1 }),
        // TCP connects once.
        ("securing", setup.merging(["connected": "", "secured": "negotiating: write"]) { $1 }),
        ("negotiating", setup.merging(["connected": "", "secured": ""]) { $1 }),
        ("choosing", setup.merging(["connected": "", "secured": ""]) { $1 }),
        ("authenticating", setup.merging(["connected": "", "secured": ""]) { $1 }),
        (
            "ready",
            [
                "connected": "", "secured": "", "garbage": "closed: fail 1 lost, close", "submitted": "transmit 2", "unsendable": "",
                "callTimedOut": "closed: fail 1 late sent, close", "callCancelled": "fail 1 cancelled sent",
                // Its timer was stopped when the connection became ready; one that fires all the same is late.
                "setupTimedOut": "", "retired": "draining: ", "closeRequested": "closed: fail 1 lost, close",
                "renewed": "settling: ",
                "broken": "closed: fail 1 lost, close", "disconnected": "closed: fail 1 lost, close",
            ]
        ),
        (
            "settling",
            [
                "connected": "", "secured": "", "garbage": "closed: fail 1 lost, close", "submitted": "",
                // Nothing is owed any more.
                "unsendable": "reauthenticating: write, anew",
                "callTimedOut": "closed: fail 1 late sent, close",
                // The answer is still owed and comes before the renewal; nobody waits for it any more, so it gets a limit here.
                "callCancelled": "fail 1 cancelled sent, anew",
                // Answers that somebody waits for have limits of their own, and the renewal's begins with it.
                "setupTimedOut": "",
                // What waits for a renewal is not idle.
                "retired": "", "closeRequested": "closed: fail 1 lost, close", "renewed": "",
                "broken": "closed: fail 1 lost, close", "disconnected": "closed: fail 1 lost, close",
            ]
        ),
        (
            "reauthenticating",
            [
                "connected": "", "secured": "", "garbage": "closed: fail 3 unsent, close", "submitted": "",
                // Call 1 was answered before the renewal began.
                "unsendable": "", "callTimedOut": "", "callCancelled": "",
                "setupTimedOut": "closed: fail 3 unsent, close", "retired": "", "closeRequested": "closed: fail 3 unsent, close",
                "renewed": "", "broken": "closed: fail 3 unsent, close",
                "disconnected": "closed: fail 3 unsent, close",
            ]
        ),
        (
            "draining",
            [
                "connected": "", "secured": "", "garbage": "closed: fail 1 lost, close", "submitted": "fail 2 unsent",
                "unsendable": "closed: close", "callTimedOut": "closed: fail 1 late sent, close",
                // The answer is still owed and still waited for.
                "callCancelled": "fail 1 cancelled sent", "setupTimedOut": "", "retired": "",
                "closeRequested": "closed: fail 1 lost, close",
                // It ends anyhow.
                "renewed": "",
                "broken": "closed: fail 1 lost, close", "disconnected": "closed: fail 1 lost, close",
            ]
        ),
        (
            "closed",
            [
                // TCP that comes after all has to go again.
                "connected": "close", "secured": "", "garbage": "", "submitted": "fail 2 unsent",
                // Call 1 has failed when the connection closed: it is known no more.
                "unsendable": "", "callTimedOut": "", "callCancelled": "", "setupTimedOut": "", "retired": "", "closeRequested": "",
                "renewed": "", "broken": "",
                "disconnected": "",
            ]
        ),
    ]

    @Test(arguments: table.map(\.state))
    func everyEventHasItsReaction(state: String) throws {
        let reactions = try #require(Self.table.first { $0.state == state }?.reactions)
        #expect(Set(reactions.keys) == Set(Self.events.map(\.name)))
        for (name, event) in Self.events {
            var machine = try MachineScript.machine(in: state)
            let before = machine.state.name
            #expect(before == state)
            let actions = machine.handle(event).map(\.summary).joined(separator: ", ")
            let reaction = machine.state.name == before ? actions : "\(machine.state.name): \(actions)"
            #expect(reaction == reactions[name], "\(state) × \(name)")
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
    fileprivate var name: String {
        switch state {
        case .negotiating: "negotiating"
        case .choosing: "choosing"
        case .authenticating: "authenticating"
        case .complete: "complete"
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
