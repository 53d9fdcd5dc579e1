import Bytes
import KafkaProtocol

@testable import KafkaSimulator

/// An odd request. What a real Apache Kafka 4.1.1 answered to it is written down in ``RecordedAnswers``, in one line as
/// ``WireTree/brief(_:field:)`` has it.
struct Probe: Sendable {
    let name: String
    let ask: @Sendable (ProbedCluster) async throws -> String

    /// - Parameter request: may be anything that can be asked without changing the cluster, or that fails in any case.
    init<Request: KafkaRequest>(
        _ name: String, v version: Int16, at place: ProbedCluster.Place = .leader,
        _ request: @escaping @Sendable (ProbedCluster) -> Request
    ) {
        self.name = "\(Request.api) v\(version) at \(place): \(name)"
        ask = { cluster in try await cluster.ask(request(cluster), version: version, at: place) }
    }

    static let all: [Probe] = fetches + offsets + cluster + features + groups + configs + quotas
}

/// A message, made and filled in one expression.
func make<Value: WireStruct>(_: Value.Type = Value.self, _ fill: (inout Value) -> Void) -> Value {
    var value = Value()
    fill(&value)
    return value
}
