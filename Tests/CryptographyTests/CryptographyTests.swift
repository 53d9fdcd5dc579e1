import Bytes
import Cryptography
import Testing

private func bytes(_ hex: String) -> [UInt8] { [UInt8](hex: hex) ?? [] }

@Suite struct DigestTests {
    /// FIPS 180-2, appendices B and C.
    @Test(arguments: [
        (HashFunction.sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            .sha256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            .sha512, "abc",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
    ]) func vectorsOfTheStandard(_ function: HashFunction, _ text: String, _ digest: String) {
        #expect(function.digest(Array(text.utf8)).hex == digest)
        #expect(function.digest([0] + Array(text.utf8)[...]).count == function.length)
        #expect(function.digest(([9] + Array(text.utf8)).dropFirst()).hex == digest)
    }

    /// RFC 4231: cases 1, 2, 3 and 6.
    @Test(arguments: [
        (
            String(repeating: "0b", count: 20), Array("Hi There".utf8).hex,
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"
        ),
        (
            Array("Jefe".utf8).hex, Array("what do ya want for nothing?".utf8).hex,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
        ),
        (
            String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"
        ),
        (
            String(repeating: "aa", count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8).hex,
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"
        ),
    ]) func messageAuthenticationAsInRFC4231(_ key: String, _ message: String, _ sha256: String, _ sha512: String) {
        #expect(HashFunction.sha256.authenticate(bytes(message), key: bytes(key)).hex == sha256)
        #expect(HashFunction.sha512.authenticate(bytes(message), key: bytes(key)).hex == sha512)
    }

    @Test func anEmptyKeyIsAKeyOfItsOwn() {
        let expected = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        _ = HashFunction.sha256.authenticate([1], key: [1, 2, 3])
        #expect(HashFunction.sha256.authenticate([], key: []).hex == expected)
    }

    @Test func equalityInConstantTimeIsEquality() {
        #expect(equalInConstantTime([1, 2], [1, 2]) && equalInConstantTime([], []))
        #expect(!equalInConstantTime([1, 2], [1, 3]) && !equalInConstantTime([1], [1, 2]))
    }
}

@Suite struct ScramTests {
    /// The exchange of RFC 7677 section 3.
    @Test func theExchangeOfRFC7677() throws {
        let salt = try #require(Base64.decode("W22ZaJ0SNY7soEsUEjb6gQ=="))
        let keys = ScramKeys(function: .sha256, password: "pencil", salt: salt, iterations: 4_096)
        let message = Array(
            ("n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
                + "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0").utf8)
        let proof = keys.clientProof(authMessage: message)
        #expect(Base64.encode(proof) == "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
        #expect(Base64.encode(keys.serverSignature(authMessage: message)) == "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
        #expect(ScramKeys.verify(proof: proof, storedKey: keys.storedKey, authMessage: message, function: .sha256))
        #expect(ScramKeys(function: .sha256, saltedPassword: keys.saltedPassword).storedKey == keys.storedKey)
    }

    @Test(arguments: HashFunction.allCases) func noOtherProofIsTaken(_ function: HashFunction) {
        let keys = ScramKeys(function: function, password: "secret", salt: [1, 2, 3, 4], iterations: 2)
        let message = Array("a conversation".utf8)
        let proof = keys.clientProof(authMessage: message)
        func isTaken(_ proof: [UInt8], _ message: [UInt8]) -> Bool {
            ScramKeys.verify(proof: proof, storedKey: keys.storedKey, authMessage: message, function: function)
        }
        #expect(isTaken(proof, message))
        #expect(!isTaken(proof, message + [0]))
        #expect(!isTaken([], message) && !isTaken(proof + [0], message) && !isTaken(Array(proof.dropLast()), message))
        for bit in 0..<proof.count * 8 {
            var other = proof
            other[bit / 8] ^= 1 << (bit % 8)
            #expect(!isTaken(other, message))
        }
        let wrong = ScramKeys(function: function, password: "Secret", salt: [1, 2, 3, 4], iterations: 2)
        #expect(!isTaken(wrong.clientProof(authMessage: message), message))
    }

    /// RFC 7914 section 11 has PBKDF2 with HMAC-SHA-256; its first 32 bytes are one block.
    @Test(arguments: [
        ("passwd", "salt", 1, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"),
        ("Password", "NaCl", 80_000, "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"),
    ]) func stretchingAsInRFC7914(_ password: String, _ salt: String, _ iterations: Int, _ key: String) {
        #expect(HashFunction.sha256.stretch(Array(password.utf8), salt: Array(salt.utf8), iterations: iterations).hex == key)
    }
}
