import Bytes
import KafkaProtocol

extension CallContext {
    /// The user's name, as quotas have it: the principal without its type.
    var user: ByteString { principal.hasPrefix("User:") ? ByteString(bytes: principal.bytes.dropFirst(5)) : principal }
}

extension ClusterState {
    /// How much of a broker's thread one request counts for, in seconds. A real broker measures; here all cost the same.
    static let secondsPerRequest = 0.001

    private func limit(_ key: QuotaKey, _ context: CallContext) -> QuotaStore.Limit? {
        quotas.limit(key, user: context.user, clientID: context.clientID)
    }

    /// Takes permits for making or deleting partitions; false where the answer is error 89 (KIP-599). Only clients that speak
    /// `strictSince` or later are refused.
    mutating func mayChange(partitions: Int, _ context: CallContext, strictSince: Int16) -> Bool {
        guard let limit = limit(.controllerMutationRate, context) else { return true }
        return quotaUsage.takePermits(partitions, of: limit, isStrict: context.version >= strictSince, at: context.uptime)
    }

    /// Records what a call used, and says how long its connection is to be still (KIP-219): the longest of its quotas' pauses.
    /// `takesBack` tells that the answer to a Fetch is kept back, and so costs nothing.
    mutating func charge(_ context: CallContext, requestBytes: Int, answerBytes: Int, at now: Duration) -> Charge {
        if quotas.values.isEmpty { return Charge() }
        var charge = Charge()
        if let limit = limit(.requestPercentage, context), context.api != .saslHandshake, context.api != .saslAuthenticate {
            charge.pause = quotaUsage.record(Self.secondsPerRequest * 100, of: limit, at: now)
        }
        switch context.api {
        case .produce:
            if let limit = limit(.producerByteRate, context) {
                charge.pause = max(charge.pause, quotaUsage.record(Double(requestBytes), of: limit, at: now))
            }
        case .fetch, .shareFetch:
            if let limit = limit(.consumerByteRate, context) {
                let pause = quotaUsage.record(Double(answerBytes), of: limit, at: now)
                charge.pause = max(charge.pause, pause)
                if charge.pause > .zero { quotaUsage.takeBack(Double(answerBytes), of: limit) }
            }
            charge.isKeptBack = charge.pause > .zero
        case .createTopics, .createPartitions, .deleteTopics:
            if let limit = limit(.controllerMutationRate, context) {
                charge.pause = max(charge.pause, quotaUsage.pauseForMutations(of: limit))
            }
        default: break
        }
        if charge.pause > .zero { throttles[context.connection] = charge.pause }
        return charge
    }

    struct Charge {
        var pause = Duration.zero
        /// Whether the records of a Fetch stay here, and the client comes back for them later.
        var isKeptBack = false
    }
}
