import KafkaProtocol

/// Whether sending a request twice does harm.
public enum Effect: Sendable, Equatable {
    /// It only looks: sent again after any failure that another attempt can help.
    case reads
    /// It changes something: sent again only where the first surely was not executed.
    case writes

    static func of(_ api: APIKey) -> Effect {
        switch api {
        case .metadata, .describeCluster, .apiVersions, .listOffsets, .offsetFetch, .findCoordinator, .describeGroups, .listGroups,
            .describeConfigs, .describeLogDirs, .describeAcls, .describeClientQuotas, .describeUserScramCredentials, .describeQuorum,
            .describeProducers, .describeTransactions, .listTransactions, .consumerGroupDescribe, .listConfigResources,
            .describeTopicPartitions, .shareGroupDescribe, .describeShareGroupOffsets, .listPartitionReassignments, .fetch,
            .offsetForLeaderEpoch, .describeDelegationToken:
            .reads
        default: .writes
        }
    }
}
