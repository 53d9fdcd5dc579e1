import Testing

@testable import Bytes

@Suite struct RedactionTests {
    static let password = "TOP/SECRET 99+"
    static let redaction = Redaction([password, "user:\(password)"])

    /// Each writing of the secret that a peer may have from what it was sent.
    static let writings: [String] = {
        func base64(_ text: String) -> String { Base64.encode(Array(text.utf8)) }
        func urls(_ text: String) -> String { Base64URL.encode(Array(text.utf8)) }
        let whole = [password, "\u{0}user\u{0}\(password)", "user:\(password)", "u:\(password)x", "us:\(password)xy", "\(password)z"]
        return whole + whole.map(base64) + whole.map(urls) + whole.map { String(base64($0).prefix { $0 != "=" }) }
            + [Percent.encode(password), Percent.encode(password).lowercased().replacing("top%2fsecret", with: "TOP%2fSECRET")]
            + [Percent.encode(password).replacing("%20", with: "+"), Array(password.utf8).hex, "TOP\\/SECRET 99+"]
    }()

    @Test(arguments: writings) func noWritingOfASecretIsTold(writing: String) {
        for text in [writing, "no: \(writing)", "Basic \(writing), try again", "\(writing) and \(writing)"] {
            let words = Self.redaction.words(text)
            #expect(words.contains(Redaction.mark), "\(text)")
            #expect(!words.contains("SECRET") && !words.contains("T1AvU0VDUkVU") && !words.contains("UvU0VDU"), "\(words)")
            // No run of the writing is left from which the secret could be read.
            for start in writing.indices.dropLast(7) where writing[start...].utf8.count > 8 {
                let part = String(writing[start...].prefix(8))
                #expect(!words.contains(part) || "no: Basic , try again and user\u{0}".contains(part), "\(part) of \(writing): \(words)")
            }
        }
    }

    @Test func whatIsNoSecretStays() {
        let text = "invalid_client (Bad credentials for user), see https://idp.example/docs?a=b"
        #expect(Self.redaction.words(text) == text)
        #expect(Redaction([]).words(text) == text)
        #expect(Redaction([""]).words(text) == text)
    }

    @Test func wordsThatEndWithinASecretAreCutBeforeIt() {
        #expect(Redaction(["correct horse battery staple"]).words("no: correct horse batt") == "no: [redacted]")
        #expect(Redaction(["hunter2"]).words("no: hunte") == "no: [redacted]")
    }

    @Test func wordsThatHoldAShortSecretAreNotShown() {
        #expect(Redaction(["pw"]).words("the password pw is wrong") == Redaction.withheld)
        #expect(Redaction(["pw"]).words("wrong, or upwards") == "wrong, or upwards")
    }

    @Test func wordsAreShortAndOfOneLine() {
        #expect(Redaction([]).words("a\nb\u{1B}[2J\u{0}") == "a b [2J ")
        let long = Redaction([]).words(String(repeating: "é", count: 30_000))
        #expect(long == String(repeating: "é", count: 300) + "…")
    }

    @Test func aRedactionTellsNothingItself() {
        var dumped = ""
        dump(Self.redaction, to: &dumped)
        for text in ["\(Self.redaction)", String(reflecting: Self.redaction), dumped] { #expect(!text.contains("SECRET")) }
    }

    @Test func reasonsOfTLSAreFoundBetweenPlacesOfItsSource() {
        let description =
            "handshakeFailed(NIOSSL.BoringSSLError.sslError([Error: 268436526 error:1000042e:SSL routines:OPENSSL_internal:TLSV1_ALERT_PROTOCOL_VERSION at /home/x/tls_record.cc:491]))"
        #expect(TLSReason.name(in: description) == "TLSV1_ALERT_PROTOCOL_VERSION")
        #expect(TLSReason.words(in: description) == "tlsv1 alert protocol version")
        #expect(TLSReason.words(in: "odd at /home/x/y.cc:1") == "odd")
    }
}
