import Bytes
import KafkaProtocol
import Seams

@testable import KafkaClient

/// A call under way in a cluster of brokers 1 and 2, the first of which controls, leads and coordinates.
struct JourneyStage {
    static let one = BrokerAddress(host: "one", port: 9092)
    static let two = BrokerAddress(host: "two", port: 9092)
    static let seed = BrokerAddress(host: "seed", port: 9092)
    static let partition = TopicPartition("orders", 0)
    static let destinations: [Destination] = [.anyBroker, .controller, .broker(1), .groupCoordinator("crew"), .leader(partition)]
    static let limits = JourneyMachine.Limits(apiTimeout: .seconds(60), connectTimeout: .seconds(10), connectAttempts: 4)
    static let start: Duration = .seconds(100)

    var machine: JourneyMachine
    var outlook = Outlook(
        broker: 1, nodes: [1: .init(address: one, rack: nil), 2: .init(address: two, rack: nil)], bootstrap: [seed])
    var now = start

    init(to destination: Destination, _ effect: Effect = .reads) {
        machine = JourneyMachine(
            to: destination, effect, limits: Self.limits, backoff: Backoff(first: .milliseconds(100), limit: .seconds(1)),
            start: Self.start, deadline: Self.start + .seconds(60))
        if destination == .anyBroker { outlook.broker = nil }
    }

    mutating func handle(_ event: JourneyMachine.Event) -> JourneyMachine.Step {
        machine.handle(event, outlook, now: now, SeededChance(seed: 3))
    }

    /// An attempt under way at broker 1: the `number`th. All before it could not connect where `unreachable` says so.
    static func attempting(
        _ number: Int, to destination: Destination, _ effect: Effect = .reads, unreachable: Bool = false
    ) -> JourneyStage {
        var stage = JourneyStage(to: destination, effect)
        stage.machine.state = .attempting(one)
        stage.machine.address = one
        stage.machine.attempts = number
        if unreachable { stage.machine.unreachable = Array(repeating: error(.cannotConnect), count: number - 1) }
        return stage
    }

    static func error(
        _ code: KafkaError.Code = .connectionLost, _ outcome: KafkaError.Outcome = .notSent, broker: String? = "one"
    ) -> KafkaError { KafkaError(code, broker: broker, outcome: outcome, cause: "broken", hint: "Mend it.") }
}

extension JourneyMachine.State {
    var name: String {
        switch self {
        case .resting: "resting"
        case .identifying: "identifying"
        case .locating: "locating"
        case .throttled: "throttled"
        case .attempting: "attempting"
        case .ended: "ended"
        }
    }
}

extension JourneyMachine.Step {
    /// In a word or two; with what is to be remembered behind.
    var summary: String {
        let what =
            switch action {
            case .attempt(let address): "attempt at \(address.host)"
            case .refresh(let topic): topic.map { "ask about \($0)" } ?? "ask about brokers"
            case .findCoordinator(let group): "ask who coordinates \(group)"
            case .waitForQuota(let pause): "wait \(pause)"
            case .pause: "pause"
            case .again: "again"
            case .giveUp(.outOfStep): "out of step"
            case .giveUp(let error) where error.cause.contains("given up after"): "time is up"
            case .giveUp(let error) where error.code == .cancelled: "cancelled"
            case .giveUp: "give up"
            case .finish: "finish"
            }
        return ([what] + notes.map(\.summary)).joined(separator: ", ")
    }
}

extension JourneyMachine.Note {
    fileprivate var summary: String {
        switch self {
        case .doubt: "doubt"
        case .forget(let address): "forget \(address.host)"
        case .avoid(let address, _, _): "avoid \(address.host)"
        }
    }
}
