import Bytes
import KafkaProtocol
import Testing

@testable import KafkaClient

/// The handshake by itself: every state against its two beginnings and every kind of answer, with SCRAM, which takes two turns.
@Suite struct HandshakeTableTests {
    static let events = ["begin", "beginAnew", "accepted", "refused", "another's answer", "cut short", "only an id"]

    static let begunOnce = TableCell.impossible(because: "the connection begins a handshake once, and another for each renewal")
    /// What is not the answer to the question ends the handshake.
    static let wrongAnswers: [String: TableCell] = [
        "another's answer": .does("failed"), "cut short": .does("failed"), "only an id": .does("failed"),
    ]
    static let nothingAsked: [String: TableCell] = wrongAnswers.merging(["accepted": .does("failed"), "refused": .does("failed")]) { $1 }
    static let underWay: [String: TableCell] = wrongAnswers.merging(["begin": begunOnce, "beginAnew": begunOnce]) { $1 }

    static let table: [(state: String, cells: [String: TableCell])] = [
        (
            "fresh",
            nothingAsked.merging([
                "begin": .does("negotiating: ApiVersions 4"), "beginAnew": .does("choosing: SaslHandshake 1"),
            ]) { $1 }
        ),
        (
            "negotiating",
            underWay.merging(["accepted": .does("choosing: SaslHandshake 1"), "refused": .does("negotiating: ApiVersions 3")]) { $1 }
        ),
        ("choosing", underWay.merging(["accepted": .does("authenticating: SaslAuthenticate 2"), "refused": .does("failed")]) { $1 }),
        (
            "authenticating",
            underWay.merging(["accepted": .does("authenticating: SaslAuthenticate 2"), "refused": .does("failed")]) { $1 }
        ),
        // The proof is out, and the broker owes its signature.
        ("authenticating, proven", underWay.merging(["accepted": .does("complete: calls"), "refused": .does("failed")]) { $1 }),
        // What comes now is the connection's, or nobody's.
        ("complete", nothingAsked.merging(["begin": begunOnce, "beginAnew": begunOnce]) { $1 }),
        ("failed", nothingAsked.merging(["begin": begunOnce, "beginAnew": begunOnce]) { $1 }),
    ]

    @Test(arguments: table.map(\.state)) func everyEventHasItsReaction(state: String) throws {
        let cells = try #require(Self.table.first { $0.state == state }?.cells)
        #expect(Set(cells.keys) == Set(Self.events))
        for event in Self.events {
            var script = try HandshakeScript(in: state)
            #expect(script.handshake.name == state.prefix { $0 != "," })
            let place = "\(state) × \(event)"
            let failure: ConnectionCause?
            var said = ""
            do throws(ConnectionCause) {
                said = try script.play(event)
                failure = nil
            } catch {
                failure = error
                #expect(!error.hint.isEmpty)
                #expect(!"\(error.text)\(error.hint)".contains(ScramExchangeTests.credentials.password.revealed))
            }
            switch cells[event] {
            case .does("failed"):
                #expect(failure?.code == .protocolViolation || failure?.code == .authenticationFailed, "\(place)")
                #expect(script.handshake.state == .failed, "\(place)")
            case .does(let reaction):
                #expect(failure == nil, "\(place)")
                #expect("\(script.handshake.name): \(said)" == reaction, "\(place)")
            case .impossible(let reason):
                #expect(!reason.isEmpty)
                #expect(failure?.code == .fault, "\(place)")
                #expect(script.handshake.state == .failed, "\(place)")
            case .nothing, nil: Issue.record("\(place): a handshake ignores nothing")
            }
        }
    }

    /// Without anything to authenticate with, a renewal cannot be begun, and versions are all that is asked.
    @Test func withoutAGrantVersionsAreTheWholeOfIt() throws {
        var handshake = Handshake(grant: nil, clientID: "t")
        _ = try handshake.begin()
        #expect(
            try handshake.receive(MachineScript.versions(correlationID: 0), correlationID: 0) == .complete(sessionLifetime: nil))
        var renewal = Handshake(grant: nil, clientID: "t")
        #expect { try renewal.beginAnew() } throws: { ($0 as? ConnectionCause)?.code == .fault }
    }
}

/// A handshake in a state, and the frames that a broker would send it there.
struct HandshakeScript {
    var handshake = Handshake(
        grant: .password(ScramExchangeTests.credentials, nonce: ScramExchangeTests.nonce), clientID: "t")

    init(in state: String) throws {
        let steps = ["fresh": 0, "negotiating": 1, "choosing": 2, "authenticating": 3, "authenticating, proven": 4, "complete": 5]
        guard state != "failed" else {
            #expect(throws: ConnectionCause.self) { try handshake.receive([], correlationID: -1) }
            return
        }
        let count = try #require(steps[state])
        for step in 0..<count { _ = step == 0 ? try play("begin") : try play("accepted") }
    }

    private var correlationID: Int32 { handshake.nextCorrelationID - 1 }

    /// The request that follows, by name and version, or `calls`.
    mutating func play(_ event: String) throws(ConnectionCause) -> String {
        switch event {
        case "begin": return name(try handshake.begin())
        case "beginAnew":
            // The versions of the connection are known where one is renewed.
            return name(try handshake.beginAnew())
        case "another's answer": return name(try handshake.receive(answer(refused: false), correlationID: correlationID + 1))
        case "cut short": return name(try handshake.receive(Array(answer(refused: false).dropLast()), correlationID: correlationID))
        case "only an id": return name(try handshake.receive(Array(answer(refused: false).prefix(4)), correlationID: correlationID))
        default: return name(try handshake.receive(answer(refused: event == "refused"), correlationID: correlationID))
        }
    }

    private func name(_ step: Handshake.Step) -> String {
        switch step {
        case .write(let frame): name(frame)
        case .complete: "calls"
        }
    }

    private func name(_ frame: [UInt8]) -> String {
        guard let header = try? RequestHeader.peek(frame) else { return "no request" }
        return "\(header.api) \(header.version)"
    }

    /// What a broker says to the request that is out; where none is, to the last one there could be.
    private func answer(refused: Bool) -> [UInt8] {
        let frame: [UInt8]? =
            switch handshake.state {
            case .fresh, .negotiating: refused ? versionsRefusal : try? MachineScript.versions(correlationID: correlationID)
            case .choosing:
                encoded(SaslHandshakeRequest.self, 1) { $0.errorCode = refused ? .unsupportedSaslMechanism : .none }
            case .authenticating(.scram(let exchange)):
                encoded(SaslAuthenticateRequest.self, 2) {
                    $0.errorCode = refused ? .saslAuthenticationFailed : .none
                    if case .awaitingChallenge = exchange.state {
                        $0.authBytes = Blob(Array(ScramExchangeTests.challenge.utf8))
                    } else {
                        $0.authBytes = Blob(Array(ScramExchangeTests.signature.utf8))
                    }
                }
            case .authenticating, .complete, .failed:
                encoded(SaslAuthenticateRequest.self, 2) { $0.errorCode = refused ? .saslAuthenticationFailed : .none }
            }
        return frame ?? []
    }

    private var versionsRefusal: [UInt8]? {
        var refusal = ApiVersionsResponse()
        refusal.errorCode = .unsupportedVersion
        var entry = ApiVersionsResponse.ApiVersion()
        (entry.apiKey, entry.minVersion, entry.maxVersion) = (18, 0, 3)
        refusal.apiKeys = [entry]
        return try? MachineScript.answer(ApiVersionsRequest.self, 0, correlationID, refusal)
    }

    private func encoded<Request: KafkaRequest>(
        _: Request.Type, _ version: Int16, _ fill: (inout Request.Response) -> Void
    ) -> [UInt8]? {
        var response = Request.Response()
        fill(&response)
        return try? MachineScript.answer(Request.self, version, correlationID, response)
    }
}
