/// Resources whose configs go into one request: those of one broker, or some that any broker can answer for.
struct ConfigPart: Hashable, Sendable, CustomStringConvertible {
    /// Nil: any.
    var broker: Int32?
    var resources: [ConfigResource]

    var destination: Destination { broker.map { .broker($0) } ?? .anyBroker }

    static func split(_ resources: [ConfigResource], limit: Int) -> [ConfigPart] {
        let byOwner = Dictionary(grouping: resources, by: \.owner)
        return byOwner.sorted { ($0.key ?? .min) < ($1.key ?? .min) }.flatMap { owner, owned in
            owned.batches(of: limit).map { ConfigPart(broker: owner, resources: $0) }
        }
    }

    var description: String {
        guard let first = resources.first else { return "nothing" }
        return resources.count == 1 ? "\(first)" : "\(first) and \(resources.count - 1) more"
    }
}
