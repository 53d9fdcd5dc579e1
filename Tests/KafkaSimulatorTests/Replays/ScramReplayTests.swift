import Bytes
import Cryptography
import KafkaProtocol
import Testing

@testable import KafkaSimulator

@Suite("SCRAM's tokens are those of the recorded broker, given its salt and its nonces")
struct ScramReplayTests {
    @Test("client first and client final, with the right password and with a wrong one")
    func exchange() throws {
        let exchanges = try Replay.exchanges(SaslAuthenticateRequest.self) { $0.note.contains("SCRAM") }
        #expect(exchanges.count == 8)
        var configuration = Replay.configuration
        configuration.users = []
        var stage = BrokerStage(configuration)
        for (recording, request, recorded) in exchanges {
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
                stage.chance.plant(try Self.random(of: try #require(told["r"]?.dropFirst(client.count))))
            }
            let made = try stage.call(SaslAuthenticateHandler.self, request, version: recording.version)
            #expect(try Replay.carried(made, SaslAuthenticateRequest.self, version: recording.version) == recorded, "\(recording)")
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
