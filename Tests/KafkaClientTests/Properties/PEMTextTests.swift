import NIOSSL
import Testing

@testable import KafkaClient

/// PEM as Kafka's tools take it where it stands in the properties themselves: its PemParser allows any white space in the place of line breaks.
@Suite struct PEMTextTests {
    /// `clientKey`, encrypted with `sesame` in OpenSSL's older form (`openssl ec -aes256`).
    static let older = """
        -----BEGIN EC PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-256-CBC,F6CFF41275A4B19578791948A4CB3E0A

        g3FIeLF6VQkttd2AHPUJ9XSFxD/0c0k7n1OCdEgdrcteDLqqCQVCX3YJHcDTVuls
        wh4kTn5A8XpAlvgCyPVoh2sBGOIluJTiBs9Y4SeRHvrMjtqv3vuT6W7rvJFMducc
        e3CycSkbywJDcRYJiJPMP94ns65EdcLjL/3lHu64Pco=
        -----END EC PRIVATE KEY-----
        """

    static let texts = [
        TestCertificates.authority, TestCertificates.server + "\n" + TestCertificates.authority, TestCertificates.clientKey,
        TestCertificates.clientKeySealed + "\n" + TestCertificates.client, older, older + "\n" + TestCertificates.client,
    ]

    @Test(arguments: texts, [" ", "\n", "\r\n", "\t", " \n  ", "\r", "\u{c} "]) func anyWhiteSpaceStandsForALineBreak(
        text: String, blank: String
    ) {
        // What stands between two blocks stays there.
        func lines(_ text: String) -> [String] {
            text.split(whereSeparator: \.isNewline).map { String($0) }.filter { !$0.allSatisfy(\.isWhitespace) }
        }
        #expect(lines(PEMText.normalized(lines(text).joined(separator: blank))) == lines(text))
        #expect(PEMText.normalized(text) == text)
    }

    @Test func whatIsNoBlockStaysAsItIs() {
        for text in [
            "", "CA", "-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\nMII\n-----END KEY-----", "-----BEGIN -----END",
            "-----END X-----",
            "-----BEGIN CERTIFICATE-----\nno base 64?\n-----END CERTIFICATE-----", "-----BEGIN-----\nMII\n-----END-----",
        ] { #expect(PEMText.normalized(text) == text) }
        // What stands around blocks does, and one that is cut off does not spoil the next.
        let text =
            "Bag Attributes\n    name: x\n\(TestCertificates.client)\nrest -----BEGIN CERTIFICATE-----\n\(TestCertificates.authority)\n"
        #expect(PEMText.normalized(text) == text)
    }

    /// As the documentation of Kafka shows it: each line of the value but the last ends in a backslash.
    private func continued(_ key: String, _ pem: String) -> String { "\(key)=" + pem.split(separator: "\n").joined(separator: " \\\n") }

    @Test(
        arguments: [
            (TestCertificates.clientKey, nil), (TestCertificates.clientKeySealed, "sesame"), (TestCertificates.clientKeyScrypt, "sesame"),
            (older, "sesame"),
        ] as [(String, String?)]) func certificatesAndKeysInTheFileItselfMayGoOnOverLines(key: String, password: String?) throws
    {
        let lines =
            ["security.protocol=SSL", "ssl.truststore.type=PEM", "ssl.keystore.type=PEM"]
            + [
                continued("ssl.truststore.certificates", TestCertificates.stranger + "\n" + TestCertificates.authority),
                continued("ssl.keystore.certificate.chain", TestCertificates.client + "\n" + TestCertificates.authority),
                continued("ssl.keystore.key", key),
            ] + (password.map { ["ssl.key.password=\($0)"] } ?? [])
        let properties = try ClientProperties(Array(lines.joined(separator: "\n").utf8))
        #expect(properties.warnings == [])
        let tls = try #require(properties.configuration.security.tls)
        let trusted = try NIOSSLCertificate.fromPEMBytes(Array((tls.trustedCertificates?.revealed ?? "").utf8))
        let expected = try [TestCertificates.stranger, TestCertificates.authority].flatMap {
            try NIOSSLCertificate.fromPEMBytes(Array($0.utf8))
        }
        #expect(trusted == expected)
        let chain = try NIOSSLCertificate.fromPEMBytes(Array((tls.certificateChain?.revealed ?? "").utf8))
        #expect(chain.count == 2)
        // Certificate and key are read and belong together.
        _ = try TLSMaterial(tls)
    }

    @Test func whatIsNoPEMIsToldWithBothPlacesThatItMayComeFrom() throws {
        let text = "security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.certificates=hunter2"
        let tls = try #require(try ClientProperties(Array(text.utf8)).configuration.security.tls)
        #expect {
            try TLSMaterial(tls)
        } throws: {
            guard let error = $0 as? KafkaError else { return false }
            return error.code == .configuration && error.hint.contains("ssl.truststore.location")
                && error.hint.contains("ssl.truststore.certificates") && !"\(error)".contains("hunter2")
        }
    }
}
