import Bytes
import Cryptography
import KafkaProtocol
import Testing

@testable import KafkaSimulator

/// Calls by which a client says who it is.
extension ReplayScene {
    static let saslHandshake = ReplayScene(name: "SaslHandshake: a mechanism the broker has, one it has not") { judge in
        var configuration = Replay.configuration
        configuration.users = []
        var stage = BrokerStage(configuration)
        for (recording, _, _) in try Replay.exchanges(SaslHandshakeRequest.self) { try judge.replay(recording, on: &stage) }
    }

    static let plain = ReplayScene(name: "PLAIN") { judge in
        var configuration = Replay.configuration
        configuration.users = [SimulatedUser(name: "alice", password: "alice-secret", mechanisms: [.plain])]
        for (recording, _, _) in try Replay.exchanges(SaslAuthenticateRequest.self, { $0.note == "PLAIN" }) {
            var stage = BrokerStage(configuration)
            _ = try stage.call(SaslHandshakeHandler.self, SaslTests.handshake("PLAIN"))
            try judge.replay(recording, on: &stage)
        }
    }

    static let scram = ReplayScene(name: "SCRAM's tokens, given the recorded salt and nonces; the right password and a wrong one") {
        judge in
        var configuration = Replay.configuration
        configuration.users = []
        var stage = BrokerStage(configuration)
        for (recording, request, recorded) in try Replay.exchanges(SaslAuthenticateRequest.self, { $0.note.contains("SCRAM") }) {
            if recording.note.hasSuffix("client first") {
                stage = BrokerStage(configuration)
                let told = Dictionary(
                    uniqueKeysWithValues: String(decoding: recorded.authBytes.bytes, as: UTF8.self).split(separator: ",").map {
                        ($0.prefix(1), String($0.dropFirst(2)))
                    })
                let client = String(decoding: request.authBytes.bytes, as: UTF8.self).split(separator: ",r=").last ?? ""
                let salt = try #require(told["s"].flatMap(Base64.decode))
                let iterations = try #require(told["i"].flatMap { Int($0) })
                let keys = ScramKeys(function: .sha256, password: "alice-secret", salt: salt, iterations: iterations)
                stage.state.credentials?.set(
                    "alice", .scramSHA256,
                    Credentials.Scram(salt: salt, iterations: iterations, storedKey: keys.storedKey, serverKey: keys.serverKey))
                _ = try stage.call(SaslHandshakeHandler.self, SaslTests.handshake("SCRAM-SHA-256"))
                stage.chance.plant(try random(of: try #require(told["r"]?.dropFirst(client.count))))
            }
            try judge.replay(recording, on: &stage)
        }
    }

    /// The random bytes behind a broker's part of the nonce.
    private static func random(of nonce: Substring) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: ScramServer.nonceBytes)
        for digit in nonce {
            var carry = try #require(Int(String(digit), radix: 36))
            for index in bytes.indices.reversed() {
                let value = Int(bytes[index]) * 36 + carry
                (bytes[index], carry) = (UInt8(truncatingIfNeeded: value), value >> 8)
            }
            #expect(carry == 0, "a nonce of more than 136 bits")
        }
        return bytes
    }
}
