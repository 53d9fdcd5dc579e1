import KafkaClient
import Recovery
import SchemaRegistryClient
import Seams

/// The registry's keys of a properties file, as Confluent's clients name them.
struct RegistrySettings {
    private let values: ResolvedProperties

    /// - Parameter text: of a properties file; keys that are not the registry's are somebody else's.
    init(_ text: [UInt8], _ environment: Environment) throws(KafkaError) {
        values = try ResolvedProperties(text, environment: environment)
    }

    subscript(key: String) -> String? { values[key] }

    /// A sentence for each line that may not have been read as it was meant.
    var warnings: [String] { values.warnings }

    func credentials() throws(RecoveryError) -> RegistryCredentials {
        // Either key may carry Confluent's prefix.
        let basic = self["basic.auth.user.info"] ?? self["schema.registry.basic.auth.user.info"]
        let bearer = self["bearer.auth.token"] ?? self["schema.registry.bearer.auth.token"]
        guard let basic else { return bearer.map { .bearer(RegistrySecret($0)) } ?? .none }
        guard bearer == nil else {
            throw RecoveryError(
                .usage, "the registry's settings have both basic.auth.user.info and bearer.auth.token", hint: "leave one out.")
        }
        let parts = basic.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw RecoveryError(.usage, "basic.auth.user.info is not user:password", hint: "write the user, a colon, and the password.")
        }
        return .basic(user: String(parts[0]), password: RegistrySecret(String(parts[1])))
    }

    func tls() throws(RecoveryError) -> RegistryTLS {
        for key in ["truststore", "keystore"] {
            if let type = self["schema.registry.ssl.\(key).type"], type.uppercased() != "PEM" {
                throw RecoveryError(
                    .usage, "schema.registry.ssl.\(key).type: \(type) is not supported, PEM is",
                    hint: "convert the store to PEM (openssl pkcs12 -nodes), and set the type to PEM.")
            }
        }
        let store = try pem("schema.registry.ssl.keystore.location")
        // A PEM keystore may hold the key and the chain in one file.
        let key = try pem("schema.registry.ssl.keystore.key.location") ?? store
        return RegistryTLS(
            authoritiesPEM: try pem("schema.registry.ssl.truststore.location"), certificateChainPEM: store,
            privateKeyPEM: key.map { RegistrySecret($0) })
    }

    private func pem(_ key: String) throws(RecoveryError) -> String? {
        guard let path = self[key] else { return nil }
        return try Self.pem(path, of: key)
    }

    /// The text of a PEM file that `key` names.
    static func pem(_ path: String, of key: String) throws(RecoveryError) -> String {
        do throws(KafkaError) {
            return String(decoding: try ConfigurationFile.read(path), as: UTF8.self)
        } catch {
            throw RecoveryError(.usage, "\(key): \(error.cause)", hint: error.hint)
        }
    }
}
