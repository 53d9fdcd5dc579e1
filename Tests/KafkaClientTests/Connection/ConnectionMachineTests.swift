import Bytes
import Glibc
import KafkaProtocol
import NIOCore
import NIOSSL
import Testing

@testable import KafkaClient

@Suite struct ConnectionMachineTests {
    private func written(_ actions: [ConnectionMachine.Action]) throws -> (api: APIKey, version: Int16, correlationID: Int32) {
        guard case .write(let frame)? = actions.first else {
            Issue.record("nothing is written: \(actions.map(\.summary))")
            return (APIKey(rawValue: -1), -1, -1)
        }
        return try RequestHeader.peek(frame)
    }

    private func cause(_ machine: ConnectionMachine) -> ConnectionCause? {
        if case .closed(let cause) = machine.state { cause } else { nil }
    }

    @Test func aRefusedVersionIsAskedForAgainAtTheHighestThatBothSpeak() throws {
        var machine = ConnectionMachine(isSecure: false, grant: nil, clientID: "t")
        #expect(try written(machine.handle(.connected)) == (.apiVersions, 4, 0))
        var refusal = ApiVersionsResponse()
        refusal.errorCode = .unsupportedVersion
        var entry = ApiVersionsResponse.ApiVersion()
        (entry.apiKey, entry.minVersion, entry.maxVersion) = (18, 0, 3)
        refusal.apiKeys = [entry]
        let frame = try MachineScript.answer(ApiVersionsRequest.self, 0, 0, refusal)
        #expect(try written(machine.handle(.received(frame))) == (.apiVersions, 3, 1))
        let actions = machine.handle(.received(try MachineScript.versions(correlationID: 1, version: 3)))
        #expect(actions.map(\.summary) == ["ready"])
        #expect(machine.versions.best(of: MetadataRequest.self) == 13)
        #expect(machine.versions.best(of: MetadataRequest.self, atMost: 3) == 3)
    }

    @Test func aRefusalThatListsNothingFallsToVersionZeroAndARefusalOfThatEnds() throws {
        var machine = ConnectionMachine(isSecure: false, grant: nil, clientID: "t")
        _ = machine.handle(.connected)
        var refusal = ApiVersionsResponse()
        refusal.errorCode = .unsupportedVersion
        #expect(
            try written(machine.handle(.received(MachineScript.answer(ApiVersionsRequest.self, 0, 0, refusal)))) == (.apiVersions, 0, 1))
        #expect(machine.handle(.received(try MachineScript.answer(ApiVersionsRequest.self, 0, 1, refusal))).map(\.summary) == ["close"])
        #expect(cause(machine)?.code == .protocolViolation)
    }

    @Test func answersAreMatchedByCorrelationWhateverTheirOrder() throws {
        var machine = try MachineScript.machine(in: "ready")
        #expect(machine.handle(.submitted(CallID(number: 2))) == [.transmit(CallID(number: 2), correlationID: 2)])
        let (second, first): ([UInt8], [UInt8]) = ([0, 0, 0, 2, 9], [0, 0, 0, 1, 8])
        #expect(machine.handle(.received(second)) == [.deliver(CallID(number: 2), second)])
        #expect(machine.handle(.received(first)) == [.deliver(CallID(number: 1), first)])
        #expect(machine.callsUnderWay == 0)
    }

    @Test func anAnswerThatNobodyWaitsForDoesNotHoldARenewalUpForEver() throws {
        var machine = try MachineScript.machine(in: "settling")
        #expect(machine.handle(.setupTimedOut) == [])
        #expect(machine.handle(.callCancelled(CallID(number: 1))).map(\.summary).last == "anew")
        #expect(machine.handle(.setupTimedOut).map(\.summary).last == "close")
    }

    @Test func theAnswerToACancelledCallIsDropped() throws {
        var machine = try MachineScript.machine(in: "ready")
        _ = machine.handle(.callCancelled(CallID(number: 1)))
        #expect(machine.handle(.received([0, 0, 0, 1])) == [])
        #expect(machine.state == .ready)
    }

    @Test func anAnswerToNothingEndsTheConnection() throws {
        var machine = try MachineScript.machine(in: "ready")
        #expect(machine.handle(.received([0, 0, 0, 77])).map(\.summary) == ["fail 1 lost", "close"])
        #expect(cause(machine)?.code == .protocolViolation)
    }

    @Test func drainingEndsWithTheLastAnswer() throws {
        var machine = try MachineScript.machine(in: "draining")
        #expect(machine.handle(.received([0, 0, 0, 1])).map(\.summary) == ["deliver 1", "close"])
        #expect(cause(machine) == .retired)
    }

    /// Such an answer has no caller's limit, and the client does not know the connection any more.
    @Test func drainingDoesNotWaitForEverForAnAnswerThatNobodyWants() throws {
        var machine = try MachineScript.machine(in: "ready")
        #expect(machine.handle(.callCancelled(CallID(number: 1))).map(\.summary) == ["fail 1 cancelled sent"])
        #expect(machine.handle(.retired).map(\.summary) == ["anew"])
        var answered = machine
        #expect(answered.handle(.received([0, 0, 0, 1])).map(\.summary) == ["close"])
        #expect(cause(answered) == .retired)
        #expect(machine.handle(.setupTimedOut).map(\.summary) == ["close"])
        #expect(cause(machine) == .silent)
    }

    @Test func scramIsCarriedToItsEndAndTheSessionsLifeIsTold() throws {
        var machine = ConnectionMachine(
            isSecure: false, grant: .password(ScramExchangeTests.credentials, nonce: ScramExchangeTests.nonce), clientID: "t")
        _ = machine.handle(.connected)
        _ = machine.handle(.submitted(CallID(number: 1)))
        let versions = try MachineScript.versions(correlationID: 0)
        #expect(try written(machine.handle(.received(versions))) == (.saslHandshake, 1, 1))
        let chosen = try MachineScript.answer(SaslHandshakeRequest.self, 1, 1, SaslHandshakeResponse())
        #expect(try written(machine.handle(.received(chosen))) == (.saslAuthenticate, 2, 2))
        var answer = SaslAuthenticateResponse()
        answer.authBytes = Blob(Array(ScramExchangeTests.challenge.utf8))
        let proof = machine.handle(.received(try MachineScript.answer(SaslAuthenticateRequest.self, 2, 2, answer)))
        #expect(try written(proof) == (.saslAuthenticate, 2, 3))
        answer.authBytes = Blob(Array(ScramExchangeTests.signature.utf8))
        answer.sessionLifetimeMs = 60_000
        let done = machine.handle(.received(try MachineScript.answer(SaslAuthenticateRequest.self, 2, 3, answer)))
        #expect(done == [.becameReady(sessionLifetime: 60_000), .transmit(CallID(number: 1), correlationID: 4)])
    }

    @Test func aMechanismThatTheBrokerLacksIsAnErrorThatListsItsOwn() throws {
        var machine = try MachineScript.machine(in: "choosing")
        var refusal = SaslHandshakeResponse()
        refusal.errorCode = .unsupportedSaslMechanism
        refusal.mechanisms = ["SCRAM-SHA-512", "OAUTHBEARER"]
        _ = machine.handle(.received(try MachineScript.answer(SaslHandshakeRequest.self, 1, 1, refusal)))
        #expect(cause(machine)?.code == .authenticationFailed)
        #expect(cause(machine)?.hint.contains("OAUTHBEARER, SCRAM-SHA-512") == true)
    }

    @Test func aWrongPasswordIsTheBrokersWordsAndNotOurs() throws {
        var machine = try MachineScript.machine(in: "authenticating")
        var refusal = SaslAuthenticateResponse()
        refusal.errorCode = .saslAuthenticationFailed
        refusal.errorMessage = "Invalid username or password"
        _ = machine.handle(.received(try MachineScript.answer(SaslAuthenticateRequest.self, 2, 2, refusal)))
        #expect(cause(machine)?.code == .authenticationFailed)
        #expect(cause(machine)?.text.contains("Invalid username or password") == true)
        #expect(cause(machine)?.isTransient == false)
    }

    // MARK: Authenticating anew (KIP-368)

    @Test func aSessionIsRenewedOnceAllAnswersAreThereAndThenCallsGoOn() throws {
        // Call 1 is under way (correlation id 3); a new one waits for the renewal.
        var machine = try MachineScript.machine(in: "serving")
        #expect(machine.handle(.renewed(MachineScript.grant)) == [])
        #expect(machine.handle(.submitted(CallID(number: 2))) == [])
        let answer = machine.handle(.received([0, 0, 0, 3]))
        #expect(answer.map(\.summary) == ["deliver 1", "write", "anew"])
        #expect(try written(Array(answer.dropFirst())) == (.saslHandshake, 1, 4))
        let chosen = try MachineScript.answer(SaslHandshakeRequest.self, 1, 4, SaslHandshakeResponse())
        #expect(try written(machine.handle(.received(chosen))) == (.saslAuthenticate, 2, 5))
        var done = SaslAuthenticateResponse()
        done.sessionLifetimeMs = 7000
        let ready = machine.handle(.received(try MachineScript.answer(SaslAuthenticateRequest.self, 2, 5, done)))
        #expect(ready == [.becameReady(sessionLifetime: 7000), .transmit(CallID(number: 2), correlationID: 6)])
        #expect(machine.state == .ready)
        #expect(machine.versions.best(of: MetadataRequest.self) == 13)
    }

    @Test func aConnectionWithoutCallsUnderWayIsRenewedAtOnceByTheFirstGrant() throws {
        var machine = try MachineScript.machine(in: "serving")
        _ = machine.handle(.received([0, 0, 0, 3]))
        #expect(machine.handle(.renewed(MachineScript.grant)).map(\.summary) == ["write", "anew"])
        #expect(machine.handle(.renewed(MachineScript.grant)) == [])
    }

    @Test func aRefusedRenewalFailsTheWaitingCallsAsNotSent() throws {
        var machine = try MachineScript.machine(in: "reauthenticating")
        var refusal = SaslHandshakeResponse()
        refusal.errorCode = .unsupportedSaslMechanism
        let actions = machine.handle(.received(try MachineScript.answer(SaslHandshakeRequest.self, 1, 4, refusal)))
        #expect(actions.map(\.summary) == ["fail 3 unsent", "close"])
        #expect(cause(machine)?.code == .authenticationFailed)
    }

    @Test func aRenewalThatComesTooEarlyLeavesItToAnotherConnection() throws {
        var machine = try MachineScript.machine(in: "reauthenticating")
        var refusal = SaslHandshakeResponse()
        refusal.errorCode = .illegalSaslState
        let actions = machine.handle(.received(try MachineScript.answer(SaslHandshakeRequest.self, 1, 4, refusal)))
        #expect(actions == [.fail(CallID(number: 3), .notSent(.tooEarly)), .close])
        // In the first authentication it says something else, and never that the mechanism in use should be used.
        var first = try MachineScript.machine(in: "choosing")
        refusal.mechanisms = ["PLAIN"]
        _ = first.handle(.received(try MachineScript.answer(SaslHandshakeRequest.self, 1, 1, refusal)))
        #expect(cause(first)?.code == .authenticationFailed && cause(first)?.hint.contains("PLAIN") == false)
    }

    @Test func aRefusedBearerTokenIsAcknowledgedAndTheReasonIsInWords() throws {
        var machine = ConnectionMachine(isSecure: false, grant: .bearer(Secret("hunter2"), extensions: [:]), clientID: "t")
        _ = machine.handle(.connected)
        _ = machine.handle(.received(try MachineScript.versions(correlationID: 0)))
        _ = machine.handle(.received(try MachineScript.answer(SaslHandshakeRequest.self, 1, 1, SaslHandshakeResponse())))
        var said = SaslAuthenticateResponse()
        said.authBytes = Blob(Array(#"{"status":"insufficient_scope","scope":"kafka"}"#.utf8))
        let actions = machine.handle(.received(try MachineScript.answer(SaslAuthenticateRequest.self, 2, 2, said)))
        #expect(try written(actions) == (.saslAuthenticate, 2, 3))
        var refusal = SaslAuthenticateResponse()
        refusal.errorCode = .saslAuthenticationFailed
        refusal.errorMessage = "{}"
        _ = machine.handle(.received(try MachineScript.answer(SaslAuthenticateRequest.self, 2, 3, refusal)))
        #expect(cause(machine)?.text == "the broker refuses the token: insufficient_scope, scope wanted: kafka")
        #expect(cause(machine).map { "\($0)".contains("hunter2") } == false)
    }

    @Test(arguments: [
        ("connecting", "closed the connection"), ("securing", "ended the TLS handshake"),
        ("negotiating", "closed the connection"), ("choosing", "during authentication"),
        ("authenticating", "during authentication"),
    ])
    func anEndDuringTheSetupSaysWhatWasGoingOn(state: String, words: String) throws {
        for end in [ConnectionMachine.Event.disconnected, .broken(Self.reset)] {
            var machine = try MachineScript.machine(in: state)
            _ = machine.handle(end)
            #expect(cause(machine)?.text.contains(words) == true)
            // Nothing was refused: another attempt may go better, here or elsewhere.
            #expect(cause(machine)?.code == .cannotConnect && cause(machine)?.isTransient == true)
        }
    }

    static let reset = ConnectionCause(channelError: IOError(errnoCode: ECONNRESET, reason: "read"))

    @Test func anEndInTheMiddleOfALoginTellsBothCausesAndWhatToLookAt() throws {
        let grants: [(SaslGrant, String)] = [
            (MachineScript.grant, "Check username, password"), (.bearer(Secret("t"), extensions: [:]), "issuer, audience"),
            (.awsIAM(Secret("{}")), "keys of AWS"),
        ]
        for (grant, words) in grants {
            var machine = ConnectionMachine(isSecure: false, grant: grant, clientID: "t")
            _ = machine.handle(.connected)
            _ = machine.handle(.received(try MachineScript.versions(correlationID: 0)))
            _ = machine.handle(.disconnected)
            let found = try #require(cause(machine))
            #expect(found.text.contains("going down or overloaded") && found.text.contains("refuses without a word"))
            #expect(found.hint.contains(words), "\(found.hint)")
        }
    }

    @Test func anEndInTheMiddleOfTheTLSHandshakeLeadsNobodyToThePlainText() throws {
        let ends: [ConnectionMachine.Event] = [
            .disconnected, .broken(Self.reset), .broken(ConnectionCause(channelError: NIOSSLError.uncleanShutdown)),
            .broken(ConnectionCause(channelError: NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake])))),
        ]
        for end in ends {
            var machine = try MachineScript.machine(in: "securing")
            #expect(machine.handle(end).map(\.summary) == ["fail 1 unsent", "close"])
            #expect(cause(machine) == .endedHandshake && cause(machine)?.isTransient == true)
            #expect(cause(machine)?.hint.contains("PLAINTEXT") == false)
        }
    }

    @Test func everyTruncationOfTheVersionsAnswerEndsTheConnection() throws {
        let whole = try MachineScript.versions(correlationID: 0)
        for length in 0..<whole.count {
            var machine = try MachineScript.machine(in: "negotiating")
            #expect(machine.handle(.received(Array(whole[..<length]))).map(\.summary) == ["fail 1 unsent", "close"])
        }
    }
}
