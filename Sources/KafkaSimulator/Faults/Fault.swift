public import KafkaProtocol

/// Something that shall go wrong. A request meets one fault at most: the first that fits it and is counted, else the first
/// that fits it and stands until the faults are cleared.
public struct Fault: Sendable {
    public enum Effect: Sendable, Equatable {
        /// The request is served that much later.
        case delay(Duration)
        /// The request waits, and is served when the faults are cleared. It stands until then, whatever `times` says.
        case hold
        /// The request is read, has no effect, and is never answered.
        case drop
        /// The connection is closed as soon as the request has come; it has no effect.
        case close
        /// The request has its effect, but its answer is cut after this many bytes, the length prefix included, and the
        /// connection closed. With 0 the client cannot know whether anything was done.
        case cut(afterBytes: Int)
        /// The request has its effect, and its answer is this many bytes longer than it ought to be: no reader may take it for right.
        case garble(extraBytes: Int)
        /// The request has no effect, and every error code of its answer is this one.
        case error(ErrorCode)
        /// The request has its effect, and every error code of its answer is this one: so answers a controller that lost track of what it
        /// did (-1), or a broker that stopped waiting for it (7).
        case belie(ErrorCode)
        /// A new connection is closed at once. Fits connections, not requests: `api` is not looked at.
        case refuse
        /// A new connection is closed once the broker has sent this many bytes on it: where there is TLS, in the middle of the handshake. With
        /// 0 as soon as the client has said anything. Fits connections, as ``refuse``.
        case hangUp(afterBytes: Int)

        fileprivate var fitsConnections: Bool {
            switch self {
            case .refuse, .hangUp: true
            default: false
            }
        }
    }

    public var effect: Effect
    /// Nil fits every call.
    public var api: APIKey?
    /// Nil fits every broker.
    public var broker: Int32?
    /// How often; nil until the faults are cleared.
    public var times: Int?

    public init(_ effect: Effect, of api: APIKey? = nil, on broker: Int32? = nil, times: Int? = 1) {
        self.effect = effect
        self.api = api
        self.broker = broker
        self.times = times
    }
}

/// The faults that are still to come, in the order in which they were asked for.
struct FaultList: Sendable {
    private var faults: [Fault] = []

    mutating func add(_ fault: Fault) { faults.append(fault) }
    mutating func clear() { faults = [] }

    mutating func take(api: APIKey, broker: Int32) -> Fault.Effect? {
        take { !$0.effect.fitsConnections && ($0.api ?? api) == api && ($0.broker ?? broker) == broker }
    }

    /// What befalls a new connection.
    mutating func takeConnection(to broker: Int32) -> Fault.Effect? {
        take { $0.effect.fitsConnections && ($0.broker ?? broker) == broker }
    }

    /// Whether a request that was held has to wait on.
    func holds(api: APIKey, broker: Int32) -> Bool {
        faults.contains { $0.effect == .hold && ($0.api ?? api) == api && ($0.broker ?? broker) == broker }
    }

    private mutating func take(_ fits: (Fault) -> Bool) -> Fault.Effect? {
        let counted = faults.firstIndex { $0.times.map { $0 > 0 } ?? false && fits($0) }
        guard let index = counted ?? faults.firstIndex(where: { $0.times == nil && fits($0) }) else { return nil }
        let effect = faults[index].effect
        if let times = faults[index].times, effect != .hold {
            if times <= 1 { faults.remove(at: index) } else { faults[index].times = times - 1 }
        }
        return effect
    }
}
