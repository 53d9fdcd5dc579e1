import KafkaProtocol

/// What a client knows at a moment, as far as a journey asks: a value, so that its decisions can be tried in every situation.
/// Moments are the time source's uptime.
struct Outlook: Sendable, Equatable {
    /// The client was closed.
    var isClosed = false
    /// The calling task was cancelled.
    var isCancelled = false
    /// The broker that the destination means; nil for any broker, and where it is not known.
    var broker: Int32?
    var nodes: [Int32: ClusterView.Node] = [:]
    /// Where calls could go at once.
    var open: [BrokerAddress] = []
    /// At least one.
    var bootstrap: [BrokerAddress]
    /// Brokers that asked us to wait, and until when: moments to come.
    var throttled: [BrokerAddress: Duration] = [:]
    /// Brokers that could not be connected to a moment ago.
    var unreachable: [BrokerAddress: KafkaError] = [:]

    /// Addresses to try for a request that anybody may answer: open connections first, then the cluster's brokers and the
    /// bootstrap servers, each in the order that `shuffle` gives.
    func candidates(shuffle: ([BrokerAddress]) -> [BrokerAddress] = { $0 }) -> [BrokerAddress] {
        let known = nodes.keys.sorted().compactMap { nodes[$0]?.address }
        var seen: Set<BrokerAddress> = []
        return (shuffle(open) + shuffle(known) + shuffle(bootstrap)).filter { seen.insert($0).inserted }
    }

    /// The broker as operators know it.
    func name(of address: BrokerAddress) -> String { ClusterView.name(of: address, in: nodes) }
}

extension ClientState {
    /// What matters to a call that goes to `destination`. What is over by `now` is forgotten.
    mutating func outlook(for destination: Destination, bootstrap: [BrokerAddress], now: Duration, isCancelled: Bool) -> Outlook {
        dropWhatIsOver(at: now)
        return Outlook(
            isClosed: isClosed, isCancelled: isCancelled, broker: view.broker(of: destination), nodes: view.nodes,
            open: destination == .anyBroker ? connections.values.filter(\.isOpenForCalls).map(\.address) : [], bootstrap: bootstrap,
            throttled: throttled, unreachable: unreachable.mapValues(\.error))
    }
}
