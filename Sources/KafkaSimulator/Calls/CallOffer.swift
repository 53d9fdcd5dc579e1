import KafkaProtocol

/// The calls and versions that the brokers offer: those of a release, less what is withheld, as products do that speak Kafka's
/// protocol in part.
struct CallOffer: Sendable {
    var release: KafkaRelease
    var withheld: Set<APIKey>

    /// Nil for a call that is not offered.
    func range(of handler: any CallHandler.Type) -> ClosedRange<Int16>? {
        withheld.contains(handler.api) ? nil : release.offered(handler)
    }
}
