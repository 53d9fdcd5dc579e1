import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

@Suite("Positions inside a transaction")
struct PendingOffsetTests {
    private typealias Stage = TransactionStage

    @Test("S1: a first commit that is pending is left out of all with error 0, and unstable by name")
    func firstCommit() throws {
        var stage = Stage()
        let producer = try stage.start()
        #expect(try stage.send(88, producer) == .none)
        #expect(try stage.position(stable: true, byName: false) == nil)
        #expect(try stage.position(stable: true, byName: true) == .failure(.init(.unstableOffsetCommit)))
        #expect(try stage.position(stable: false, byName: false) == nil)
        #expect(try stage.position(stable: false, byName: true) == .success(-1))
        let next = try stage.end(producer, commit: true)
        #expect(try stage.position(stable: true, byName: false) == .success(88))
        // With an earlier commit the pending one is told of in both forms.
        #expect(try stage.send(99, next.next) == .none)
        #expect(try stage.position(stable: true, byName: false) == .failure(.init(.unstableOffsetCommit)))
        #expect(try stage.position(stable: false, byName: false) == .success(88))
        #expect(try stage.end(next.next, commit: false).errorCode == .none)
        #expect(try stage.position(stable: true, byName: true) == .success(88))
    }

    @Test("The offsets topic's log holds them: its last stable offset stays behind until the end")
    func offsetsLog() throws {
        var stage = Stage()
        let home = ClusterState.partition(of: Stage.group, among: 50)
        let producer = try stage.start()
        #expect(try stage.send(88, producer) == .none)
        #expect(try stage.ends(of: Topic.offsetsName, home) == [1, 0])
        #expect(stage.transaction?.partitions == [PartitionID(Topic.offsetsName, home)])
        _ = try stage.end(producer, commit: false)
        #expect(try stage.ends(of: Topic.offsetsName, home) == [2, 2])
        #expect(try stage.position(stable: true, byName: true) == .success(-1))
        let batch = try #require(stage.stage.state.topics[Topic.offsetsName]?.partitions[Int(home)].log.batches.first)
        let record = try #require(try batch.records().map(\.record).first)
        let key: [UInt8] = [0, 1, 0, 8] + Array("cashiers".utf8) + [0, 5] + Array("sales".utf8) + [0, 0, 0, 0]
        #expect(record.key == key)
        #expect(record.value?.prefix(10) == [0, 4, 0, 0, 0, 0, 0, 0, 0, 88])
    }

    @Test("Who asks about the transaction is shown the partition of the offsets topic that it holds")
    func describedTransaction() throws {
        var stage = Stage()
        let producer = try stage.start()
        #expect(try stage.send(88, producer) == .none)
        var request = DescribeTransactionsRequest()
        request.transactionalIds = [Stage.id]
        let described = try #require(try stage.stage.call(DescribeTransactionsHandler.self, request).transactionStates.first)
        #expect(described.transactionState == "Ongoing")
        #expect(described.topics.map(\.topic) == [Topic.offsetsName])
        #expect(described.topics.map(\.partitions) == [[ClusterState.partition(of: Stage.group, among: 50)]])
    }

    @Test("An older client must have added the group; a member is checked where one is named")
    func checks() throws {
        var stage = Stage()
        let producer = try stage.start()
        #expect(try stage.send(1, producer, version: 3) == .invalidTxnState)
        #expect(try stage.send(1, producer, version: 4) == .transactionAbortable)
        var add = AddOffsetsToTxnRequest()
        add.transactionalId = Stage.id
        add.producerId = producer.producerId
        add.producerEpoch = producer.producerEpoch
        add.groupId = Stage.group
        #expect(try stage.stage.call(AddOffsetsToTxnHandler.self, add).errorCode == .none)
        #expect(try stage.send(1, producer, version: 3) == .none)
        #expect(try stage.send(1, producer, generation: 4, member: "nobody") == .unknownMemberId)
        add.producerId += 1
        #expect(try stage.stage.call(AddOffsetsToTxnHandler.self, add).errorCode == .invalidProducerIdMapping)
    }
}
