public import Repository
public import Resources

/// What a restore changes, as far as two restores must not change it at once: a cluster and a schema registry.
public struct RestorePlace: Sendable {
    /// Words that other restores onto the same have, too.
    let targets: [String]
    private let cluster: String

    /// - Throws: `KafkaError` or `RecoveryError` where the cluster does not say who it is.
    public init(_ target: Source) async throws {
        let cluster = try await Sweep(target).clusterID()
        self.init(cluster: "\(cluster)", registry: try await TargetRegistry(target.registry))
    }

    init(_ plan: Plan) { self.init(cluster: "\(plan.targetClusterID)", registry: plan.registry) }

    private init(cluster: String, registry: TargetRegistry) {
        self.cluster = cluster
        targets = ["cluster \(cluster)"] + registry.words
    }

    /// Runs `body` while nobody else restores onto it out of `repository`; `tookOver` gets the leases of those who were killed at it.
    /// - Throws: `RepositoryError` (`locked`); what `body` throws.
    public func alone<Result>(
        in repository: Repository, isolation: isolated (any Actor)? = #isolation, tookOver: (Lease) -> Void = { _ in },
        _ body: (RestoreLease) async throws -> Result
    ) async throws -> Result {
        try await repository.withRestore(
            onto: targets, holder: "tidemark restore onto cluster \(cluster)", isolation: isolation, tookOver: tookOver, body)
    }
}
