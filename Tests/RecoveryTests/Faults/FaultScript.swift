import KafkaProtocol
import KafkaSimulator
import Seams

/// What goes wrong while one capture runs: events, each due once the brokers have taken in so many calls. Drawn from a seed, so
/// that a seed that failed can be run again by itself.
struct FaultScript: Sendable, CustomStringConvertible {
    enum Event: Sendable {
        case kill(Int32)
        case restart(Int32)
        case moveLeader(topic: String, partition: Int32, to: Int32)
        case moveCoordinator(group: String, to: Int32)
        case inject(Fault)
        /// The wall clock jumps; uptime does not.
        case jump(Duration)
        /// From now on answers ask to wait, and are waited for: a quota of requests, in percent of a thread.
        case throttle(Double)
        /// A broker that lives on cannot read its disk any more.
        case failDirectory(Int32)
        case mendDirectory(Int32)
    }

    let seed: UInt64
    /// Whether the cluster has users and rules, and the capture is made by one from whom a topic of broker 3 alone is hidden.
    var isSecured: Bool { seed % 4 == 3 }
    /// Whether one connection ends while it is being made, in the middle of TLS or of a login, and nothing else goes wrong: a capture survives it.
    var isSingleCut: Bool { seed % 8 == 5 }
    /// Who captures, where there are users: one from whom something is hidden, or one who sees all.
    var user: String? { isSecured ? "half" : isSingleCut ? "admin" : nil }
    var speaksTLS: Bool { seed % 16 == 5 || seed % 5 == 4 }
    /// Whether the repository holds a whole snapshot of the cluster already: there is something to compare with, and to confirm.
    var hasSnapshot: Bool { seed % 3 == 2 }
    /// In the order in which they are due.
    let events: [(afterCalls: Int, event: Event)]

    /// Brokers 1 to 3; the topics and groups are those of the suite's cluster.
    init(seed: UInt64, topics: [String], groups: [String]) {
        self.seed = seed
        let chance = SeededChance(seed: seed)
        func draw<Element>(_ elements: [Element]) -> Element { elements[chance.number(in: 0...elements.count - 1)] }
        let brokers: [Int32] = [1, 2, 3]
        var drawn: [(afterCalls: Int, event: Event)] = []
        if seed % 8 == 5 {
            events = [(0, .inject(Self.cut(chance, on: draw([nil] + brokers.map { $0 }))))]
            return
        }
        let apis = Self.apis + (seed % 4 == 3 ? [.saslHandshake, .saslHandshake, .saslAuthenticate, .saslAuthenticate] : [])
        // What is hidden on a broker that is down, or on a disk that is, is what is most easily taken for nothing.
        if seed % 4 == 3 {
            switch chance.number(in: 0...2) {
            case 0: drawn.append((0, .kill(3)))
            case 1: drawn.append((0, .failDirectory(3)))
            default: break
            }
        }
        for _ in 0..<chance.number(in: 1...6) {
            let due = chance.number(in: 0...45)
            switch chance.number(in: 0...12) {
            case 0:
                let broker = draw(brokers)
                drawn.append((due, .kill(broker)))
                if chance.number(in: 0...1) == 0 { drawn.append((due + chance.number(in: 1...12), .restart(broker))) }
            case 1: drawn.append((due, .moveLeader(topic: draw(topics), partition: Int32(chance.number(in: 0...2)), to: draw(brokers))))
            case 2: drawn.append((due, .moveCoordinator(group: draw(groups), to: draw(brokers))))
            case 3: drawn.append((due, .jump(.seconds(draw([-90_000, -3_600, -1, 2, 7_200, 400_000])))))
            case 4: drawn.append((due, .throttle(Double(draw([1, 5, 20])) / 100)))
            case 5:
                let broker = draw(brokers)
                drawn.append((due, .failDirectory(broker)))
                if chance.number(in: 0...1) == 0 { drawn.append((due + chance.number(in: 1...12), .mendDirectory(broker))) }
            default:
                let fault = Fault(
                    Self.effect(chance), of: draw(apis), on: draw([nil] + brokers.map { $0 }), times: draw([1, 1, 1, 2, 3, 20, nil]))
                drawn.append((due, .inject(fault)))
            }
        }
        events = drawn.sorted { $0.afterCalls < $1.afterCalls }
    }

    /// Whether a broker may have said no to a login: an error was put into its answers.
    var refusesLogins: Bool {
        events.contains { _, event in
            guard case .inject(let fault) = event, case .error = fault.effect else { return false }
            return [nil, .saslHandshake, .saslAuthenticate].contains(fault.api)
        }
    }

    var description: String {
        "seed \(seed)\(hasSnapshot ? ", after a whole snapshot" : "")\(user.map { ", as \($0)" } ?? "")\(speaksTLS ? ", TLS" : ""): "
            + events.map { "after \($0.afterCalls) calls \($0.event)" }.joined(separator: "; ")
    }

    /// The calls of a capture; nil fits any of them.
    private static let apis: [APIKey?] = [
        nil, .apiVersions, .metadata, .describeAcls, .describeCluster, .describeConfigs, .describeLogDirs, .listGroups, .describeGroups,
        .offsetFetch,
        .listOffsets, .listTransactions, .describeQuorum,
    ]

    private static let errors: [ErrorCode] = [
        .notCoordinator, .coordinatorLoadInProgress, .coordinatorNotAvailable, .notController, .leaderNotAvailable, .notLeaderOrFollower,
        .requestTimedOut, .networkException, .unknownServerError, .topicAuthorizationFailed, .groupAuthorizationFailed,
        .clusterAuthorizationFailed, .unknownTopicOrPartition, .kafkaStorageError,
    ]

    private static func effect(_ chance: SeededChance) -> Fault.Effect {
        switch chance.number(in: 0...7) {
        case 0: .delay(.milliseconds(chance.number(in: 1...1500)))
        case 1: .drop
        case 2: .close
        // Within the length, the header, and beyond the end of short answers.
        case 3: .cut(afterBytes: chance.number(in: 0...1) == 0 ? chance.number(in: 0...16) : chance.number(in: 0...3000))
        case 4: .error(errors[chance.number(in: 0...errors.count - 1)])
        case 5: .garble(extraBytes: chance.number(in: 1...16))
        case 6: .hangUp(afterBytes: chance.number(in: 0...2500))
        default: .refuse
        }
    }

    /// One end of one connection before it serves a call.
    private static func cut(_ chance: SeededChance, on broker: Int32?) -> Fault {
        let count = chance.number(in: 0...1) == 0 ? chance.number(in: 0...16) : chance.number(in: 0...2500)
        return switch chance.number(in: 0...4) {
        case 0: Fault(.close, of: .saslHandshake, on: broker)
        case 1: Fault(.close, of: .saslAuthenticate, on: broker)
        case 2: Fault(.cut(afterBytes: count % 30), of: chance.number(in: 0...1) == 0 ? .saslHandshake : .saslAuthenticate, on: broker)
        case 3: Fault(.refuse, on: broker)
        // Of TLS 1.3 the broker's part is some 1,100 bytes.
        default: Fault(.hangUp(afterBytes: count), on: broker)
        }
    }
}
