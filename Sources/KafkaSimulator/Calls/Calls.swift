import KafkaProtocol

/// Every call that the simulator serves.
enum Calls {
    static let all: [any CallHandler.Type] = [
        ProduceHandler.self,
        FetchHandler.self,
        ListOffsetsHandler.self,
        MetadataHandler.self,
        FindCoordinatorHandler.self,
        SaslHandshakeHandler.self,
        ApiVersionsHandler.self,
        CreateTopicsHandler.self,
        SaslAuthenticateHandler.self,
    ]

    static let byKey: [APIKey: any CallHandler.Type] = Dictionary(uniqueKeysWithValues: all.map { ($0.api, $0) })
}
