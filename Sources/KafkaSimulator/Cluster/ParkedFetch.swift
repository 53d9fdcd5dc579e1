import KafkaProtocol

/// A Fetch that waits for records (`min.bytes`) until its time is up.
struct ParkedFetch: Sendable {
    /// With all partitions of its session.
    var request: FetchRequest
    var context: CallContext
    var session: FetchSessions.Use
    /// Uptime at which it is answered with what there is.
    var deadline: Duration
}

extension ClusterState {
    /// Records were appended on `broker`, or (nil) leaders or topics have changed: fetches that now have enough, or have failed,
    /// are answered.
    mutating func recheckFetches(on broker: Int32? = nil) {
        for (token, fetch) in parkedFetches where broker == nil || fetch.context.broker == broker {
            let outcome = FetchHandler.read(fetch.request, fetch.context, self)
            guard outcome.isReady(for: fetch.request) else { continue }
            parkedFetches[token] = nil
            complete(token, with: settle(outcome, fetch))
        }
        recheckShareFetches()
    }
}
