import KafkaProtocol

/// What a client holds between calls: its connections, its view of the cluster, and who is to be left alone for how long.
/// Moments are the time source's uptime.
struct ClientState: Sendable {
    var isClosed = false
    var view = ClusterView()
    var connections: [BrokerAddress: BrokerConnection] = [:]
    var connectionsMade = 0
    /// Brokers that asked us to wait.
    private(set) var throttled: [BrokerAddress: Duration] = [:]
    /// Brokers that could not be connected to a moment ago: calls fail at once instead of waiting for each anew.
    private(set) var unreachable: [BrokerAddress: (until: Duration, error: KafkaError)] = [:]

    mutating func throttle(_ address: BrokerAddress, until moment: Duration) {
        throttled[address] = max(throttled[address] ?? .zero, moment)
    }

    mutating func giveUp(_ address: BrokerAddress, until moment: Duration, _ error: KafkaError) { unreachable[address] = (moment, error) }

    mutating func reached(_ address: BrokerAddress) { unreachable[address] = nil }

    mutating func dropWhatIsOver(at now: Duration) {
        if throttled.values.contains(where: { $0 <= now }) { throttled = throttled.filter { $0.value > now } }
        if unreachable.values.contains(where: { $0.until <= now }) { unreachable = unreachable.filter { $0.value.until > now } }
    }

    mutating func openConnection(to address: BrokerAddress) -> BrokerConnection? {
        guard let connection = connections[address] else { return nil }
        if connection.isOpenForCalls { return connection }
        connections[address] = nil
        return nil
    }
}
