import Seams

/// Which keys are wanted, where not simply those of the place.
public struct AWSCredentialChoice: Sendable, Equatable {
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
    private let kept = Perishable<AWSKeys, AWSCredentialError>()

    public init(_ choice: AWSCredentialChoice = AWSCredentialChoice(), in surroundings: AWSSurroundings) {
        self.choice = choice
        self.surroundings = surroundings
    }

    /// Keys that are good for a while. Throws where nobody has any, or the first who should have them fails.
    public func keys() async throws(AWSCredentialError) -> AWSKeys {
        try await kept.value(surroundings.time, cancelled: .stopped) { () async throws(AWSCredentialError) in
            let keys = try await find()
            return Perishable.Batch(keys, due: keys.expiry.map { due($0) }, expiry: keys.expiry)
        }
    }

    /// Forgets keys that were refused, so that they are looked for again: files may have been rewritten. Newer ones stay.
    public func discard(_ keys: AWSKeys) { kept.discard { $0 == keys } }

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
        if let keys = try await InstanceMetadata(surroundings).keys() { return keys }
        throw AWSCredentialError(
            "no credentials of AWS were found: not in the environment, a web identity, the shared files, the container or the instance",
            hint: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give the machine a role.")
    }
}
