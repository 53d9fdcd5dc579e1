import Bytes
import CLibcrypto

/// A private key in PEM that a password seals, as the host's libcrypto opens it: PKCS #8 with PBES2, scrypt (RFC 7914) included, and
/// OpenSSL's own older form.
public enum SealedKey {
    public enum Flaw: Error, Equatable {
        case wrongPassword
        /// Sealed in a way that the host's libcrypto does not read, or no key at all.
        case unsupported
    }

    /// The first private key of a PEM text, as PKCS #8 in PEM, not sealed.
    public static func open(_ pem: String, password: String) throws(Flaw) -> String {
        ERR_clear_error()
        defer { ERR_clear_error() }
        let bytes = Array(pem.utf8)
        guard let text = BIO_new_mem_buf(bytes, Int32(clamping: bytes.count)) else { throw .unsupported }
        defer { BIO_free(text) }
        // Without a function that asks for it, libcrypto takes the last argument for the password.
        let key = Array(password.utf8CString).withUnsafeBytes { buffer in
            PEM_read_bio_PrivateKey(text, nil, nil, UnsafeMutableRawPointer(mutating: buffer.baseAddress))
        }
        guard let key else { throw flaw() }
        defer { EVP_PKEY_free(key) }
        guard let opened = try? PKCS12Store.pem(ofKey: key) else { throw .unsupported }
        return opened
    }

    private static func flaw() -> Flaw {
        let reasons = LibcryptoErrors.drain()
        return reasons.contains(PKCS12_R_PKCS12_CIPHERFINAL_ERROR) || reasons.contains(EVP_R_BAD_DECRYPT) ? .wrongPassword : .unsupported
    }
}
