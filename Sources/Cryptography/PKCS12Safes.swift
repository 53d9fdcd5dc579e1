import CLibcrypto

/// A certificate of libcrypto's, freed with the last reference.
final class OwnedCertificate {
    let pointer: OpaquePointer
    init(_ pointer: OpaquePointer) { self.pointer = pointer }
    deinit { X509_free(pointer) }
}

/// The bags of a PKCS #12 store one by one: what is said of a certificate stands beside it, and `PKCS12_parse` drops it.
///
/// A certificate is trusted that is marked so, by Oracle's attribute 2.16.840.1.113894.746875.1.1 (trustedKeyUsage): keytool sets it, and
/// Java takes no other. Where none is marked and the store has no key, all are: such stores are `openssl pkcs12 -export -nokeys`'s. A
/// certificate beside a key is that key's own or its chain, and no reason to trust anybody.
enum PKCS12Safes {
    private static let trustedKeyUsage = "2.16.840.1.113894.746875.1.1"

    /// `store`: one that `PKCS12_parse` has read with this password.
    static func trusted(in store: OpaquePointer, password: String?, hasKey: Bool) -> [OwnedCertificate] {
        guard let mark = OBJ_txt2obj(trustedKeyUsage, 1) else { return [] }
        defer { ASN1_OBJECT_free(mark) }
        let all = certificates(of: store, password, mark)
        let marked = all.filter(\.isMarked)
        return (marked.isEmpty && !hasKey ? all : marked).map(\.certificate)
    }

    private static func certificates(
        of store: OpaquePointer, _ password: String?, _ mark: OpaquePointer
    ) -> [(certificate: OwnedCertificate, isMarked: Bool)] {
        // No password and an empty one are encoded differently; the MAC tells which one it was.
        var password = password
        if password?.isEmpty ?? true { password = PKCS12_verify_mac(store, nil, 0) == 1 ? nil : "" }
        guard let safes = PKCS12_unpack_authsafes(store) else { return [] }
        defer { free(safes) { PKCS7_free(UnsafeMutablePointer<PKCS7>(OpaquePointer($0))) } }
        var found: [(certificate: OwnedCertificate, isMarked: Bool)] = []
        for index in 0..<max(0, OPENSSL_sk_num(safes)) {
            guard let raw = OPENSSL_sk_value(safes, index) else { continue }
            let safe = raw.assumingMemoryBound(to: PKCS7.self)
            let bags: OpaquePointer? =
                switch OBJ_obj2nid(safe.pointee.type) {
                case NID_pkcs7_data: PKCS12_unpack_p7data(safe)
                case NID_pkcs7_encrypted: PKCS12_unpack_p7encdata(safe, password, -1)
                default: nil
                }
            guard let bags else { continue }
            defer { free(bags) { PKCS12_SAFEBAG_free(OpaquePointer($0)) } }
            for index in 0..<max(0, OPENSSL_sk_num(bags)) {
                guard let bag = OPENSSL_sk_value(bags, index).map({ OpaquePointer($0) }), PKCS12_SAFEBAG_get_nid(bag) == NID_certBag,
                    let certificate = PKCS12_SAFEBAG_get1_cert(bag)
                else { continue }
                let isMarked = PKCS12_SAFEBAG_get0_attrs(bag).map { X509at_get_attr_by_OBJ($0, mark, -1) >= 0 } ?? false
                found.append((OwnedCertificate(certificate), isMarked))
            }
        }
        return found
    }

    private static func free(_ stack: OpaquePointer, _ element: (UnsafeMutableRawPointer) -> Void) {
        for index in 0..<max(0, OPENSSL_sk_num(stack)) { OPENSSL_sk_value(stack, index).map(element) }
        OPENSSL_sk_free(stack)
    }
}
