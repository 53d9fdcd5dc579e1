import KafkaProtocol

/// A ShareFetch that waits for records until its time is up. What it said of earlier records was taken in when it came.
struct ParkedShareFetch: Sendable {
    var request: ShareFetchRequest
    var context: CallContext
    var partitions: [SharedPartition]
    /// What became of its acknowledgements; nil where they were taken.
    var acknowledged: [SharedPartition: ShareRefusal?]
    /// Uptime at which it is answered with what there is.
    var deadline: Duration
}

extension ClusterState {
    /// Records came, or were given back, or leaders have changed: who waits is served, in the order in which they came.
    mutating func recheckShareFetches() {
        for token in parkedShareFetches.keys.sorted() {
            guard let fetch = parkedShareFetches[token], let response = ShareFetchHandler.attempt(fetch, &self, isLast: false) else {
                continue
            }
            parkedShareFetches[token] = nil
            complete(token, with: response)
        }
    }

    mutating func tickShareFetches(uptime: Duration) {
        expireDeliveries(at: uptime)
        for token in parkedShareFetches.keys.sorted() {
            guard let fetch = parkedShareFetches[token], fetch.deadline <= uptime else { continue }
            parkedShareFetches[token] = nil
            if let response = ShareFetchHandler.attempt(fetch, &self, isLast: true) { complete(token, with: response) }
        }
    }
}
