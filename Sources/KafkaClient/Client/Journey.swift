import Bytes
import KafkaProtocol
import Logging
import Seams

/// One call on its way through attempts, pauses and changes of address, until it is answered or not worth another attempt.
/// ``JourneyMachine`` decides; this asks, waits and tries.
struct Journey: Sendable {
    private let client: KafkaClient
    private var machine: JourneyMachine

    init(_ client: KafkaClient, _ destination: Destination, _ effect: Effect, deadline: Duration) {
        self.client = client
        let configuration = client.configuration
        machine = JourneyMachine(
            to: destination, effect,
            limits: JourneyMachine.Limits(
                apiTimeout: configuration.apiTimeout, connectTimeout: configuration.connectTimeout,
                connectAttempts: configuration.connectAttempts),
            backoff: Backoff(first: configuration.retryBackoff, limit: configuration.retryBackoffMax), start: client.time.uptime(),
            deadline: deadline)
    }

    var effect: Effect { machine.effect }
    /// Where the attempt under way goes.
    var address: BrokerAddress? { machine.address }
    /// How long the attempt under way may wait for a connection.
    var connectLimit: Duration { machine.connectLimit }
    var remaining: Duration { machine.deadline - client.time.uptime() }

    mutating func run<Value: Sendable>(
        _ attempt: (KafkaClient, Journey) async throws(FailedAttempt) -> Value
    ) async throws(KafkaError) -> Value {
        var event = JourneyMachine.Event.ready
        while true {
            switch decide(on: event) {
            case .attempt:
                do throws(FailedAttempt) {
                    let value = try await attempt(client, self)
                    _ = decide(on: .answered)
                    return value
                } catch {
                    event = .failed(error)
                }
            case .refresh(let topic): event = await refresh(topic)
            case .findCoordinator(let group): event = await findCoordinator(group)
            case .waitForQuota(let pause): event = await rest(pause)
            case .pause(let pause, let failure):
                client.logger.debug(
                    "retrying a call", metadata: ["cause": "\(failure.message)", "attempt": "\(machine.attempts)"])
                event = await rest(pause)
                if event == .ready { client.tally.add { $0.retries += 1 } }
            case .again:
                event = .ready
                client.tally.add { $0.retries += 1 }
            case .giveUp(let error): throw error
            // Only an answer finishes, and with one this has returned.
            case .finish: throw .outOfStep
            }
        }
    }

    private mutating func decide(on event: JourneyMachine.Event) -> JourneyMachine.Action {
        let now = client.time.uptime()
        let outlook = client.state.withLockedValue {
            $0.outlook(
                for: machine.destination, bootstrap: client.configuration.bootstrap, now: now, isCancelled: Task.isCancelled)
        }
        let step = machine.handle(event, outlook, now: now, client.chance)
        if !step.notes.isEmpty {
            client.state.withLockedValue { state in
                for note in step.notes {
                    switch note {
                    case .doubt(let destination): state.view.doubt(destination)
                    case .forget(let address): state.view.forget(address)
                    case .avoid(let address, let until, let error): state.giveUp(address, until: until, error)
                    }
                }
            }
        }
        return step.action
    }

    private func refresh(_ topic: ByteString?) async -> JourneyMachine.Event {
        do throws(KafkaError) {
            try await client.refreshView(topics: topic.map { [$0] } ?? [])
            return .refreshed
        } catch {
            return .failed(FailedAttempt(error, .giveUp))
        }
    }

    private func findCoordinator(_ group: ByteString) async -> JourneyMachine.Event {
        do throws(KafkaError) {
            return .found(coordinator: try await client.locateCoordinator(group, effect: effect))
        } catch {
            return .failed(FailedAttempt(error, .giveUp))
        }
    }

    private func rest(_ pause: Duration) async -> JourneyMachine.Event {
        do {
            try await client.time.sleep(for: pause)
            return .ready
        } catch {
            return .interrupted
        }
    }
}
