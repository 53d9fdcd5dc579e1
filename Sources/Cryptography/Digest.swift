import CLibcrypto

/// Hash functions of the host's libcrypto, so that a validated provider of the host applies.
public enum HashFunction: String, Sendable, CaseIterable {
    case sha256 = "SHA256"
    case sha512 = "SHA512"

    /// Length of a digest in bytes.
    public var length: Int { self == .sha256 ? 32 : 64 }

    var implementation: OpaquePointer? { self == .sha256 ? EVP_sha256() : EVP_sha512() }

    /// The digest of `bytes`.
    public func digest(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { digest($0) } }

    public func digest(_ bytes: ArraySlice<UInt8>) -> [UInt8] { bytes.withUnsafeBytes { digest($0) } }

    private func digest(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: length)
        let done = EVP_Digest(bytes.baseAddress, bytes.count, &output, nil, implementation, nil)
        precondition(done == 1, "libcrypto of this host refuses \(rawValue)")
        return output
    }

    /// HMAC (RFC 2104).
    public func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: length)
        // A null key would mean "the key of the call before" to libcrypto, so an empty one still gets an address.
        let padded = key.isEmpty ? [0] : key
        let done = HMAC(implementation, padded, Int32(key.count), message, message.count, &output, nil)
        precondition(done != nil, "libcrypto of this host refuses HMAC with \(rawValue)")
        return output
    }

    /// PBKDF2 (RFC 8018) with one block of output: SCRAM's `Hi` (RFC 5802 section 2.2). `iterations` ≥ 1.
    public func stretch(_ password: [UInt8], salt: [UInt8], iterations: Int) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: length)
        let done = password.withUnsafeBytes { password in
            PKCS5_PBKDF2_HMAC(
                password.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(password.count), salt, Int32(salt.count),
                Int32(iterations),
                implementation, Int32(length), &output)
        }
        precondition(done == 1, "libcrypto of this host refuses PBKDF2 with \(rawValue)")
        return output
    }
}

/// Whether both are equal, in a time that depends on their lengths only.
public func equalInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}
