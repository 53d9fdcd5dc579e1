import Bytes
import KafkaProtocol
import Seams
import Testing

@testable import KafkaSimulator

@Suite struct TransactionTests {
    @Test func anOpenTransactionHoldsReadersBackAndItsEndLetsThemGoOn() throws {
        var stage = TransactionStage()
        let producer = try stage.start()
        #expect(try stage.write(producer) == .none)
        #expect(try stage.ends() == [1, 0])
        let next = try stage.end(producer, commit: true)
        #expect(next.errorCode == .none)
        #expect(try stage.ends() == [2, 2])
        #expect(stage.log?.transactions.aborted.isEmpty == true)
        #expect(try stage.write(next.next) == .none)
        #expect(try stage.end(next.next, commit: false).errorCode == .none)
        #expect(stage.log?.transactions.aborted == [.init(producerID: producer.producerId, firstOffset: 2, lastOffset: 3)])
    }

    @Test func aWriteOfAnOlderClientMustFindItsPartitionAdded() throws {
        var stage = TransactionStage()
        let producer = try stage.start(version: 4)
        #expect(try stage.write(producer, version: 10) == .invalidTxnState)
        #expect(try stage.write(producer, version: 11) == .transactionAbortable)
        #expect(try stage.add(producer) == [.none])
        #expect(try stage.write(producer, version: 10) == .none)
        #expect(try stage.end(producer, commit: true, version: 4).errorCode == .none)
        // The epoch stays, and the sequences go on.
        #expect(try stage.add(producer) == [.none])
        #expect(try stage.write(producer, sequence: 1, version: 11) == .none)
    }

    @Test func partitionsThatCannotBeAddedKeepTheOthersOut() throws {
        var stage = TransactionStage()
        let producer = try stage.start()
        #expect(try stage.add(producer, [0, 7]) == [.operationNotAttempted, .unknownTopicOrPartition])
        #expect(try stage.add(producer, topic: Topic.offsetsName) == [.topicAuthorizationFailed])
        #expect(stage.transaction?.state == .empty)
    }

    @Test func aSecondProducerFencesTheFirstOneAndAbortsWhatItLeftOpen() throws {
        var stage = TransactionStage()
        let first = try stage.start()
        #expect(try stage.write(first) == .none)
        #expect(try stage.start().errorCode == .concurrentTransactions)
        #expect(stage.transaction?.state == .completeAbort)
        let second = try stage.start()
        #expect(second.producerId == first.producerId)
        #expect(second.producerEpoch > first.producerEpoch)
        #expect(try stage.write(first, sequence: 1) == .invalidProducerEpoch)
        #expect(try stage.add(first) == [.producerFenced])
        #expect(try stage.add(first, version: 1) == [.invalidProducerEpoch])
        #expect(try stage.end(first, commit: true).errorCode == .producerFenced)
        #expect(try stage.end(first, commit: true, version: 1).errorCode == .invalidProducerEpoch)
        #expect(try stage.send(1, first) == .invalidProducerEpoch)
        #expect(try stage.start((first.producerId, first.producerEpoch)).errorCode == .producerFenced)
        #expect(try stage.write(second) == .none)
        #expect(try stage.end(second, commit: true).errorCode == .none)
    }

    @Test func theSameRequestAgainGetsTheSameAnswer() throws {
        var stage = TransactionStage()
        let producer = try stage.start()
        let renewed = try stage.start((producer.producerId, producer.producerEpoch))
        #expect(renewed.producerEpoch == producer.producerEpoch + 1)
        #expect(try stage.start((producer.producerId, producer.producerEpoch)) == renewed)
        #expect(try stage.write(renewed) == .none)
        let ended = try stage.end(renewed, commit: true)
        #expect(try stage.end(renewed, commit: true) == ended)
        #expect(try stage.end(renewed, commit: false).errorCode == .invalidTxnState)
    }

    @Test func anEndWithoutATransactionIsWelcomeAsAnAbortOfANewerClientOnly() throws {
        var stage = TransactionStage()
        let producer = try stage.start()
        #expect(try stage.end(producer, commit: true, version: 4).errorCode == .invalidTxnState)
        #expect(try stage.end(producer, commit: true).errorCode == .invalidTxnState)
        #expect(try stage.end(producer, commit: false).next.producerEpoch == producer.producerEpoch + 1)
    }

    @Test func epochsThatRunOutGetANewProducerId() throws {
        var stage = TransactionStage()
        let producer = try stage.start()
        var transaction = try #require(stage.transaction)
        transaction.producer.epoch = Transaction.Producer.lastEpoch
        stage.stage.state.transactions.store(transaction)
        var last = producer
        last.producerEpoch = Transaction.Producer.lastEpoch
        #expect(try stage.write(last) == .none)
        let ended = try stage.end(last, commit: true)
        #expect(ended.producerId != producer.producerId)
        #expect(ended.producerEpoch == 0)
        #expect(try stage.end(last, commit: true) == ended)
        #expect(try stage.write(ended.next) == .none)
    }

    @Test func aTransactionThatTakesTooLongIsAborted() throws {
        var stage = TransactionStage()
        #expect(try stage.start(timeout: 900_001).errorCode == .invalidTransactionTimeout)
        #expect(try stage.start(timeout: 0).errorCode == .invalidTransactionTimeout)
        let producer = try stage.start(timeout: 5_000)
        #expect(try stage.write(producer) == .none)
        stage.pass(.milliseconds(4_999))
        #expect(stage.transaction?.state == .ongoing)
        stage.pass(.milliseconds(1))
        #expect(stage.transaction?.state == .completeAbort)
        #expect(try stage.ends() == [2, 2])
        #expect(try stage.end(producer, commit: true).errorCode == .producerFenced)
    }

    @Test func markersWaitForALeaderAndTheTransactionWithThem() throws {
        var stage = TransactionStage(brokers: [1, 2])
        // Broker 1 leads what is coordinated; broker 2 alone holds the partition that is written to.
        let topics = [Topic.transactionsName, Topic.offsetsName]
        for name in topics { for index in 0..<50 { _ = stage.stage.state.topics[name]?.partitions[index].elect(1) } }
        _ = stage.stage.state.add("elsewhere", replicas: [[2]], configs: [:], stage.stage.context(.createTopics, 7))
        let producer = try stage.start()
        #expect(try stage.add(producer, topic: "elsewhere") == [.none])
        stage.stage.state.setAlive(false, broker: 2)
        #expect(try stage.end(producer, commit: true, version: 4).errorCode == .none)
        #expect(stage.transaction?.state == .prepareCommit)
        #expect(try stage.add(producer) == [.concurrentTransactions])
        #expect(try stage.end(producer, commit: true, version: 4).errorCode == .concurrentTransactions)
        #expect(try stage.end(producer, commit: false, version: 4).errorCode == .invalidTxnState)
        #expect(try stage.start().errorCode == .concurrentTransactions)
        stage.stage.state.setAlive(true, broker: 2)
        stage.pass(.milliseconds(10))
        #expect(stage.transaction?.state == .completeCommit)
        #expect(stage.stage.state.topics["elsewhere"]?.partitions[0].log.endOffset == 1)
    }

    @Test func aListingIsFilteredByStateProducerAgeAndPattern() throws {
        var stage = TransactionStage()
        let producer = try stage.start()
        #expect(try stage.write(producer) == .none)
        stage.pass(.seconds(3))
        func listed(_ change: (inout ListTransactionsRequest) -> Void) throws -> ListTransactionsResponse {
            var request = ListTransactionsRequest()
            change(&request)
            return try stage.stage.call(ListTransactionsHandler.self, request)
        }
        #expect(try listed { _ in }.transactionStates.map(\.transactionState) == ["Ongoing"])
        #expect(try listed { $0.stateFilters = ["Empty"] }.transactionStates.isEmpty)
        #expect(try listed { $0.stateFilters = ["Odd"] }.unknownStateFilters == ["Odd"])
        #expect(try listed { $0.producerIdFilters = [producer.producerId + 1] }.transactionStates.isEmpty)
        #expect(try listed { $0.durationFilter = 3_000 }.transactionStates.isEmpty)
        #expect(try listed { $0.durationFilter = 2_999 }.transactionStates.count == 1)
        #expect(try listed { $0.transactionalIdPattern = "t.*" }.transactionStates.count == 1)
        #expect(try listed { $0.transactionalIdPattern = "t" }.transactionStates.isEmpty)
        #expect(try listed { $0.transactionalIdPattern = "(" }.errorCode == .invalidRegularExpression)
    }

    @Test func anotherBrokerIsNotTheCoordinator() throws {
        var stage = TransactionStage(brokers: [1, 2])
        for index in 0..<50 { _ = stage.stage.state.topics[Topic.transactionsName]?.partitions[index].elect(2) }
        #expect(try stage.start().errorCode == .notCoordinator)
        var describe = DescribeTransactionsRequest()
        describe.transactionalIds = [TransactionStage.id]
        #expect(try stage.stage.call(DescribeTransactionsHandler.self, describe, on: 1).transactionStates[0].errorCode == .notCoordinator)
        #expect(
            try stage.stage.call(DescribeTransactionsHandler.self, describe, on: 2).transactionStates[0].errorCode
                == .transactionalIdNotFound)
    }
}
