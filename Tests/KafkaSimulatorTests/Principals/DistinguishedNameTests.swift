import NIOSSL
import Testing

@testable import KafkaSimulator

@Suite("The name of a client by its certificate")
struct DistinguishedNameTests {
    @Test("The last part first, words for what Java has words for, special characters escaped, others by number")
    func written() throws {
        let bytes = try #require(try NIOSSLCertificate.fromPEMBytes(Array(Self.odd.utf8)).first).toDERBytes()
        #expect(
            DistinguishedName(subjectOf: bytes)?.description
                == #"1.2.840.113549.1.9.1=#16056140622e63,CN=\ app,OU=Pay\;ments,O=Example\, Inc. \"x\",DC=example,C=DE"#)
        let plain = try #require(try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.client.utf8)).first).toDERBytes()
        #expect(DistinguishedName(subjectOf: plain)?.description == "CN=client")
    }

    @Test("What is cut short or no certificate has no name, and does no harm")
    func cut() throws {
        let bytes = try #require(try NIOSSLCertificate.fromPEMBytes(Array(Self.odd.utf8)).first).toDERBytes()
        for length in 0..<bytes.count { #expect(DistinguishedName(subjectOf: Array(bytes.prefix(length))) == nil, "\(length)") }
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] = 0xFF
            _ = DistinguishedName(subjectOf: damaged)
        }
    }

    /// A certificate that its own key signed; the key is nowhere.
    private static let odd = """
        -----BEGIN CERTIFICATE-----
        MIICTDCCAfOgAwIBAgIUHxkvrulaF5gbx46hAa3WBj9JgpcwCgYIKoZIzj0EAwIw
        ezELMAkGA1UEBhMCREUxFzAVBgoJkiaJk/IsZAEZFgdleGFtcGxlMRowGAYDVQQK
        DBFFeGFtcGxlLCBJbmMuICJ4IjESMBAGA1UECwwJUGF5O21lbnRzMQ0wCwYDVQQD
        DAQgYXBwMRQwEgYJKoZIhvcNAQkBFgVhQGIuYzAgFw0yNjExMjUyMjU3MjNaGA8y
        MTI2MTEwMTIyNTcyM1owezELMAkGA1UEBhMCREUxFzAVBgoJkiaJk/IsZAEZFgdl
        eGFtcGxlMRowGAYDVQQKDBFFeGFtcGxlLCBJbmMuICJ4IjESMBAGA1UECwwJUGF5
        O21lbnRzMQ0wCwYDVQQDDAQgYXBwMRQwEgYJKoZIhvcNAQkBFgVhQGIuYzBZMBMG
        ByqGSM49AgEGCCqGSM49AwEHA0IABLBus8w3ykVJmgiv/fQ6rtwB8nasz6aNdfkp
        3aiImypkE8kSKsXIJgFeoOtfGaxB8Bj8UgpO5AnqOzaUyrjJPDCjUzBRMB0GA1Ud
        DgQWBBSn7Q2gD0oHxCPtdlPL/sQCjxp3FTAfBgNVHSMEGDAWgBSn7Q2gD0oHxCPt
        dlPL/sQCjxp3FTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIAJ/
        YaI+P2tb2TmK/AP1ohjWGDqL4EsP7FpJY3XOy1lwAiBdltF24SDd9hGuBakiBDCq
        mOLBXdHMvrpkIOnYPAOq0Q==
        -----END CERTIFICATE-----
        """
}
