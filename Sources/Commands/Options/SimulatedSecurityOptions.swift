import ArgumentParser
import Foundation
import KafkaSimulator

/// Who gets into the simulated cluster, how, and what they may do there.
struct SimulatedSecurityOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Clients must authenticate (PLAIN, SCRAM) as one of this file's users.", valueName: "file"), completion: .file())
    var usersFile: String?
    @Flag(help: "Clients may authenticate with OAUTHBEARER, by tokens that nobody signed; the user is the token's sub.")
    var unsecuredBearer = false
    @Option(
        help: ArgumentHelp("Clients may authenticate (AWS_MSK_IAM) with one of this file's keys.", valueName: "file"), completion: .file())
    var awsKeysFile: String?
    @Option(help: ArgumentHelp("TLS with this certificate chain, PEM; needs --tls-key.", valueName: "file"), completion: .file())
    var tlsCertificate: String?
    @Option(help: ArgumentHelp("The certificate's private key, PEM.", valueName: "file"), completion: .file())
    var tlsKey: String?
    @Option(help: ArgumentHelp("Clients must show a certificate of this authority, PEM.", valueName: "file"), completion: .file())
    var tlsClientAuthority: String?
    @Option(
        name: .customLong("super-user"),
        help: ArgumentHelp(
            "Access rules (ACLs) are in force, and this principal may do everything, such as User:admin. May be repeated.",
            valueName: "principal"))
    var superUsers: [String] = []
    @Flag(help: "Access rules (ACLs) are in force, and what no rule is about is open to all (allow.everyone.if.no.acl.found).")
    var allowEveryoneWithoutAcl = false

    func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else { throw ValidationError("--tls-certificate and --tls-key need each other.") }
        guard tlsClientAuthority == nil || tlsCertificate != nil else {
            throw ValidationError("--tls-client-authority needs --tls-certificate and --tls-key.")
        }
        for principal in superUsers where !principal.contains(":") {
            throw ValidationError("--super-user \(principal) is not a principal: write User:\(principal).")
        }
    }

    func apply(to configuration: inout SimulatorConfiguration) throws {
        if let usersFile {
            configuration.users = try pairs(in: usersFile, of: "user=password", hint: "write a line for each user.").map {
                SimulatedUser(name: $0.name, password: $0.value)
            }
        }
        configuration.acceptsUnsecuredTokens = unsecuredBearer
        if let awsKeysFile { configuration.awsKeys = try awsKeys(in: awsKeysFile) }
        if let tlsCertificate, let tlsKey {
            configuration.tls = SimulatedTLS(
                certificatePEM: try NamedFile(tlsCertificate).text(), privateKeyPEM: try NamedFile(tlsKey).text(),
                clientAuthoritiesPEM: try tlsClientAuthority.map { try NamedFile($0).text() })
        }
        if !superUsers.isEmpty || allowEveryoneWithoutAcl {
            configuration.authorizer = SimulatedAuthorizer(superUsers: superUsers, allowsEveryoneWithoutAcl: allowEveryoneWithoutAcl)
        }
    }

    private func awsKeys(in path: String) throws -> [SimulatedAWSKey] {
        let form = "user=access key id:secret"
        let hint = "write a line for each key, and a session token behind another colon where there is one."
        return try pairs(in: path, of: form, hint: hint).map { number, user, value in
            let parts = value.split(separator: ":", maxSplits: 2).map(String.init)
            guard parts.count >= 2 else { throw UsageError("line \(number) of '\(path)' is not \(form)", hint: hint) }
            return SimulatedAWSKey(
                accessKeyID: parts[0], secretAccessKey: parts[1], sessionToken: parts.count > 2 ? parts[2] : nil, user: user)
        }
    }

    /// The lines `name=value` of a file, without those that begin with `#`.
    private func pairs(in path: String, of form: String, hint: String) throws -> [(number: Int, name: String, value: String)] {
        try NamedFile(path).text().split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().filter {
            !$0.element.isEmpty && !$0.element.hasPrefix("#")
        }.map { number, line in
            guard let pair = NamedValue(argument: String(line)) else {
                throw UsageError("line \(number + 1) of '\(path)' is not \(form)", hint: hint)
            }
            return (number + 1, pair.name, pair.value)
        }
    }
}

/// `name=value`, neither side empty; the value may hold more of the signs.
struct NamedValue: ExpressibleByArgument {
    let name: String
    let value: String

    init?(argument: String) {
        let sides = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else { return nil }
        (name, value) = (String(sides[0]), String(sides[1]))
    }
}
