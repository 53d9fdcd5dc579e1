public import Seams

/// Which keys are wanted, where not simply those of the place.
public struct AWSCredentialChoice: Sendable, Hashable {
    /// A profile of the shared files by name: then nowhere else is looked. Nil: `AWS_PROFILE`, else `default`, in its turn.
    public var profile: String?
    /// A role to take with the keys that are found.
    public var role: AWSRole?

    public init(profile: String? = nil, role: AWSRole? = nil) {
        self.profile = profile
        self.role = role
    }
}

/// Keys of AWS as its own tools find them: the environment, a web identity, the shared files, the container, the instance, in this
/// order; kept, and renewed some minutes before they expire. Safe to share.
public final class AWSCredentialChain: Sendable {
    private let choice: AWSCredentialChoice
    private let surroundings: AWSSurroundings
    private let kept: AWSKeyStore

    /// `kept`: what other chains may have found, and will find again.
    public init(
        _ choice: AWSCredentialChoice = AWSCredentialChoice(), in surroundings: AWSSurroundings, kept: AWSKeyStore = AWSKeyStore()
    ) {
        self.choice = choice
        self.surroundings = surroundings
        self.kept = kept
    }

    /// Keys that are good for a while. Throws where nobody has any, or the first who should have them fails.
    public func keys() async throws(AWSCredentialError) -> AWSKeys {
        let origin = AWSKeyOrigin(
            choice: choice, environment: surroundings.environment, files: SharedFiles(surroundings).fingerprint())
        return try await kept.perishable(for: origin).value(surroundings.time, cancelled: .stopped) { () async throws(AWSCredentialError) in
            let keys = try await find()
            return Perishable.Batch(keys, due: keys.expiry.map { due($0) }, expiry: keys.expiry)
        }
    }

    /// Forgets keys that were refused, so that they are looked for again. Newer ones stay.
    public func discard(_ keys: AWSKeys) { kept.discard { $0 == keys } }

    /// The region that the profile names whose keys are wanted, or would be in their turn; nil where it names none.
    public func regionOfProfile() throws(AWSCredentialError) -> String? { try SharedFiles(surroundings).region(of: choice.profile) }

    /// Five minutes before the end, as AWS advises; of a short life, its last fifth.
    private func due(_ expiry: Timestamp) -> Timestamp {
        let life = expiry.since(surroundings.time.now())
        return expiry.advanced(by: .zero - min(.seconds(300), life / 5))
    }

    private func find() async throws(AWSCredentialError) -> AWSKeys {
        let base = try await findBase()
        guard let role = choice.role else { return base }
        return try await SecurityTokenService(surroundings).assume(role, with: base)
    }

    private func findBase() async throws(AWSCredentialError) -> AWSKeys {
        if let profile = choice.profile { return try await SharedFiles(surroundings).keys(of: profile) }
        if let keys = try EnvironmentKeys(surroundings).keys() { return keys }
        if let keys = try await WebIdentity(surroundings).keys() { return keys }
        if let keys = try await SharedFiles(surroundings).keysOfTheCurrentProfile() { return keys }
        if let keys = try await ContainerKeys(surroundings).keys() { return keys }
        switch try await InstanceMetadata(surroundings).keys() {
        case .keys(let keys): return keys
        case .none(let reason):
            throw AWSCredentialError(
                "no credentials of AWS were found: not in the environment, a web identity, the shared files or the container, and "
                    + "\(InstanceMetadata.whom) \(reason)",
                hint: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give the machine a role.")
        }
    }
}
