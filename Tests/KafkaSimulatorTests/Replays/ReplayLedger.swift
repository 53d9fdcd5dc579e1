import KafkaProtocol
import Recordings

@testable import KafkaSimulator

/// What becomes of each recorded exchange: which suite compares it, or why none does. The first row that fits counts.
///
/// A suite takes its exchanges through ``Replay/exchanges(_:_:)``, which leaves out what stands here as not compared; so a row
/// cannot say less than is done, and an exchange that no row fits fails ``ReplayLedgerTests``.
struct ReplayLedger {
    enum Fate {
        /// Field by field, but for what the suite itself names.
        case compared(in: Any.Type)
        case left(because: String)
        /// The simulator does not have the call. Fails once it has.
        case notServed
    }

    let api: APIKey
    /// A part of the recording's note; nil fits all.
    let note: String?
    let fate: Fate

    init(_ api: APIKey, _ note: String? = nil, _ fate: Fate) {
        self.api = api
        self.note = note
        self.fate = fate
    }

    func fits(_ recording: Recording) -> Bool {
        recording.apiKey == api.rawValue && (note.map { recording.note.contains($0) } ?? true)
    }

    static func row(of recording: Recording) -> ReplayLedger? { rows.first { $0.fits(recording) } }

    static func isCompared(_ recording: Recording) -> Bool {
        if case .compared = row(of: recording)?.fate { true } else { false }
    }

    static let rows: [ReplayLedger] = [
        ReplayLedger(.produce, nil, .compared(in: RecordReplayTests.self)),
        ReplayLedger(.fetch, "read committed", .compared(in: TransactionReplayTests.self)),
        ReplayLedger(.fetch, "offsets topic", .left(because: "__consumer_offsets holds no records here but those of transactions")),
        ReplayLedger(.fetch, nil, .compared(in: RecordReplayTests.self)),
        ReplayLedger(.listOffsets, "read committed", .compared(in: TransactionReplayTests.self)),
        ReplayLedger(.listOffsets, nil, .compared(in: RecordReplayTests.self)),
        ReplayLedger(.metadata, nil, .compared(in: TopicReplayTests.self)),
        ReplayLedger(.offsetCommit, nil, .compared(in: RecordedGroupTests.self)),
        ReplayLedger(.offsetFetch, nil, .compared(in: RecordedGroupTests.self)),
        ReplayLedger(.findCoordinator, nil, .compared(in: ClusterReplayTests.self)),
        ReplayLedger(.joinGroup, nil, .compared(in: RecordedGroupTests.self)),
        ReplayLedger(.heartbeat, nil, .compared(in: RecordedGroupTests.self)),
        ReplayLedger(.leaveGroup, nil, .compared(in: RecordedGroupTests.self)),
        ReplayLedger(.syncGroup, nil, .compared(in: RecordedGroupTests.self)),
        ReplayLedger(.describeGroups, nil, .compared(in: RecordedGroupTests.self)),
        ReplayLedger(.listGroups, nil, .compared(in: RecordedGroupTests.self)),
        ReplayLedger(.saslHandshake, nil, .compared(in: ClusterReplayTests.self)),
        ReplayLedger(.apiVersions, nil, .compared(in: ClusterReplayTests.self)),
        ReplayLedger(.createTopics, nil, .compared(in: TopicReplayTests.self)),
        ReplayLedger(.deleteTopics, nil, .compared(in: TopicReplayTests.self)),
        ReplayLedger(.deleteRecords, nil, .compared(in: RecordReplayTests.self)),
        ReplayLedger(.initProducerId, nil, .compared(in: TransactionReplayTests.self)),
        ReplayLedger(.offsetForLeaderEpoch, nil, .compared(in: RecordReplayTests.self)),
        ReplayLedger(.addPartitionsToTxn, nil, .compared(in: TransactionReplayTests.self)),
        ReplayLedger(.addOffsetsToTxn, nil, .compared(in: TransactionReplayTests.self)),
        ReplayLedger(.endTxn, nil, .compared(in: TransactionReplayTests.self)),
        ReplayLedger(.txnOffsetCommit, nil, .compared(in: TransactionReplayTests.self)),
        ReplayLedger(.describeAcls, nil, .compared(in: SecurityReplayTests.self)),
        ReplayLedger(.createAcls, nil, .compared(in: SecurityReplayTests.self)),
        ReplayLedger(.deleteAcls, nil, .compared(in: SecurityReplayTests.self)),
        ReplayLedger(.describeConfigs, nil, .compared(in: ConfigReplayTests.self)),
        ReplayLedger(.alterConfigs, nil, .compared(in: ClusterReplayTests.self)),
        ReplayLedger(.describeLogDirs, nil, .compared(in: InventoryReplayTests.self)),
        ReplayLedger(.saslAuthenticate, "SCRAM", .compared(in: ScramReplayTests.self)),
        ReplayLedger(.saslAuthenticate, nil, .compared(in: ClusterReplayTests.self)),
        ReplayLedger(.createPartitions, nil, .compared(in: TopicReplayTests.self)),
        ReplayLedger(.describeDelegationToken, nil, .compared(in: ClusterReplayTests.self)),
        ReplayLedger(.deleteGroups, nil, .compared(in: RecordedGroupTests.self)),
        ReplayLedger(.electLeaders, nil, .compared(in: ClusterReplayTests.self)),
        ReplayLedger(.incrementalAlterConfigs, nil, .compared(in: ClusterReplayTests.self)),
        ReplayLedger(.alterPartitionReassignments, nil, .compared(in: ReassignmentTests.self)),
        ReplayLedger(.listPartitionReassignments, nil, .compared(in: ReassignmentTests.self)),
        ReplayLedger(.offsetDelete, nil, .compared(in: RecordedGroupTests.self)),
        ReplayLedger(.describeClientQuotas, nil, .compared(in: SecurityReplayTests.self)),
        ReplayLedger(.alterClientQuotas, nil, .compared(in: SecurityReplayTests.self)),
        ReplayLedger(.describeUserScramCredentials, nil, .compared(in: SecurityReplayTests.self)),
        ReplayLedger(.alterUserScramCredentials, nil, .compared(in: SecurityReplayTests.self)),
        ReplayLedger(.describeQuorum, nil, .compared(in: ClusterReplayTests.self)),
        ReplayLedger(.updateFeatures, nil, .compared(in: ClusterReplayTests.self)),
        ReplayLedger(.describeCluster, nil, .compared(in: ClusterReplayTests.self)),
        ReplayLedger(.describeProducers, nil, .compared(in: TransactionReplayTests.self)),
        ReplayLedger(.describeTransactions, "one known, one not", .compared(in: ClusterReplayTests.self)),
        ReplayLedger(.describeTransactions, nil, .compared(in: TransactionReplayTests.self)),
        ReplayLedger(.listTransactions, nil, .compared(in: TransactionReplayTests.self)),
        ReplayLedger(.consumerGroupHeartbeat, nil, .compared(in: RecordedGroupTests.self)),
        ReplayLedger(.consumerGroupDescribe, nil, .compared(in: RecordedGroupTests.self)),
        ReplayLedger(.listConfigResources, nil, .compared(in: InventoryReplayTests.self)),
        ReplayLedger(.describeTopicPartitions, nil, .compared(in: TopicReplayTests.self)),
        ReplayLedger(.shareGroupHeartbeat, nil, .compared(in: RecordedGroupTests.self)),
        ReplayLedger(.shareGroupDescribe, nil, .compared(in: RecordedGroupTests.self)),
        ReplayLedger(.describeShareGroupOffsets, nil, .compared(in: RecordedGroupTests.self)),
        ReplayLedger(.alterShareGroupOffsets, nil, .compared(in: RecordedGroupTests.self)),
        ReplayLedger(.deleteShareGroupOffsets, nil, .compared(in: RecordedGroupTests.self)),
    ]
}
