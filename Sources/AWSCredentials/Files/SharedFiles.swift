import Cryptography
import Seams

/// Keys of a profile in the shared files of AWS's tools; those of the credentials file go first. A profile may name a role to take
/// with another profile's keys or with a web identity.
struct SharedFiles {
    private let surroundings: AWSSurroundings
    /// Ways of getting keys that only AWS's own tools go.
    private static let foreign = ["sso_session", "sso_start_url", "credential_process", "credential_source", "mfa_serial", "login_session"]
    /// Roles taken for roles: more is a circle.
    private static let deepest = 5

    init(_ surroundings: AWSSurroundings) { self.surroundings = surroundings }

    /// Nil where no profile was asked for and there is none called `default`, or nothing in it is about keys.
    func keysOfTheCurrentProfile() async throws(AWSCredentialError) -> AWSKeys? {
        if let named = surroundings.environment["AWS_PROFILE"] ?? surroundings.environment["AWS_DEFAULT_PROFILE"] {
            return try await keys(of: named)
        }
        guard let settings = try read()["default"] else { return nil }
        let telling = ["aws_access_key_id", "aws_secret_access_key", "role_arn"] + Self.foreign
        return telling.contains { settings[$0] != nil } ? try await keys(of: "default") : nil
    }

    func keys(of profile: String) async throws(AWSCredentialError) -> AWSKeys {
        try await keys(of: profile, in: try read(), depth: 0)
    }

    /// Of the profile, else of the current one. Nil where it is not there, or names none.
    func region(of profile: String?) throws(AWSCredentialError) -> String? {
        let environment = surroundings.environment
        let region = try read()[profile ?? environment["AWS_PROFILE"] ?? environment["AWS_DEFAULT_PROFILE"] ?? "default"]?["region"]
        return region.flatMap { $0.isEmpty ? nil : $0 }
    }

    private func keys(
        of profile: String, in profiles: [String: [String: String]], depth: Int
    ) async throws(AWSCredentialError) -> AWSKeys {
        guard let settings = profiles[profile] else {
            throw AWSCredentialError(
                "there is no profile \(profile) in the shared files (\(credentialsPath ?? "-"), \(configPath ?? "-"))",
                hint: "Check AWS_PROFILE or awsProfileName, and AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE.")
        }
        if let arn = settings["role_arn"] { return try await role(arn, profile, settings, profiles, depth) }
        switch (settings["aws_access_key_id"], settings["aws_secret_access_key"]) {
        case (let id?, let secret?): return AWSKeys(accessKeyID: id, secretAccessKey: secret, sessionToken: settings["aws_session_token"])
        case (nil, nil): break
        default:
            throw AWSCredentialError(
                "the profile \(profile) has only one of aws_access_key_id and aws_secret_access_key", hint: "Set both in the same profile.")
        }
        if let setting = Self.foreign.first(where: { settings[$0] != nil }) { throw Self.unsupported(setting, profile) }
        throw AWSCredentialError("the profile \(profile) holds no keys", hint: "Set aws_access_key_id and aws_secret_access_key in it.")
    }

    private func role(
        _ arn: String, _ profile: String, _ settings: [String: String], _ profiles: [String: [String: String]], _ depth: Int
    ) async throws(AWSCredentialError) -> AWSKeys {
        if settings["mfa_serial"] != nil { throw Self.unsupported("mfa_serial", profile) }
        let role = AWSRole(
            arn: arn, sessionName: settings["role_session_name"], externalID: settings["external_id"], region: settings["region"])
        if let path = settings["web_identity_token_file"] {
            return try await WebIdentity(surroundings).keys(role, tokenFile: path, named: "web_identity_token_file of profile \(profile)")
        }
        guard let source = settings["source_profile"] else {
            throw settings["credential_source"] != nil
                ? Self.unsupported("credential_source", profile)
                : AWSCredentialError(
                    "the profile \(profile) has a role_arn and no source_profile", hint: "Name the profile whose keys may take the role.")
        }
        guard depth < Self.deepest else {
            throw AWSCredentialError("the profiles' source_profile settings go in a circle", hint: "Let the last of them hold keys.")
        }
        // A profile may name itself: then its own keys take the role.
        if source == profile, let id = settings["aws_access_key_id"], let secret = settings["aws_secret_access_key"] {
            return try await SecurityTokenService(surroundings).assume(role, with: AWSKeys(accessKeyID: id, secretAccessKey: secret))
        }
        let base = try await keys(of: source, in: profiles, depth: depth + 1)
        return try await SecurityTokenService(surroundings).assume(role, with: base)
    }

    private static func unsupported(_ setting: String, _ profile: String) -> AWSCredentialError {
        AWSCredentialError(
            "the profile \(profile) uses \(setting), which is not supported",
            hint: "Let `aws configure export-credentials --profile \(profile) --format env` put keys into the environment.")
    }

    // MARK: Files

    private var credentialsPath: String? { path("AWS_SHARED_CREDENTIALS_FILE", "credentials") }
    private var configPath: String? { path("AWS_CONFIG_FILE", "config") }

    private func path(_ variable: String, _ name: String) -> String? {
        surroundings.environment[variable] ?? surroundings.environment["HOME"].map { "\($0)/.aws/\(name)" }
    }

    /// Tells files as they are from files as they were, without holding what is in them. One that cannot be read is one without anything: whoever
    /// needs it says why it cannot be.
    func fingerprint() -> [UInt8] {
        [credentialsPath, configPath].flatMap { path in
            let bytes = path.flatMap { try? surroundings.file($0) }
            return HashFunction.sha256.digest(bytes ?? [])
        }
    }

    private func read() throws(AWSCredentialError) -> [String: [String: String]] {
        let credentials = try profiles(credentialsPath, isConfig: false)
        return try profiles(configPath, isConfig: true).merging(credentials) { config, credentials in
            config.merging(credentials) { $1 }
        }
    }

    private func profiles(_ path: String?, isConfig: Bool) throws(AWSCredentialError) -> [String: [String: String]] {
        guard let path else { return [:] }
        do {
            guard let bytes = try surroundings.file(path) else { return [:] }
            return ProfileFile(String(decoding: bytes, as: UTF8.self), isConfig: isConfig).profiles
        } catch let error as AWSCredentialError {
            throw error
        } catch {
            throw AWSCredentialError("the file \(path) cannot be read", hint: "Check its permissions.")
        }
    }
}
