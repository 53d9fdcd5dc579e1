import AWSCredentials
import Bytes

/// SASL as `sasl.*` keys set it.
extension PropertyValues {
    /// The mechanisms that are spoken, and the login module of each.
    private static let modules: [(mechanism: String, module: String)] = [
        ("PLAIN", "PlainLoginModule"), ("SCRAM-SHA-256", "ScramLoginModule"), ("SCRAM-SHA-512", "ScramLoginModule"),
        ("OAUTHBEARER", "OAuthBearerLoginModule"), ("AWS_MSK_IAM", "IAMLoginModule"),
    ]

    func sasl() throws(KafkaError) -> SaslLogin {
        let name = word("sasl.mechanism") ?? "GSSAPI"
        guard let module = Self.modules.first(where: { $0.mechanism == name })?.module else { throw notSpoken(name) }
        let options = try JaasOptions(self, mechanism: name, module: module)
        switch name {
        case "OAUTHBEARER": return .bearer(try bearer(options))
        case "AWS_MSK_IAM": return .awsIAM(try aws(options))
        default: return .password(try credentials(options, name))
        }
    }

    private func notSpoken(_ name: String) -> KafkaError {
        let spoken = Self.modules.map(\.mechanism).joined(separator: ", ")
        let hint = "Use a listener with one of \(spoken), and set sasl.mechanism to it."
        guard name == "GSSAPI" else { return .configuration("sasl.mechanism: \(name) is not known", hint) }
        return .configuration(
            word("sasl.mechanism") == nil
                ? "sasl.mechanism is not set, and Kafka's default, GSSAPI (Kerberos), is not supported"
                : "sasl.mechanism: GSSAPI (Kerberos) is not supported", hint)
    }

    private func credentials(_ options: JaasOptions, _ name: String) throws(KafkaError) -> SaslCredentials {
        guard let mechanism = SaslCredentials.Mechanism(rawValue: name) else { throw notSpoken(name) }
        let username = try options.required("username")
        let password = Secret(try options.required("password"))
        return SaslCredentials(
            mechanism: mechanism, username: ByteString(username), password: password,
            isToken: mechanism != .plain && options["tokenauth"]?.lowercased() == "true")
    }

    // MARK: AWS

    /// Options of IAMLoginModule that change nothing here.
    private static let ignoredByAWS: Set<String> = ["awsDebugCreds", "awsMaxRetries", "awsMaxBackOffTimeMs"]

    func aws(_ options: JaasOptions) throws(KafkaError) -> AWSLogin {
        var choice = AWSCredentialChoice(profile: options["awsProfileName"])
        let taken: Set = ["awsProfileName", "awsRoleArn", "awsRoleSessionName", "awsRoleExternalId", "awsStsRegion"]
        if let unknown = options.names.first(where: { !taken.contains($0) && !Self.ignoredByAWS.contains($0) }) {
            throw .configuration(
                KnownKeys.isName(unknown)
                    ? "sasl.jaas.config: the option \(unknown) of IAMLoginModule is not supported"
                    : "sasl.jaas.config: IAMLoginModule has an option whose name is none",
                "Use \(taken.sorted().joined(separator: ", ")), or give the keys by the environment or a profile.")
        }
        if let arn = options["awsRoleArn"] {
            choice.role = AWSRole(
                arn: arn, sessionName: options["awsRoleSessionName"], externalID: options["awsRoleExternalId"],
                region: options["awsStsRegion"])
        }
        return AWSLogin(choice)
    }
}
