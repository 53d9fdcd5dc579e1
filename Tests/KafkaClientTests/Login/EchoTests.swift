import Bytes
import KafkaProtocol
import Testing

@testable import KafkaClient

/// Brokers that say again what they were told: nothing of it reaches an error.
@Suite struct EchoTests {
    private static let password = "TOPSECRET99"

    /// Every login that says a secret on the wire, and what of it must not be told.
    private static let logins: [(login: SaslLogin, secrets: [String])] = [
        (
            .password(SaslCredentials(mechanism: .plain, username: "admin", password: Secret(password))),
            [password, Base64.encode(Array("\u{0}admin\u{0}\(password)".utf8)), "TOPSECRET"]
        ),
        (.bearer(BearerLogin(.fixed(Secret("head.\(password).signature-of-it")))), [password, "signature-of-it"]),
    ]

    enum Echo: CaseIterable { case raw, base64, unpadded, percent }

    private static func write(_ token: [UInt8], _ echo: Echo) -> ByteString {
        switch echo {
        case .raw: ByteString(bytes: token)
        case .base64: ByteString(Base64.encode(token))
        case .unpadded: ByteString(Base64URL.encode(token))
        case .percent: ByteString(Percent.encode(String(decoding: token, as: UTF8.self)))
        }
    }

    @Test(arguments: 0..<2, Echo.allCases) func whatABrokerSaysAgainIsNotTold(login: Int, echo: Echo) async throws {
        let (login, secrets) = Self.logins[login]
        try await ScriptedBroker.run({ api, frame, _ in
            switch api {
            case .apiVersions: return try .versions(to: frame)
            case .saslHandshake: return try .answer(SaslHandshakeRequest.self, to: frame) { _, _ in }
            default:
                return try .answer(SaslAuthenticateRequest.self, to: frame) { request, response in
                    response.errorCode = .saslAuthenticationFailed
                    response.errorMessage = "no: " + Self.write(request.authBytes.bytes, echo) + " it was"
                }
            }
        }) { broker in
            var configuration = ClientConfiguration(bootstrap: [broker.address])
            configuration.connectAttempts = 1
            configuration.security.sasl = login
            do {
                _ = try await TestCluster.withClient(configuration) { try await $0.describeCluster() }
                Issue.record("nothing failed")
            } catch let error as KafkaError {
                #expect(error.code == .authenticationFailed)
                #expect(error.cause.contains("[redacted]") && error.cause.contains("no: "), "\(error)")
                for secret in secrets {
                    for form in [secret, Base64URL.encode(Array(secret.utf8)), String(Base64URL.encode(Array(secret.utf8)).dropLast(2))] {
                        #expect(!"\(error)".contains(form), "\(form) in \(error)")
                    }
                }
            }
        }
    }

    /// A salt of a mebibyte is refused by the head of its frame, whatever else is going on.
    @Test func aHugeSaltIsNotReadAtAll() async throws {
        try await ScriptedBroker.run({ api, frame, _ in
            switch api {
            case .apiVersions: return try .versions(to: frame)
            case .saslHandshake: return try .answer(SaslHandshakeRequest.self, to: frame) { _, _ in }
            default:
                return try .answer(SaslAuthenticateRequest.self, to: frame) { request, response in
                    let nonce = String(decoding: request.authBytes.bytes, as: UTF8.self).split(separator: "r=").last ?? ""
                    response.authBytes = Blob(Array("r=\(nonce)x,s=\(String(repeating: "A", count: 1 << 20)),i=4096".utf8))
                }
            }
        }) { broker in
            var configuration = ClientConfiguration(bootstrap: [broker.address])
            configuration.security.sasl = .password(
                SaslCredentials(mechanism: .scramSHA256, username: "admin", password: Secret(Self.password)))
            let limited = configuration
            await #expect {
                try await TestCluster.withClient(limited) { try await $0.describeCluster() }
            } throws: { ($0 as? KafkaError)?.cause.contains("above the limit of 65536") == true }
        }
    }
}
