import Bytes
import Cryptography
import NIOSSL

/// TLS settings turned into what the TLS library takes, once for all connections.
struct TLSMaterial: Sendable {
    let context: NIOSSLContext

    init(_ settings: TLS) throws(KafkaError) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = settings.verifiesHostname ? .fullVerification : .noHostnameVerification
        configuration.minimumTLSVersion = settings.versions.contains(.v12) ? .tlsv12 : .tlsv13
        configuration.maximumTLSVersion = settings.versions.contains(.v13) ? .tlsv13 : .tlsv12
        if let trusted = settings.trustedCertificates {
            configuration.trustRoots = .certificates(
                try Self.certificates(trusted, "ssl.truststore", "certificates", "the truststore holds no certificate"))
        }
        if let chain = settings.certificateChain {
            let certificates = try Self.certificates(
                chain, "ssl.keystore", "certificate.chain", "the keystore holds no certificate")
            configuration.certificateChain = certificates.map { .certificate($0) }
            guard let key = settings.privateKey else {
                throw .configuration(
                    "the keystore holds a certificate and no private key",
                    "Put the PEM private key into the keystore as well, or set ssl.keystore.key.")
            }
            configuration.privateKey = .privateKey(try Self.key(key, password: settings.privateKeyPassword))
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw .configuration(
                "the certificate and the private key cannot be used: \(TLSReason.words(in: "\(error)"))", "Check that they belong together."
            )
        }
    }

    private static func certificates(
        _ pem: Secret, _ key: String, _ inline: String, _ empty: String
    ) throws(KafkaError) -> [NIOSSLCertificate] {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMBytes(Array(pem.revealed.utf8))
        } catch {
            throw .configuration(
                "\(key): the PEM certificates cannot be read",
                "Check the file of \(key).location, or the value of \(key).\(inline): it must hold blocks that begin with "
                    + "-----BEGIN CERTIFICATE-----.")
        }
        guard !certificates.isEmpty else { throw .configuration("\(key): \(empty)", "Put the PEM certificate into it.") }
        return certificates
    }

    private static func key(_ pem: Secret, password: Secret?) throws(KafkaError) -> NIOSSLPrivateKey {
        let bytes = Array(pem.revealed.utf8)
        guard let password else {
            if let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) { return key }
            throw .configuration(
                "ssl.keystore: the private key cannot be read", "Check that it is an unencrypted PEM key, or set ssl.key.password.")
        }
        let known = try? NIOSSLPrivateKey(bytes: bytes, format: .pem, passphraseCallback: { $0(Array(password.revealed.utf8)) })
        if let known { return known }
        // What seals keys is more in libcrypto than in the TLS library: scrypt, for one.
        do throws(SealedKey.Flaw) {
            let opened = try SealedKey.open(pem.revealed, password: password.revealed)
            if let key = try? NIOSSLPrivateKey(bytes: Array(opened.utf8), format: .pem) { return key }
        } catch {
            if error == .wrongPassword {
                throw .configuration("ssl.keystore: ssl.key.password does not open the private key", "Check ssl.key.password.")
            }
        }
        throw .configuration(
            "ssl.keystore: the private key is no PEM key, or is of a kind or encrypted in a way that is not supported",
            "Check ssl.key.password, and write the key anew: openssl pkcs8 -topk8 -v2 aes-256-cbc -in KEY -out NEW.")
    }
}

extension KafkaError {
    static func configuration(_ cause: String, _ hint: String) -> KafkaError {
        KafkaError(.configuration, outcome: .notSent, cause: cause, hint: hint)
    }
}
