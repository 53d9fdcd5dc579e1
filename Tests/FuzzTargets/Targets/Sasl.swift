import Bytes
import KafkaProtocol

@testable import KafkaClient

extension FuzzTarget {
    private static let password = "a pass-word that nobody guesses 4711"
    static let nonce = "nonce-of-ours"

    /// What a broker says in an exchange; messages stand apart by a zero byte, the first byte chooses the mechanism. Nothing
    /// completes an exchange but the right signature, and no failure tells the password, which the broker knows: some bytes stand for
    /// what it was told (``echoed(_:)``). Messages may be longer than any that is read. SCRAM's iterations are work that is meant, and few
    /// here, so that the work is the messages'.
    static let sasl = FuzzTarget("sasl", upTo: ScramExchange.longestMessage + 512) { input in
        let choice = input.byte()
        switch choice & 28 {
        case 4: try bearer(messages(input.all()))
        case 8: try handshake(plain, password, &input)
        case 12: try handshake(.awsIAM(Secret(password)), password, &input)
        case 16: try handshake(.bearer(Secret(token), extensions: ["traceId": "7"]), token, &input)
        default: try scram(messages(input.all()), choice)
        }
    }

    private static func messages(_ bytes: [UInt8]) -> [[UInt8]] {
        bytes.split(separator: 0, omittingEmptySubsequences: false).map { echoed(Array($0)) }
    }

    /// Ways in which a broker may say a secret again: 0x10 to 0x13 as it is, in base 64, in that of URLs together with a user, and
    /// percent-encoded; from 0x14 on the same of a token.
    private static let echoes: [[UInt8]] = [password, token].flatMap { forms(of: $0) }.map { Array($0.utf8) }

    private static func forms(of secret: String) -> [String] {
        [secret, Base64.encode(Array(secret.utf8)), Base64URL.encode(Array("\u{0}user\u{0}\(secret)".utf8)), Percent.encode(secret)]
    }

    private static func echoed(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { byte in (0x10..<0x18).contains(byte) ? echoes[Int(byte) - 0x10] : [byte] }
    }

    /// Whether words have a secret in them, in any of the ways in which it may have been said.
    private static func tells(_ words: String, _ secret: String) -> Bool { forms(of: secret).contains { words.contains($0) } }

    private static let plain = SaslGrant.password(
        SaslCredentials(mechanism: .plain, username: "user", password: Secret(password)), nonce: nonce)
    private static let token = password.replacing(" ", with: "")

    private static func scram(_ messages: [[UInt8]], _ choice: UInt8) throws {
        let credentials = SaslCredentials(
            mechanism: choice & 1 == 0 ? .scramSHA256 : .scramSHA512, username: "user", password: Secret(password), isToken: choice & 2 != 0
        )
        var exchange = ScramExchange(credentials, function: choice & 1 == 0 ? .sha256 : .sha512, nonce: nonce, iterations: 1...4)
        _ = try exchange.begin()
        for message in messages {
            do throws(SaslFailure) {
                _ = try exchange.receive(message)
            } catch {
                try hold(!tells("\(error.cause)\(error.hint)", password), "the password is told")
                break
            }
        }
        try hold(exchange.state != .complete || messages.count > 1, "complete without a signature")
    }

    private static func bearer(_ messages: [[UInt8]]) throws {
        var exchange = BearerExchange(token: Secret(token), extensions: [:])
        _ = try exchange.begin()
        for message in messages {
            let isOver = exchange.state == .complete || exchange.refusal != nil
            do throws(SaslFailure) {
                _ = try exchange.receive(message)
            } catch {
                return try hold(isOver, "failed before its end")
            }
            try hold(!tells(exchange.refusal ?? "", token), "the token is told")
        }
    }

    /// Every answer of a broker from the handshake on, as frames of Kafka: a byte with the length, then so many bytes behind the
    /// correlation id. With 0, the answer that a broker gives who is content.
    private static func handshake(_ grant: SaslGrant, _ secret: String, _ input: inout FuzzInput) throws {
        var versions = VersionTable()
        for type in Messages.all { versions.ranges[type.api] = type.versions }
        var handshake = Handshake(anew: grant, versions: versions, correlationID: 7, clientID: "fuzz")
        var correlationID: Int32 = 7
        do throws(ConnectionCause) {
            _ = try handshake.beginAnew()
            while !input.rest.isEmpty, handshake.state != .complete {
                let length = Int(input.byte())
                let body = length == 0 ? content(with: handshake) : reframed(input.take(length))
                let frame = withUnsafeBytes(of: correlationID.bigEndian, Array.init) + body
                correlationID += 1
                _ = try handshake.receive(frame, correlationID: correlationID - 1)
            }
        } catch {
            let words = "\(error.text)\(error.hint)"
            try hold(!tells(words, secret), "the secret is told")
            // Or the broker says that a session cannot be renewed yet, which is no refusal.
            try hold(
                [.authenticationFailed, .protocolViolation].contains(error.code) || error == .tooEarly, "failed as \(error.code)")
        }
    }

    /// A refusal with a message has the echoes in it, and its length as it then is; all else stays.
    private static func reframed(_ body: [UInt8]) -> [UInt8] {
        guard body.count > 4, body[0] == 0, body[3] > 1, body.count >= 3 + Int(body[3]) else { return body }
        let message = echoed(Array(body[4..<3 + Int(body[3])]))
        let length = message.count + 1
        let head: [UInt8] = length < 128 ? [UInt8(length)] : [UInt8(length & 127) | 128, UInt8(length >> 7)]
        return Array(body[..<3]) + head + message + Array(body[(3 + Int(body[3]))...])
    }

    /// Without header and correlation id: error code 0; then no mechanisms, or no message, no bytes, no life, no tags.
    private static func content(with handshake: Handshake) -> [UInt8] {
        if case .choosing = handshake.state { return [0, 0, 0, 0, 0, 0] }
        return [0, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 9)
    }
}
