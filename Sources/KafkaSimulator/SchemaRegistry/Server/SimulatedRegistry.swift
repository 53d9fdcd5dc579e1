import Bytes
public import Seams
import NIOConcurrencyHelpers

/// A schema registry in this process: `RegistryState` behind a lock, with faults on demand. `RegistryServer` puts it on a socket.
public final class SimulatedRegistry: Sendable {
    /// A call that came in, in the order of arrival.
    public struct Call: Sendable, Equatable {
        public let method: String
        /// The request target as it came: path and query, percent-encoded.
        public let target: String
    }

    /// A fault and the calls that may meet it.
    private struct Awaited: Sendable {
        var fault: RegistryFault
        var method: String?
        /// What the target holds.
        var part: String?
        /// How many calls that fit go by before.
        var skipping: Int

        func fits(_ call: Call) -> Bool { (method ?? call.method) == call.method && (part.map { call.target.contains($0) } ?? true) }
    }

    private struct Guarded: Sendable {
        var state: RegistryState
        var faults: [Awaited] = []
        var calls: [Call] = []
    }

    private let time: any TimeSource
    private let guarded: NIOLockedValueBox<Guarded>

    private let topic: SchemasTopic?

    /// An empty registry. `time` stamps registrations and measures delays.
    ///
    /// - Parameter cluster: where it keeps the topic `_schemas`, with a record for each change; nil for none. It never reads it.
    public init(
        flavour: RegistryFlavour, pages: RegistryPages = RegistryPages(), keepsRuleSets: Bool = false, time: any TimeSource,
        cluster: SimulatedCluster? = nil
    ) {
        self.time = time
        topic = cluster.map { SchemasTopic(cluster: $0) }
        topic?.create()
        let kafkaCluster = cluster.map { $0.withState { $0.clusterID } } ?? Self.clusterOfItsOwn()
        let state = RegistryState(flavour, pages: pages, kafkaCluster: kafkaCluster, keepsRuleSets: keepsRuleSets)
        guarded = NIOLockedValueBox(Guarded(state: state))
    }

    private static let unplaced = NIOLockedValueBox(0)

    /// The id of a cluster that no other registry of this process is on.
    private static func clusterOfItsOwn() -> ByteString {
        let number = unplaced.withLockedValue { count in
            count += 1
            return count
        }
        return ByteString("simulated-\(number)")
    }

    /// The next `times` calls that come in meet this fault, each in its turn behind those that were asked for before.
    public func inject(_ fault: RegistryFault, times: Int = 1) {
        guarded.withLockedValue { $0.faults += Array(repeating: Awaited(fault: fault, method: nil, part: nil, skipping: 0), count: times) }
    }

    /// One call of this method whose target (percent-encoded) holds `part` meets the fault, once `skipping` others have gone by.
    public func inject(_ fault: RegistryFault, of method: String, holding part: String, skipping: Int = 0) {
        guarded.withLockedValue { $0.faults.append(Awaited(fault: fault, method: method, part: part, skipping: skipping)) }
    }

    /// Every call so far, those that met a fault among them.
    public var calls: [Call] { guarded.withLockedValue { $0.calls } }

    /// Serves one call in memory, past all faults. `target` is a path with its query, percent-encoded; gives the HTTP status and the body.
    @discardableResult
    public func serve(_ method: String, _ target: String, body: [UInt8] = []) -> (status: Int, body: [UInt8]) {
        let request = RegistryRequest(method: method, target: target, body: body, at: time.now())
        let answer = guarded.withLockedValue { $0.state.answer(request) }
        if let topic, (200..<300).contains(answer.status), Self.isChange(method, target) {
            /// What the registry says of a subject, deleted versions included.
            func ask(_ subject: ByteString, _ rest: ByteString...) -> OrderedJSON? {
                var question = RegistryRequest(method: "GET", target: "/subjects", at: request.moment)
                question.path = ["subjects", subject, "versions"] + rest
                question.query["deleted"] = "true"
                let answer = guarded.withLockedValue { $0.state.answer(question) }
                return (200..<300).contains(answer.status) ? try? OrderedJSON(parsing: answer.body.bytes) : nil
            }
            topic.note(
                request, answer,
                SchemasTopic.Holdings(
                    greatest: { ask($0)?.asArray?.last?.asInteger }, version: { ask($0, ByteString(String($1))) }))
        }
        return (status: answer.status, body: answer.body.bytes)
    }

    /// Looking up a schema and checking its compatibility are POSTs that change nothing.
    private static func isChange(_ method: String, _ target: String) -> Bool {
        method == "PUT" || method == "DELETE"
            || (method == "POST" && target.contains("/subjects/") && target.contains("/versions") && !target.contains("/compatibility/"))
    }

    /// Notes a call, and takes the fault that it meets.
    func arrival(of method: String, _ target: String) -> RegistryFault? {
        guarded.withLockedValue { guarded in
            let call = Call(method: method, target: target)
            guarded.calls.append(call)
            for index in guarded.faults.indices where guarded.faults[index].fits(call) {
                if guarded.faults[index].skipping == 0 { return guarded.faults.remove(at: index).fault }
                guarded.faults[index].skipping -= 1
            }
            return nil
        }
    }

    func wait(for duration: Duration) async throws { try await time.sleep(for: duration) }
}
