import Bytes
import KafkaProtocol

@testable import KafkaClient

extension FuzzTarget {
    private static let password = "a pass-word that nobody guesses 4711"
    static let nonce = "nonce-of-ours"

    /// What a broker says in an exchange; messages stand apart by a zero byte, the first byte chooses the mechanism. Nothing
    /// completes an exchange but the right signature, and no failure tells the password. SCRAM's iterations are work that is meant, and
    /// few here, so that the work is the messages'.
    static let sasl = FuzzTarget("sasl", upTo: 512) { input in
        let choice = input.byte()
        switch choice & 28 {
        case 4: try bearer(input.all().split(separator: 0, omittingEmptySubsequences: false))
        case 8: try handshake(plain, &input)
        case 12: try handshake(.awsIAM(Secret(password)), &input)
        case 16: try handshake(.bearer(Secret(token), extensions: ["traceId": "7"]), &input)
        default: try scram(input.all().split(separator: 0, omittingEmptySubsequences: false), choice)
        }
    }

    private static let plain = SaslGrant.password(
        SaslCredentials(mechanism: .plain, username: "user", password: Secret(password)), nonce: nonce)
    private static let token = password.replacing(" ", with: "")

    private static func scram(_ messages: [ArraySlice<UInt8>], _ choice: UInt8) throws {
        let credentials = SaslCredentials(
            mechanism: choice & 1 == 0 ? .scramSHA256 : .scramSHA512, username: "user", password: Secret(password), isToken: choice & 2 != 0
        )
        var exchange = ScramExchange(credentials, function: choice & 1 == 0 ? .sha256 : .sha512, nonce: nonce, iterations: 1...4)
        _ = try exchange.begin()
        for message in messages {
            do throws(SaslFailure) {
                _ = try exchange.receive(Array(message))
            } catch {
                try hold(!"\(error.cause)\(error.hint)".contains(password), "the password is told")
                break
            }
        }
        try hold(exchange.state != .complete || messages.count > 1, "complete without a signature")
    }

    private static func bearer(_ messages: [ArraySlice<UInt8>]) throws {
        var exchange = BearerExchange(token: Secret(token), extensions: [:])
        _ = try exchange.begin()
        for message in messages {
            let isOver = exchange.state == .complete || exchange.refusal != nil
            do throws(SaslFailure) {
                _ = try exchange.receive(Array(message))
            } catch {
                return try hold(isOver, "failed before its end")
            }
        }
    }

    /// Every answer of a broker from the handshake on, as frames of Kafka: a byte with the length, then so many bytes behind the
    /// correlation id. With 0, the answer that a broker gives who is content.
    private static func handshake(_ grant: SaslGrant, _ input: inout FuzzInput) throws {
        var versions = VersionTable()
        for type in Messages.all { versions.ranges[type.api] = type.versions }
        var handshake = Handshake(anew: grant, versions: versions, correlationID: 7, clientID: "fuzz")
        var correlationID: Int32 = 7
        do throws(ConnectionCause) {
            _ = try handshake.beginAnew()
            while !input.rest.isEmpty, handshake.state != .complete {
                let length = Int(input.byte())
                let body = length == 0 ? content(with: handshake) : input.take(length)
                let frame = withUnsafeBytes(of: correlationID.bigEndian, Array.init) + body
                correlationID += 1
                _ = try handshake.receive(frame, correlationID: correlationID - 1)
            }
        } catch {
            let words = "\(error.text)\(error.hint)"
            try hold(!words.contains(password) && !words.contains(token), "the secret is told")
            try hold(error.code == .authenticationFailed || error.code == .protocolViolation, "failed as \(error.code)")
        }
    }

    /// Without header and correlation id: error code 0; then no mechanisms, or no message, no bytes, no life, no tags.
    private static func content(with handshake: Handshake) -> [UInt8] {
        if case .choosing = handshake.state { return [0, 0, 0, 0, 0, 0] }
        return [0, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 9)
    }
}
