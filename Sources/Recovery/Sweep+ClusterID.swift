public import Bytes
public import Resources

extension Sweep {
    /// The cluster's id, never empty: snapshots are kept apart by it, and a restore knows its target by it.
    ///
    /// Throws a `RecoveryError` where the brokers do not tell one: all such clusters would be one and the same.
    public func clusterID() async throws -> ByteString {
        if let id = try await describeCluster().clusterID, !id.isEmpty { return id }
        throw RecoveryError(
            .conflict,
            "the brokers at \(client.configuration.bootstrap.map(\.description).joined(separator: ", ")) do not tell their cluster's id, "
                + "so its snapshots could not be told from those of another cluster",
            hint: "check what --bootstrap-server names: brokers of Kafka have a cluster.id, and a proxy in between has to pass it on.")
    }
}
