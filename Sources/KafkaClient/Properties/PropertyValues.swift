import Bytes

/// The values of a properties file by key; the last one of a key counts, as in Java.
struct PropertyValues {
    let entries: [JavaProperties.Entry]
    private let values: [String: String]

    init(_ text: [UInt8]) throws(KafkaError) {
        do throws(JavaProperties.Flaw) {
            entries = try JavaProperties(text).entries
        } catch {
            throw .configuration("line \(error.line) of the properties: \(error.cause)", "Correct the line; write a backslash as two.")
        }
        values = Dictionary(entries.map { ($0.key, $0.value) }) { _, last in last }
    }

    subscript(key: String) -> String? { values[key] }

    /// Upper case, nil where the key is missing or its value empty.
    func word(_ key: String) -> String? { values[key].flatMap { $0.isEmpty ? nil : $0.uppercased() } }

    func secret(_ key: String) -> Secret? { values[key].flatMap { $0.isEmpty ? nil : Secret($0) } }

    func milliseconds(_ key: String, from least: Int64 = 1, _ set: (Duration) -> Void) throws(KafkaError) {
        guard let text = values[key] else { return }
        guard let number = Int64(text), (least...Int64(Int32.max)).contains(number) else {
            throw .configuration("\(key): \(text) is not a number of milliseconds", "Write a whole number, \(least) to \(Int32.max).")
        }
        set(.milliseconds(number))
    }

    func securityProtocol() throws(KafkaError) -> (tls: Bool, sasl: Bool) {
        switch word("security.protocol") ?? "PLAINTEXT" {
        case "PLAINTEXT": return (false, false)
        case "SSL": return (true, false)
        case "SASL_PLAINTEXT": return (false, true)
        case "SASL_SSL": return (true, true)
        case let other:
            throw .configuration("security.protocol: \(other) is not known", "Use PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.")
        }
    }

    // MARK: SASL

    func sasl() throws(KafkaError) -> SaslCredentials {
        let name = word("sasl.mechanism") ?? "GSSAPI"
        let spoken = SaslCredentials.Mechanism.allCases.map(\.rawValue).joined(separator: ", ")
        guard let mechanism = SaslCredentials.Mechanism(rawValue: name) else {
            let isDefault = word("sasl.mechanism") == nil
            throw .configuration(
                isDefault
                    ? "sasl.mechanism is not set, and Kafka's default, GSSAPI, is not supported yet"
                    : "sasl.mechanism: \(name) is not \(["GSSAPI", "OAUTHBEARER"].contains(name) ? "supported yet" : "known")",
                "Use a listener with one of \(spoken), and set sasl.mechanism to it.")
        }
        guard let text = values["sasl.jaas.config"] else {
            throw .configuration("sasl.jaas.config is missing", "Set it, such as: \(Self.example(mechanism))")
        }
        let entry: JaasEntry
        do throws(JaasEntry.Flaw) {
            entry = try JaasEntry(text)
        } catch {
            throw .configuration("sasl.jaas.config cannot be read: \(error.cause)", "Write it such as: \(Self.example(mechanism))")
        }
        let wanted = mechanism == .plain ? "PlainLoginModule" : "ScramLoginModule"
        guard entry.moduleName == wanted else {
            throw .configuration(
                "sasl.jaas.config names \(entry.moduleName), and sasl.mechanism \(mechanism.rawValue) needs \(wanted)",
                "Make the two agree, such as: \(Self.example(mechanism))")
        }
        guard let username = entry.options["username"], let password = entry.options["password"] else {
            let missing = entry.options["username"] == nil ? "username" : "password"
            throw .configuration("sasl.jaas.config has no \(missing)", "Write it such as: \(Self.example(mechanism))")
        }
        return SaslCredentials(
            mechanism: mechanism, username: ByteString(username.revealed), password: password,
            isToken: mechanism != .plain && entry.options["tokenauth"]?.revealed.lowercased() == "true")
    }

    private static func example(_ mechanism: SaslCredentials.Mechanism) -> String {
        let module = mechanism == .plain ? "plain.PlainLoginModule" : "scram.ScramLoginModule"
        return #"org.apache.kafka.common.security.\#(module) required username="USER" password="PASSWORD";"#
    }

    // MARK: TLS

    func tls(read: (String) throws(KafkaError) -> [UInt8]) throws(KafkaError) -> TLS {
        var tls = TLS()
        try requirePEM("truststore", isUsed: values["ssl.truststore.location"] != nil || values["ssl.truststore.certificates"] != nil)
        try requirePEM("keystore", isUsed: values["ssl.keystore.location"] != nil || values["ssl.keystore.key"] != nil)
        tls.trustedCertificates = try pem("ssl.truststore.certificates", orFile: "ssl.truststore.location", read)
        if let store = try pem(nil, orFile: "ssl.keystore.location", read) {
            // A PEM keystore holds the key and the chain in one file.
            (tls.certificateChain, tls.privateKey) = (store, store)
        } else {
            (tls.certificateChain, tls.privateKey) = (secret("ssl.keystore.certificate.chain"), secret("ssl.keystore.key"))
            guard (tls.certificateChain == nil) == (tls.privateKey == nil) else {
                throw .configuration(
                    "only one of ssl.keystore.key and ssl.keystore.certificate.chain is set", "Set both, or use ssl.keystore.location.")
            }
        }
        tls.privateKeyPassword = secret("ssl.key.password")
        // Set to nothing, the name is not checked; that is Kafka's own way to say so.
        if let algorithm = values["ssl.endpoint.identification.algorithm"] {
            guard algorithm.isEmpty || algorithm.lowercased() == "https" else {
                throw .configuration(
                    "ssl.endpoint.identification.algorithm: \(algorithm) is not known",
                    "Use https, or nothing to leave the host name unchecked.")
            }
            tls.verifiesHostname = !algorithm.isEmpty
        }
        if let list = values["ssl.enabled.protocols"], !list.isEmpty {
            let names = list.split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }
            tls.versions = Set(names.compactMap { TLS.Version(rawValue: $0) })
            guard !tls.versions.isEmpty else {
                throw .configuration("ssl.enabled.protocols: \(list) names no version that is spoken", "Use TLSv1.3, TLSv1.2 or both.")
            }
        }
        return tls
    }

    /// Java's own key stores (JKS, PKCS12) are not read; where a store is named its type must be said to be PEM.
    private func requirePEM(_ store: String, isUsed: Bool) throws(KafkaError) {
        let type = word("ssl.\(store).type")
        guard isUsed, type != "PEM" else { return }
        throw .configuration(
            "ssl.\(store).type: \(type ?? "JKS (Kafka's default)") is not supported, PEM is",
            "Convert the store to PEM (keytool -importkeystore to PKCS12, then openssl pkcs12 -nodes), and set ssl.\(store).type=PEM.")
    }

    private func pem(
        _ inline: String?, orFile location: String, _ read: (String) throws(KafkaError) -> [UInt8]
    ) throws(KafkaError) -> Secret? {
        if let inline, let text = secret(inline) { return text }
        guard let path = values[location], !path.isEmpty else { return nil }
        do throws(KafkaError) {
            return Secret(String(decoding: try read(path), as: UTF8.self))
        } catch {
            throw .configuration("\(location): \(error.cause)", error.hint)
        }
    }
}
