import KafkaProtocol

/// What a client holds between calls: its connections, its view of the cluster, and who is to be left alone for how long.
/// Moments are the time source's uptime.
struct ClientState: Sendable {
    var isClosed = false
    var view = ClusterView()
    var connections: [BrokerAddress: BrokerConnection] = [:]
    var connectionsMade = 0
    /// Brokers that asked us to wait.
    private var throttled: [BrokerAddress: Duration] = [:]
    /// Brokers that could not be connected to a moment ago: calls fail at once instead of waiting for each anew.
    private var unreachable: [BrokerAddress: (until: Duration, error: KafkaError)] = [:]

    mutating func throttle(_ address: BrokerAddress, until moment: Duration) {
        throttled[address] = max(throttled[address] ?? .zero, moment)
    }

    mutating func throttledUntil(_ address: BrokerAddress, now: Duration) -> Duration? {
        guard let moment = throttled[address] else { return nil }
        if moment > now { return moment }
        throttled[address] = nil
        return nil
    }

    mutating func giveUp(_ address: BrokerAddress, until moment: Duration, _ error: KafkaError) { unreachable[address] = (moment, error) }

    mutating func reached(_ address: BrokerAddress) { unreachable[address] = nil }

    mutating func recentFailure(_ address: BrokerAddress, now: Duration) -> KafkaError? {
        guard let failure = unreachable[address] else { return nil }
        if failure.until > now { return failure.error }
        unreachable[address] = nil
        return nil
    }

    mutating func openConnection(to address: BrokerAddress) -> BrokerConnection? {
        guard let connection = connections[address] else { return nil }
        if connection.isOpenForCalls { return connection }
        connections[address] = nil
        return nil
    }

    /// Addresses to try for a request that anybody may answer: open connections first, then the cluster's brokers and the
    /// bootstrap servers in the order that `shuffle` gives.
    func candidates(_ bootstrap: [BrokerAddress], shuffle: ([BrokerAddress]) -> [BrokerAddress]) -> [BrokerAddress] {
        let open = connections.values.filter(\.isOpenForCalls).map(\.address)
        let known = view.brokerIDs.compactMap { view.nodes[$0]?.address }
        var seen: Set<BrokerAddress> = []
        return (shuffle(open) + shuffle(known) + shuffle(bootstrap)).filter { seen.insert($0).inserted }
    }
}
