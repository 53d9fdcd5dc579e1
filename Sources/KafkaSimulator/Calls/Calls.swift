import KafkaProtocol

/// Every call that the simulator serves.
enum Calls {
    static let all: [any CallHandler.Type] = [
        ProduceHandler.self,
        FetchHandler.self,
        ListOffsetsHandler.self,
        MetadataHandler.self,
        OffsetCommitHandler.self,
        OffsetFetchHandler.self,
        FindCoordinatorHandler.self,
        JoinGroupHandler.self,
        HeartbeatHandler.self,
        LeaveGroupHandler.self,
        SyncGroupHandler.self,
        DescribeGroupsHandler.self,
        ListGroupsHandler.self,
        SaslHandshakeHandler.self,
        ApiVersionsHandler.self,
        CreateTopicsHandler.self,
        SaslAuthenticateHandler.self,
        DeleteGroupsHandler.self,
        OffsetDeleteHandler.self,
        ConsumerGroupHeartbeatHandler.self,
        ConsumerGroupDescribeHandler.self,
    ]

    static let byKey: [APIKey: any CallHandler.Type] = Dictionary(uniqueKeysWithValues: all.map { ($0.api, $0) })
}
