import KafkaProtocol

/// What can be limited, by its name in quota calls.
enum QuotaKey: String, CaseIterable, Sendable {
    /// Bytes a second of Produce requests.
    case producerByteRate = "producer_byte_rate"
    /// Bytes a second of Fetch answers.
    case consumerByteRate = "consumer_byte_rate"
    /// Percent of one thread's time.
    case requestPercentage = "request_percentage"
    /// Partitions made and deleted, a second (KIP-599).
    case controllerMutationRate = "controller_mutation_rate"
    /// Connections a second, of an address (KIP-612).
    case connectionCreationRate = "connection_creation_rate"

    var isOfAddresses: Bool { self == .connectionCreationRate }

    /// The greatest whole number that may stand; nil where fractions may.
    private var greatest: Double? {
        switch self {
        case .producerByteRate, .consumerByteRate: Double(Int64.max)
        case .connectionCreationRate: Double(Int32.max)
        case .requestPercentage, .controllerMutationRate: nil
        }
    }

    /// The key, where this value may be set for this entity, or why not, in a controller's words.
    static func checked(_ name: String, _ value: Double, of entity: QuotaEntity) throws(ConfigRefusal) -> QuotaKey {
        let key = try known(name, of: entity)
        func refuse(_ message: String) -> ConfigRefusal { ConfigRefusal(.invalidRequest, message) }
        // What is no number at all is taken, and limits nobody.
        if value.isNaN { return key }
        if value <= 0 { throw refuse("Quota \(name) must be greater than 0") }
        guard let greatest = key.greatest else { return key }
        if value > greatest {
            throw refuse("Proposed value for \(name) is too large for \(key == .connectionCreationRate ? "an INT" : "a LONG").")
        }
        if value.truncatingRemainder(dividingBy: 1) > 1e-6 { throw refuse("\(name) cannot be a fractional value.") }
        return key
    }

    private static func known(_ name: String, of entity: QuotaEntity) throws(ConfigRefusal) -> QuotaKey {
        guard let key = QuotaKey(rawValue: name), key.isOfAddresses == (entity.names[.ip] != nil) else {
            throw ConfigRefusal(.invalidRequest, "Invalid configuration key \(name)")
        }
        return key
    }
}
