import Bytes
import KafkaProtocol
import Seams

/// Decides how one call comes to its answer: where to, whether to try again, when, and when not any more.
///
/// A value: what happened goes in, what to do comes out, and ``Journey`` does it. Moments are the time source's uptime; what the
/// client knows, the time and chance are arguments.
struct JourneyMachine: Sendable {
    enum State: Sendable, Equatable {
        /// Before the first attempt, and between two. May become any of the following.
        case resting
        /// Asked who controls, leads or coordinates. May become `locating`, `throttled`, `attempting`, `resting`, `ended`.
        case identifying
        /// Asked where this broker is. May become `throttled`, `attempting`, `resting`, `ended`.
        case locating(Int32)
        /// Waiting until the broker's quota lets us. May become `attempting`, `ended`.
        case throttled(BrokerAddress)
        /// A request is under way. May become `resting`, `ended`.
        case attempting(BrokerAddress)
        /// Answered or given up.
        case ended
    }

    enum Event: Sendable, Equatable {
        /// Nothing keeps the journey any more: it begins, or what it paused for is over.
        case ready
        /// The metadata that was asked for has been taken in.
        case refreshed
        /// The group's coordinator is this broker.
        case found(coordinator: Int32)
        /// What was under way failed: the attempt, or a question on the way to it.
        case failed(FailedAttempt)
        /// The calling task was cancelled during a pause.
        case interrupted
        case answered
    }

    enum Action: Sendable, Equatable {
        case attempt(BrokerAddress)
        /// Ask for metadata: of one topic, or of brokers and controller alone.
        case refresh(topic: ByteString?)
        case findCoordinator(of: ByteString)
        /// Pause for the broker's quota, then go on.
        case waitForQuota(Duration)
        /// Pause after this failure, then try again.
        case pause(Duration, after: KafkaError)
        /// Try again at once.
        case again
        case giveUp(KafkaError)
        /// The answer has come: nothing is left to do.
        case finish
    }

    /// What the client is to remember beside.
    enum Note: Sendable, Equatable {
        /// It is no longer sure who that is.
        case doubt(Destination)
        /// Where the broker was may be out of date.
        case forget(BrokerAddress)
        /// Calls to there may fail at once until then.
        case avoid(BrokerAddress, until: Duration, KafkaError)
    }

    struct Step: Sendable, Equatable {
        var action: Action
        var notes: [Note] = []
    }

    /// What the configuration says of calls.
    struct Limits: Sendable, Equatable {
        var apiTimeout: Duration
        var connectTimeout: Duration
        var connectAttempts: Int
    }

    let destination: Destination
    let effect: Effect
    let limits: Limits
    let start: Duration
    let deadline: Duration
    var state = State.resting
    var backoff: Backoff
    /// Attempts so far, the one under way included.
    var attempts = 0
    /// Where the last attempt went.
    var address: BrokerAddress?
    /// How long the last attempt waits for a connection at most.
    var connectLimit: Duration
    /// Who could not be connected to, in the order of the attempts.
    var unreachable: [KafkaError] = []
    var tried: Set<BrokerAddress> = []
    /// Addresses that are of no use, and why: whoever answers there is not trusted, or no broker. Not tried again.
    var barred: [BrokerAddress: KafkaError] = [:]
    /// Whether it has been tried once more with another token or other keys.
    var hasReauthenticated = false
    /// The last error that a broker answered: it tells more than that the time was up during a further attempt.
    var lastAnswer: KafkaError?

    init(to destination: Destination, _ effect: Effect, limits: Limits, backoff: Backoff, start: Duration, deadline: Duration) {
        self.destination = destination
        self.effect = effect
        self.limits = limits
        self.backoff = backoff
        self.start = start
        self.deadline = deadline
        connectLimit = limits.connectTimeout
    }

    mutating func handle(_ event: Event, _ outlook: Outlook, now: Duration, _ chance: any ChanceSource) -> Step {
        switch (state, event) {
        case (.resting, .ready):
            attempts += 1
            return resolve(outlook, now, chance)
        case (.identifying, .refreshed): return identified(outlook.broker, outlook, now, chance)
        case (.identifying, .found(let broker)): return identified(broker, outlook, now, chance)
        case (.locating(let broker), .refreshed): return located(broker, outlook, now, chance)
        case (.throttled(let address), .ready): return depart(to: address)
        case (.identifying, .failed(let failed)), (.locating, .failed(let failed)), (.attempting, .failed(let failed)):
            return recover(from: failed, outlook, now, chance)
        case (.resting, .interrupted), (.throttled, .interrupted):
            return end(.cancelled(broker: nil, api: nil, sent: false))
        case (.attempting, .answered):
            state = .ended
            return Step(action: .finish)
        default:
            // Whoever drives the machine tells it nothing but what became of the last action.
            return end(.outOfStep)
        }
    }

    mutating func end(_ error: KafkaError, notes: [Note] = []) -> Step {
        state = .ended
        return Step(action: .giveUp(error), notes: notes)
    }

    mutating func depart(to address: BrokerAddress) -> Step {
        state = .attempting(address)
        return Step(action: .attempt(address))
    }
}

extension KafkaError {
    static let outOfStep = KafkaError(
        .fault, outcome: .unknown, cause: "the call came out of step with itself",
        hint: "This is a fault of this program: please report it, and look at the cluster before repeating the command.")
}
