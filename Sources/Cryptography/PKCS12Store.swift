import Bytes
import CLibcrypto

/// What a PKCS #12 store (RFC 7292) holds, as PEM. Stores with certificates alone are read too, which is what truststores are.
public struct PKCS12Store: Sendable, Equatable {
    /// PKCS #8, not encrypted; nil where the store has no key.
    public var privateKeyPEM: String?
    /// The certificate of the key.
    public var certificatePEM: String?
    /// The certificates that vouch for it, each the issuer of the one before; empty where there is no key.
    public var chainPEM: [String]
    /// Every certificate of the store but the key's own, in no particular order.
    public var othersPEM: [String]
    /// The certificates to trust where the store is a truststore, see ``PKCS12Safes``.
    public var trustedPEM: [String]

    public enum Flaw: Error, Equatable {
        /// The bytes are no PKCS #12.
        case malformed
        case wrongPassword
        /// Encrypted in a way that the host's libcrypto does not read, such as RC2 of old Java releases.
        case unsupportedEncryption
    }

    /// `password`: nil where the store has none.
    public init(_ bytes: [UInt8], password: String?) throws(Flaw) {
        ERR_clear_error()
        defer { ERR_clear_error() }
        let store = bytes.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return d2i_PKCS12(nil, &cursor, buffer.count)
        }
        guard let store else { throw .malformed }
        defer { PKCS12_free(store) }
        var key: OpaquePointer?
        var certificate: OpaquePointer?
        var others: OpaquePointer?
        guard PKCS12_parse(store, password, &key, &certificate, &others) == 1 else { throw Self.flaw() }
        defer {
            EVP_PKEY_free(key)
            X509_free(certificate)
            for index in 0..<max(0, OPENSSL_sk_num(others)) { X509_free(OpaquePointer(OPENSSL_sk_value(others, index))) }
            OPENSSL_sk_free(others)
        }
        let rest = (0..<max(0, OPENSSL_sk_num(others))).compactMap { OpaquePointer(OPENSSL_sk_value(others, $0)) }
        privateKeyPEM = try key.map { (key) throws(Flaw) in try Self.pem(ofKey: key) }
        certificatePEM = certificate.flatMap { Self.pem(ofCertificate: $0) }
        othersPEM = rest.compactMap { Self.pem(ofCertificate: $0) }
        trustedPEM = PKCS12Safes.trusted(in: store, password: password, hasKey: key != nil).compactMap {
            Self.pem(ofCertificate: $0.pointer)
        }
        chainPEM = []
        guard var last = certificate else { return }
        // A store keeps them in any order; TLS wants each after the one that it signed. Bounded, because a store may hold a circle.
        for _ in rest {
            guard X509_check_issued(last, last) != X509_V_OK, let issuer = rest.first(where: { X509_check_issued($0, last) == X509_V_OK }),
                let pem = Self.pem(ofCertificate: issuer)
            else { break }
            chainPEM.append(pem)
            last = issuer
        }
    }

    private static func flaw() -> Flaw {
        let reasons = LibcryptoErrors.drain()
        if reasons.contains(PKCS12_R_MAC_VERIFY_FAILURE) { return .wrongPassword }
        return .unsupportedEncryption
    }

    static func pem(ofKey key: OpaquePointer) throws(Flaw) -> String {
        guard let info = EVP_PKEY2PKCS8(key) else { throw .unsupportedEncryption }
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        guard let bytes = encoded({ i2d_PKCS8_PRIV_KEY_INFO(info, $0) }) else { throw .unsupportedEncryption }
        return pem("PRIVATE KEY", bytes)
    }

    private static func pem(ofCertificate certificate: OpaquePointer) -> String? {
        encoded { i2d_X509(certificate, $0) }.map { pem("CERTIFICATE", $0) }
    }

    /// libcrypto's way to write: ask for the length, then for the bytes.
    private static func encoded(_ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) -> [UInt8]? {
        let length = Int(write(nil))
        guard length > 0 else { return nil }
        return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            var cursor = buffer.baseAddress
            count = Int(write(&cursor))
        }
    }

    private static func pem(_ label: String, _ bytes: [UInt8]) -> String {
        var text = "-----BEGIN \(label)-----\n"
        var rest = Base64.encode(bytes)[...]
        while !rest.isEmpty {
            text += rest.prefix(64) + "\n"
            rest = rest.dropFirst(64)
        }
        return text + "-----END \(label)-----\n"
    }
}

extension PKCS12Store: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Without the key.
    public var description: String { "PKCS12Store(key: \(privateKeyPEM != nil), certificates: \(othersPEM.count))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
