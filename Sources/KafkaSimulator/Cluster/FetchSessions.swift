import Bytes
import KafkaProtocol
import Seams

/// The sessions of all brokers (KIP-227), so that a Fetch need only name what has changed.
///
/// Epoch 0 asks for a new session, -1 for none; both end the one that they name. Another epoch goes on with one: an id that is not
/// there is error 70, an epoch out of turn 71, topics named otherwise than before (by name, by id) 106. Where the last partition is
/// forgotten the session ends.
struct FetchSessions: Sendable {
    /// How a Fetch is to be answered.
    enum Use: Sendable {
        case none
        /// A session begins with the answer.
        case new
        case going(id: Int32, epoch: Int32)
    }

    /// `max.incremental.fetch.session.cache.slots`, of each broker.
    static let slots = 1000
    /// A session that was not used for this long makes room for another (`min.incremental.fetch.session.eviction.ms`, never less).
    static let evictable = Duration.seconds(120)

    private var sessions: [Int32: [Int32: FetchSession]] = [:]

    /// Takes a request in, which afterwards names all that is to be read.
    mutating func open(_ request: inout FetchRequest, _ context: CallContext) -> Result<Use, ErrorCode.Refusal> {
        guard context.version >= 7, request.sessionEpoch > 0 else {
            if request.sessionId != 0 { sessions[context.broker]?[request.sessionId] = nil }
            return .success(context.version >= 7 && request.sessionEpoch == 0 ? .new : .none)
        }
        let id = request.sessionId
        guard var session = sessions[context.broker]?[id] else { return .failure(.init(.fetchSessionIdNotFound)) }
        guard session.epoch == request.sessionEpoch else { return .failure(.init(.invalidFetchSessionEpoch)) }
        guard session.namesIDs == (context.version >= 13) else { return .failure(.init(.fetchSessionTopicIdError)) }
        session.change(by: request)
        request.topics = session.topics
        guard !session.isEmpty else {
            sessions[context.broker]?[id] = nil
            return .success(.none)
        }
        session.epoch = session.epoch == .max ? 1 : session.epoch + 1
        session.lastUsed = context.uptime
        sessions[context.broker, default: [:]][id] = session
        return .success(.going(id: id, epoch: session.epoch))
    }

    /// Cuts an answer down to what the client must hear, and names its session.
    mutating func settle(_ response: inout FetchResponse, _ fetch: ParkedFetch) {
        let broker = fetch.context.broker
        switch fetch.session {
        case .none: break
        case .new:
            guard let id = freeID(on: broker, fetch.context) else { return }
            var session = FetchSession(fetch.request, namesIDs: fetch.context.version >= 13, at: fetch.context.uptime)
            // The first answer tells everything.
            _ = session.tell(response.responses)
            sessions[broker, default: [:]][id] = session
            response.sessionId = id
        case .going(let id, let epoch):
            guard let now = sessions[broker]?[id]?.epoch else { return fail(&response, .fetchSessionIdNotFound) }
            guard now == epoch else { return fail(&response, .invalidFetchSessionEpoch) }
            response.responses = sessions[broker]?[id]?.tell(response.responses) ?? []
            response.sessionId = id
        }
    }

    mutating func forget(broker: Int32) { sessions[broker] = nil }

    private func fail(_ response: inout FetchResponse, _ code: ErrorCode) {
        response = FetchResponse()
        response.errorCode = code
    }

    /// An id for one more session; nil where there is no room.
    private mutating func freeID(on broker: Int32, _ context: CallContext) -> Int32? {
        let present = sessions[broker] ?? [:]
        if present.count >= Self.slots {
            guard let oldest = present.min(by: { ($0.value.lastUsed, $0.key) < ($1.value.lastUsed, $1.key) }),
                context.uptime - oldest.value.lastUsed >= Self.evictable
            else { return nil }
            sessions[broker]?[oldest.key] = nil
        }
        while true {
            let id = Int32(truncatingIfNeeded: context.chance.number(in: 1...Int(Int32.max)))
            if present[id] == nil { return id }
        }
    }
}

extension ClusterState {
    /// The answer to a Fetch that has waited long enough.
    mutating func settle(_ outcome: FetchHandler.Outcome, _ fetch: ParkedFetch) -> FetchResponse {
        var response = outcome.response
        fetchSessions.settle(&response, fetch)
        return response
    }
}
