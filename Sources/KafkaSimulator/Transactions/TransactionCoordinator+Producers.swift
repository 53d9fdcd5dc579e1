import Bytes
import KafkaProtocol
import Seams

extension TransactionCoordinator {
    /// Why there can be no such transaction, whoever coordinates it.
    func flaw(inID id: ByteString, timeout: Duration) -> ErrorCode? {
        if id.isEmpty { return .invalidRequest }
        return timeout > .zero && timeout <= longestTimeout ? nil : .invalidTransactionTimeout
    }

    /// What InitProducerId asks for: an id and epoch under a transactional id, which fences off whoever had it before.
    ///
    /// - Parameter expected: who the caller thinks it is (KIP-360); nil from one that starts anew.
    /// - Returns: the producer, or why there is none. 51 means that a transaction of the former producer is being aborted: ask
    ///   again.
    mutating func initialize(
        _ id: ByteString, timeout: Duration, expected: Transaction.Producer?
    ) -> Result<Transaction.Producer, ErrorCode.Refusal> {
        if let flaw = flaw(inID: id, timeout: timeout) { return .failure(.init(flaw)) }
        var transaction =
            transactions[id]
            ?? Transaction(id: id, producer: Transaction.Producer(id: drawProducerID(), epoch: -1), timeout: timeout)
        if let expected, transaction.producer.epoch >= 0, expected.id != transaction.producer.id, expected != transaction.former {
            return .failure(.init(.producerFenced))
        }
        switch transaction.state {
        case .prepareCommit, .prepareAbort: return .failure(.init(.concurrentTransactions))
        case .ongoing:
            if let expected, expected.epoch != transaction.producer.epoch { return .failure(.init(.producerFenced)) }
            fence(id)
            return .failure(.init(.concurrentTransactions))
        case .empty, .completeCommit, .completeAbort, .dead, .prepareEpochFence: break
        }
        if let expected, transaction.producer.epoch >= 0, expected != transaction.producer {
            // The answer to the same request got lost: the same again. Anybody else has been overtaken.
            return expected == transaction.former ? .success(transaction.producer) : .failure(.init(.producerFenced))
        }
        let before = transaction.producer
        transaction.former = expected
        transaction.producer = before.isExhausted ? Transaction.Producer(id: drawProducerID(), epoch: 0) : before.bumped
        transaction.timeout = timeout
        store(transaction)
        return .success(transaction.producer)
    }

    /// Commits or aborts.
    ///
    /// - Parameter bumps: whether the client is of KIP-890 (EndTxn version 5): then each end bumps the epoch, and the answer tells
    ///   the new one; an abort is welcome without a transaction, too.
    /// - Returns: who may write next, or why nothing was done.
    mutating func end(
        _ id: ByteString, _ producer: Transaction.Producer, commit: Bool, bumps: Bool, now: Timestamp
    ) -> Result<Transaction.Producer, ErrorCode.Refusal> {
        if id.isEmpty { return .failure(.init(.invalidRequest)) }
        guard var transaction = transactions[id] else { return .failure(.init(.invalidProducerIdMapping)) }
        let isRetry = bumps && transaction.former == producer && transaction.state != .ongoing && transaction.state != .empty
        guard isRetry || transaction.producer.id == producer.id else { return .failure(.init(.invalidProducerIdMapping)) }
        let isCurrent = transaction.producer == producer && !(bumps && transaction.isPrepared)
        guard isRetry || isCurrent else { return .failure(.init(.producerFenced)) }
        switch transaction.state {
        case .ongoing: break
        case .prepareCommit, .prepareAbort:
            return .failure(.init(commit == (transaction.state == .prepareCommit) ? .concurrentTransactions : .invalidTxnState))
        case .completeCommit, .completeAbort:
            let isSame = commit == (transaction.state == .completeCommit)
            if isRetry || !bumps { return isSame ? .success(transaction.producer) : .failure(.init(.invalidTxnState)) }
            if commit { return .failure(.init(.invalidTxnState)) }
            transaction.started = now
        case .empty, .dead, .prepareEpochFence:
            guard bumps, !commit else { return .failure(.init(.invalidTxnState)) }
            transaction.started = now
        }
        transaction.state = commit ? .prepareCommit : .prepareAbort
        transaction.deadline = nil
        transaction.marking = producer
        if bumps {
            transaction.former = producer
            transaction.marking = producer.bumped
            transaction.producer = producer.isExhausted ? Transaction.Producer(id: drawProducerID(), epoch: 0) : producer.bumped
        }
        let answer = transaction.producer
        store(completed(transaction))
        return .success(answer)
    }
}
