import Bytes
import Cryptography
import Testing

@testable import KafkaClient

@Suite struct ScramExchangeTests {
    static let credentials = SaslCredentials(mechanism: .scramSHA256, username: "user", password: Secret("pencil"))
    /// RFC 7677 section 3.
    static let nonce = "rOprNGfwEbeRWgbNEkqO"
    static let challenge = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
    static let proof = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    static let signature = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

    private func fresh() -> ScramExchange { ScramExchange(Self.credentials, function: .sha256, nonce: Self.nonce) }

    private func challenged() throws -> ScramExchange {
        var exchange = fresh()
        _ = try exchange.begin()
        _ = try exchange.receive(Array(Self.challenge.utf8))
        return exchange
    }

    @Test func theExchangeOfRFC7677IsReproducedByteByByte() throws {
        var exchange = fresh()
        #expect(String(decoding: try exchange.begin(), as: UTF8.self) == "n,,n=user,r=rOprNGfwEbeRWgbNEkqO")
        #expect(try exchange.receive(Array(Self.challenge.utf8)) == Array(Self.proof.utf8))
        #expect(try exchange.receive(Array(Self.signature.utf8)) == nil)
        #expect(exchange.state == .complete)
    }

    @Test func aBrokerThatDoesNotKnowTheKeysIsNotTrusted() throws {
        var exchange = try challenged()
        let wrong = "v=" + Base64.encode([UInt8](repeating: 7, count: 32))
        #expect { try exchange.receive(Array(wrong.utf8)) } throws: { "\($0)".contains("wrong SCRAM signature") }
    }

    @Test func aBrokerThatSkipsItsSignatureIsNotTrusted() throws {
        for silence in ["", "v=", "x=1", "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4"] {
            var exchange = try challenged()
            #expect(throws: SaslFailure.self) { try exchange.receive(Array(silence.utf8)) }
        }
    }

    @Test func aRefusedProofNamesTheBrokersReason() throws {
        var exchange = try challenged()
        #expect { try exchange.receive(Array("e=invalid-proof".utf8)) } throws: { "\($0)".contains("invalid-proof") }
    }

    @Test(arguments: [
        "r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",  // nothing of the broker's own
        "r=anotherNonce,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    ])
    func aNonceThatDoesNotContinueOursEndsTheExchange(challenge: String) throws {
        var exchange = fresh()
        _ = try exchange.begin()
        #expect { try exchange.receive(Array(challenge.utf8)) } throws: { "\($0)".contains("nonce") }
    }

    @Test(arguments: [4095, 100_001, 1_000_000, 0, -1, 999_999_999_999])
    func iterationsOutsideOfTheBoundsAreRefusedBeforeAnyWork(iterations: Int) throws {
        var exchange = fresh()
        _ = try exchange.begin()
        let challenge = "r=\(Self.nonce)x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=\(iterations)"
        #expect { try exchange.receive(Array(challenge.utf8)) } throws: { "\($0)".contains("iterations") }
    }

    @Test(arguments: [
        "", "r=x", "m=ext,r=rOprNGfwEbeRWgbNEkqOx,s=aa==,i=4096", "r=rOprNGfwEbeRWgbNEkqOx,s=!,i=4096", "r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096",
        "\u{0}",
    ])
    func malformedChallengesAreRefused(challenge: String) throws {
        var exchange = fresh()
        _ = try exchange.begin()
        #expect(throws: SaslFailure.self) { try exchange.receive(Array(challenge.utf8)) }
    }

    @Test func messagesLongerThanAnyAreRefusedUnread() throws {
        for length in [4097, 1 << 20] {
            var exchange = fresh()
            _ = try exchange.begin()
            let head = "r=\(Self.nonce)x,s="
            let challenge = head + String(repeating: "A", count: (length - head.utf8.count) / 4 * 4) + ",i=4096"
            #expect { try exchange.receive(Array(challenge.utf8)) } throws: { "\($0)".contains("more than 4096") }
        }
    }

    @Test(arguments: ["pencil", "cGVuY2ls", "AHVzZXIAcGVuY2ls", "dXNlcjpwZW5jaWw"])
    func aBrokerThatSaysThePasswordIsNotQuoted(word: String) throws {
        var exchange = try challenged()
        #expect { try exchange.receive(Array("e=\(word)".utf8)) } throws: {
            "\($0)".contains("[redacted]") && !"\($0)".contains(" pencil") && !"\($0)".contains("ZW5jaW")
        }
        var other = fresh()
        _ = try other.begin()
        let challenge = "r=\(Self.nonce)x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=pencil"
        #expect { try other.receive(Array(challenge.utf8)) } throws: { !"\($0)".contains("pencil") }
    }

    @Test func messagesOutOfTurnAreRefused() throws {
        var exchange = fresh()
        #expect(throws: SaslFailure.self) { try exchange.receive(Array(Self.challenge.utf8)) }
        var complete = try challenged()
        _ = try complete.receive(Array(Self.signature.utf8))
        #expect(throws: SaslFailure.self) { try complete.receive(Array(Self.signature.utf8)) }
    }

    @Test func commasAndEqualSignsInNamesAreEscapedAndTokensAreMarked() throws {
        var credentials = SaslCredentials(mechanism: .scramSHA512, username: "a=b,c", password: Secret("p"), isToken: true)
        var exchange = ScramExchange(credentials, function: .sha512, nonce: "n")
        #expect(String(decoding: try exchange.begin(), as: UTF8.self) == "n,,n=a=3Db=2Cc,r=n,tokenauth=true")
        credentials.isToken = false
        exchange = ScramExchange(credentials, function: .sha512, nonce: "n")
        #expect(String(decoding: try exchange.begin(), as: UTF8.self) == "n,,n=a=3Db=2Cc,r=n")
    }
}
