import Cryptography

/// Key and trust stores as Kafka's tools name them.
extension PropertyValues {
    enum Store {
        case pem(Secret)
        case pkcs12(PKCS12Store)
    }

    /// What stands in a setting itself is PEM.
    func requirePEM(_ store: String) throws(KafkaError) {
        let type = word("ssl.\(store).type")
        guard type != "PEM" else { return }
        throw .configuration(
            "ssl.\(store).type: \(type ?? "JKS (Kafka's default)") cannot stand in the properties themselves, PEM can",
            "Set ssl.\(store).type=PEM.")
    }

    /// The store that `ssl.NAME.location` names; nil where it names none. Java reads PKCS #12 in place of JKS, its default, without
    /// being told, so the file's first bytes decide.
    func store(_ name: String) throws(KafkaError) -> Store? {
        let location = "ssl.\(name).location"
        guard let path = values[location], !path.isEmpty else { return nil }
        let type = word("ssl.\(name).type") ?? "JKS"
        guard ["PEM", "PKCS12", "JKS"].contains(type) else {
            throw .configuration("ssl.\(name).type: \(type) is not supported", "Use PEM or PKCS12.")
        }
        let bytes: [UInt8]
        do throws(KafkaError) {
            bytes = try read(path)
        } catch {
            throw .configuration("\(location): \(error.cause)", error.hint)
        }
        if type == "PEM" { return .pem(Secret(String(decoding: bytes, as: UTF8.self))) }
        let password = secret("ssl.\(name).password")
        switch Array(bytes.prefix(4)) {
        case [0xFE, 0xED, 0xFE, 0xED], [0xCE, 0xCE, 0xCE, 0xCE]:
            throw .configuration(
                "\(location): the file \(path) is a Java key store (JKS), which only Java reads",
                "Convert it: keytool -importkeystore -srckeystore \(path) -destkeystore \(path).p12 -deststoretype PKCS12; "
                    + "then name that file and set ssl.\(name).type=PKCS12.")
        case let head where head.starts(with: "----".utf8):
            throw .configuration("\(location): the file \(path) is PEM", "Set ssl.\(name).type=PEM.")
        default: return .pkcs12(try pkcs12(bytes, password, location, path, name))
        }
    }

    private func pkcs12(
        _ bytes: [UInt8], _ password: Secret?, _ location: String, _ path: String, _ name: String
    ) throws(KafkaError) -> PKCS12Store {
        do throws(PKCS12Store.Flaw) {
            return try PKCS12Store(bytes, password: password?.revealed)
        } catch {
            switch error {
            case .malformed:
                throw .configuration(
                    "\(location): the file \(path) is no PKCS12 store",
                    "Check the file, and set ssl.\(name).type to PEM if that is what it is.")
            case .wrongPassword:
                throw .configuration(
                    "\(location): the password does not open \(path)", "Check ssl.\(name).password.")
            case .unsupportedEncryption:
                throw .configuration(
                    "\(location): \(path) is encrypted in a way that this machine's libcrypto does not read (such as RC2 of old Javas)",
                    "Write it anew with a newer keytool: keytool -importkeystore -srckeystore \(path) -destkeystore \(path).new "
                        + "-deststoretype PKCS12, or use PEM.")
            }
        }
    }
}
