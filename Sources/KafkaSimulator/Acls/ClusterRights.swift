import KafkaProtocol

/// The calls that ask one right on the cluster of whoever sends them, and are refused as a whole (error 31) without it. Every
/// other call asks for rights on what it names, in its own handler.
enum ClusterRights {
    static let needed: [APIKey: AclOperation] = [
        .describeAcls: .describe,
        .createAcls: .alter,
        .deleteAcls: .alter,
        .electLeaders: .alter,
        .alterPartitionReassignments: .alter,
        .listPartitionReassignments: .describe,
        .describeClientQuotas: .describeConfigs,
        .alterClientQuotas: .alterConfigs,
        .describeUserScramCredentials: .describe,
        .alterUserScramCredentials: .alter,
        .describeQuorum: .describe,
        .updateFeatures: .alter,
        .listConfigResources: .describeConfigs,
    ]
}

extension ClusterState {
    /// Error 31 where the call needs a right on the cluster that its sender does not have.
    func clusterRefusal(_ context: CallContext) -> ErrorCode? {
        guard let operation = ClusterRights.needed[context.api], !allows(context, operation, .cluster) else { return nil }
        return .clusterAuthorizationFailed
    }
}
