/// The options of the login module in `sasl.jaas.config` that fits a mechanism, references resolved.
struct JaasOptions {
    private let options: [String: String]
    private let example: String

    /// Takes the first module that fits. Throws where there is none, or the value cannot be read.
    init(_ values: PropertyValues, mechanism: String, module: String) throws(KafkaError) {
        let package =
            switch module {
            case "PlainLoginModule": "org.apache.kafka.common.security.plain."
            case "ScramLoginModule": "org.apache.kafka.common.security.scram."
            case "OAuthBearerLoginModule": "org.apache.kafka.common.security.oauthbearer."
            default: "software.amazon.msk.auth.iam."
            }
        let arguments =
            switch module {
            case "OAuthBearerLoginModule": #" clientId="ID" clientSecret="SECRET""#
            case "IAMLoginModule": ""
            default: #" username="USER" password="PASSWORD""#
            }
        example = "\(package)\(module) required\(arguments);"
        let key = "sasl.jaas.config"
        guard var text = values[key], !text.isEmpty else {
            // Neither of these needs an option.
            if ["OAuthBearerLoginModule", "IAMLoginModule"].contains(module) {
                options = [:]
                return
            }
            throw .configuration("sasl.jaas.config is missing", "Set it, such as: \(example)")
        }
        // What the reference stands for is taken as it is, references in it included.
        let isReference = SecretReferences.isOneReference(text)
        if isReference { text = try values.references.resolve(text, of: key) }
        let entries: [JaasEntry]
        do throws(JaasEntry.Flaw) {
            entries = try JaasEntry.all(in: text)
        } catch {
            throw .configuration("sasl.jaas.config cannot be read: \(error.cause)", "Write it such as: \(example)")
        }
        guard let entry = entries.first(where: { $0.moduleName == module }) else {
            // Where the value is broken, anything may stand in a module's place, a password too.
            let named = entries.map(\.moduleName).map {
                $0.hasSuffix("LoginModule") && KnownKeys.isName($0) ? $0 : "what is no login module"
            }
            throw .configuration(
                "sasl.jaas.config names \(named.joined(separator: ", ")), and sasl.mechanism \(mechanism) needs \(module)",
                "Make the two agree, such as: \(example)")
        }
        var options: [String: String] = [:]
        for (name, value) in entry.options {
            options[name] =
                isReference ? value.revealed : try values.references.resolve(value.revealed, of: "\(key), option \(name)")
        }
        self.options = options
    }

    subscript(name: String) -> String? { options[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// In order.
    var names: [String] { options.keys.sorted() }

    func required(_ name: String) throws(KafkaError) -> String {
        guard let value = options[name] else {
            throw .configuration("sasl.jaas.config has no \(name)", "Write it such as: \(example)")
        }
        return value
    }

    /// Options whose names begin so, by the rest of their names.
    func family(_ prefix: String) -> [String: String] {
        var found: [String: String] = [:]
        for (name, value) in options where name.hasPrefix(prefix) && name != prefix { found[String(name.dropFirst(prefix.count))] = value }
        return found
    }
}
