/// TLS as `ssl.*` keys set it.
extension PropertyValues {
    func tls() throws(KafkaError) -> TLS {
        var tls = TLS()
        tls.trustedCertificates = try truststore()
        (tls.certificateChain, tls.privateKey) = try keystore()
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
        tls.versions = try versions()
        return tls
    }

    /// The authorities to trust, PEM; nil: the system's.
    func truststore() throws(KafkaError) -> Secret? {
        if let inline = secret("ssl.truststore.certificates") {
            try requirePEM("truststore")
            return inline.asPEM
        }
        guard let store = try store("truststore") else { return nil }
        switch store {
        case .pem(let text): return text.asPEM
        case .pkcs12(let bundle):
            guard !bundle.trustedPEM.isEmpty else {
                let hint =
                    "Put the authority's certificate into it: keytool -importcert -alias ca -file ca.pem -keystore trust.p12 -storetype PKCS12."
                guard bundle.privateKeyPEM != nil else {
                    throw .configuration("ssl.truststore.location: the store holds no certificate", hint)
                }
                throw .configuration(
                    "ssl.truststore.location: the store holds a private key and its certificates, and none that is marked as trusted", hint)
            }
            return Secret(bundle.trustedPEM.joined())
        }
    }

    private func keystore() throws(KafkaError) -> (chain: Secret?, key: Secret?) {
        guard let store = try store("keystore") else {
            let (chain, key) = (secret("ssl.keystore.certificate.chain"), secret("ssl.keystore.key"))
            if chain != nil || key != nil { try requirePEM("keystore") }
            guard (chain == nil) == (key == nil) else {
                throw .configuration(
                    "only one of ssl.keystore.key and ssl.keystore.certificate.chain is set", "Set both, or use ssl.keystore.location.")
            }
            return (chain?.asPEM, key?.asPEM)
        }
        switch store {
        // A PEM keystore holds the key and the chain in one file.
        case .pem(let text): return (text.asPEM, text.asPEM)
        case .pkcs12(let bundle):
            guard let key = bundle.privateKeyPEM, let certificate = bundle.certificatePEM else {
                throw .configuration(
                    "ssl.keystore.location: the store holds no private key with its certificate",
                    "Name the store with your own key; certificates to trust belong into ssl.truststore.location.")
            }
            return (Secret(([certificate] + bundle.chainPEM).joined()), Secret(key))
        }
    }

    private func versions() throws(KafkaError) -> Set<TLS.Version> {
        if let list = values["ssl.enabled.protocols"], !list.isEmpty {
            let names = list.split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }
            let versions = Set(names.compactMap { TLS.Version(rawValue: $0) })
            guard !versions.isEmpty else {
                throw .configuration("ssl.enabled.protocols: \(list) names no version that is spoken", "Use TLSv1.3, TLSv1.2 or both.")
            }
            return versions
        }
        // Kafka's default of the list follows from this key.
        switch values["ssl.protocol"] ?? "" {
        case "", "TLS", "TLSv1.3": return [.v12, .v13]
        case "TLSv1.2": return [.v12]
        case let other: throw .configuration("ssl.protocol: \(other) is not spoken", "Use TLSv1.3 or TLSv1.2.")
        }
    }
}

extension Secret {
    fileprivate var asPEM: Secret { Secret(PEMText.normalized(revealed)) }
}
