import Bytes
import KafkaProtocol
import Seams

extension TransactionCoordinator {
    /// The transactions that fit every filter, ids ascending. A filter that is empty, or a duration below zero, lets all pass.
    func list(_ request: ListTransactionsRequest, now: Timestamp, coordinated: (ByteString) -> Bool) -> ListTransactionsResponse {
        var response = ListTransactionsResponse()
        response.unknownStateFilters = request.stateFilters.filter { Transaction.State(rawValue: $0) == nil }
        let states = Set(request.stateFilters.compactMap { Transaction.State(rawValue: $0) })
        var pattern: Regex<AnyRegexOutput>?
        if let asked = request.transactionalIdPattern, !asked.isEmpty {
            guard let compiled = try? Regex(asked.description) else {
                response.errorCode = .invalidRegularExpression
                return response
            }
            pattern = compiled
        }
        for transaction in transactions.values.sorted(by: { $0.id < $1.id }) where coordinated(transaction.id) {
            guard states.isEmpty || states.contains(transaction.state) else { continue }
            guard request.producerIdFilters.isEmpty || request.producerIdFilters.contains(transaction.producer.id) else { continue }
            let age = now.milliseconds - (transaction.started?.milliseconds ?? -1)
            guard request.durationFilter < 0 || age > request.durationFilter else { continue }
            if let pattern, (try? pattern.wholeMatch(in: transaction.id.description)) ?? nil == nil { continue }
            var row = ListTransactionsResponse.TransactionState()
            row.transactionalId = transaction.id
            row.producerId = transaction.producer.id
            row.transactionState = transaction.state.rawValue
            response.transactionStates.append(row)
        }
        return response
    }
}

extension DescribeTransactionsResponse.TransactionState {
    /// One transaction, described; its topics in the order of their names.
    init(_ transaction: Transaction) {
        self.init()
        transactionalId = transaction.id
        transactionState = transaction.state.rawValue
        transactionTimeoutMs = Int32(clamping: transaction.timeout.wholeMilliseconds)
        transactionStartTimeMs = transaction.started?.milliseconds ?? -1
        producerId = transaction.producer.id
        producerEpoch = transaction.producer.epoch
        topics = Dictionary(grouping: transaction.partitions, by: \.topic).sorted { $0.key < $1.key }.map { name, partitions in
            var topic = TopicData()
            topic.topic = name
            topic.partitions = partitions.map(\.partition).sorted()
            return topic
        }
    }

    init(_ id: ByteString, _ error: ErrorCode) {
        self.init()
        transactionalId = id
        errorCode = error
    }
}
