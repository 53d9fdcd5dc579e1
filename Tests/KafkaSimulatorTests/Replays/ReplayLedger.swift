import Bytes
import KafkaProtocol
import Recordings

@testable import KafkaSimulator

/// What becomes of each recorded exchange: the scene that compares it, and what of its answer that leaves out; or why none does. The
/// first row that fits counts.
///
/// ``ReplayLedgerTests`` plays every scene, and asks the judge for each exchange whose row names it. An exchange that no row fits fails
/// there, and so does one that its scene passes over.
struct ReplayLedger {
    enum Fate {
        /// Byte for byte, or else field by field but for what is left out. Lists in any order where brokers give that of a hash table.
        case compared(by: ReplayScene, leftOut: [ReplayMask], inAnyOrder: Bool)
        case left(because: String)
    }

    let api: APIKey
    /// A part of the recording's note; nil fits all.
    var note: String?
    let fate: Fate

    private init(
        _ api: APIKey, _ note: String? = nil, by scene: ReplayScene, leftOut: [ReplayMask] = [], inAnyOrder: Bool = false
    ) {
        self.api = api
        self.note = note
        fate = .compared(by: scene, leftOut: leftOut, inAnyOrder: inAnyOrder)
    }

    private init(_ api: APIKey, _ note: String, leftBecause reason: String) {
        self.api = api
        self.note = note
        fate = .left(because: reason)
    }

    func fits(_ recording: Recording) -> Bool {
        recording.apiKey == api.rawValue && (note.map { recording.note.contains($0) } ?? true)
    }

    static func row(of recording: Recording) -> ReplayLedger? { rows.first { $0.fits(recording) } }

    static func isCompared(_ recording: Recording) -> Bool { scene(of: recording) != nil }

    static func scene(of recording: Recording) -> ReplayScene? {
        if case .compared(let scene, _, _) = row(of: recording)?.fate { scene } else { nil }
    }

    static let rows: [ReplayLedger] = records + inventory + topics + cluster + transactions + security + groups

    private static let records = [
        ReplayLedger(.produce, by: .produce),
        ReplayLedger(.fetch, "read committed", by: .finishedTransactions),
        ReplayLedger(.fetch, "offsets topic", leftBecause: "__consumer_offsets holds no records here but those of transactions"),
        ReplayLedger(.fetch, by: .fetch),
        ReplayLedger(.listOffsets, "read committed", by: .finishedTransactions, inAnyOrder: true),
        ReplayLedger(.listOffsets, by: .listOffsets, inAnyOrder: true),
        ReplayLedger(.offsetForLeaderEpoch, by: .offsetForLeaderEpoch),
        ReplayLedger(.deleteRecords, by: .deleteRecords, inAnyOrder: true),
    ]

    private static let inventory = [
        ReplayLedger(
            .describeConfigs, by: .describeConfigs,
            leftOut: [
                .field("Results.Configs.Documentation", because: "the sentences are Kafka's own"),
                .rows("Results.Configs", because: "settings of one listener are not shown here") {
                    if case .text(let name)? = $0["Name"] { name.starts(with: "listener.name.".utf8) } else { false }
                },
            ], inAnyOrder: true),
        ReplayLedger(
            .describeLogDirs, by: .describeLogDirs,
            leftOut: [
                .field("Results.TotalBytes", because: "it is the recorded machine's disk"),
                .field("Results.UsableBytes", because: "it is the recorded machine's disk"),
            ], inAnyOrder: true),
        ReplayLedger(.listConfigResources, by: .listConfigResources, inAnyOrder: true),
    ]

    private static let topics = [
        ReplayLedger(.metadata, by: .metadata, inAnyOrder: true),
        ReplayLedger(.createTopics, by: .createTopics),
        ReplayLedger(.deleteTopics, by: .deleteTopics, inAnyOrder: true),
        ReplayLedger(.createPartitions, by: .createPartitions),
        ReplayLedger(.describeTopicPartitions, by: .describeTopicPartitions),
        ReplayLedger(.alterPartitionReassignments, by: .reassignments),
        ReplayLedger(.listPartitionReassignments, by: .reassignments),
    ]

    private static let cluster = [
        ReplayLedger(.findCoordinator, by: .findCoordinator),
        ReplayLedger(
            .apiVersions, by: .apiVersions,
            leftOut: [
                .rows("ApiKeys", because: "what is not served is not offered (GAPS.md)") {
                    if case .integer(let key)? = $0["ApiKey"] { Calls.byKey[APIKey(rawValue: Int16(key))] == nil } else { false }
                }
            ], inAnyOrder: true),
        ReplayLedger(.describeCluster, by: .describeCluster),
        ReplayLedger(
            .describeQuorum, by: .describeQuorum,
            leftOut: [
                .field("Nodes.Listeners.Port", because: "controllers listen where brokers do here")
            ]),
        ReplayLedger(.describeDelegationToken, by: .describeDelegationToken),
        ReplayLedger(.electLeaders, by: .electLeaders),
        ReplayLedger(.alterConfigs, by: .alterConfigs),
        ReplayLedger(.incrementalAlterConfigs, by: .alterConfigs),
        ReplayLedger(.updateFeatures, "validate only", by: .updateFeatures),
        ReplayLedger(.updateFeatures, by: .conversations),
    ]

    private static let transactions = [
        ReplayLedger(.initProducerId, "idempotent", by: .idempotentProducers),
        ReplayLedger(.initProducerId, by: .openTransactions),
        ReplayLedger(.addPartitionsToTxn, by: .openTransactions, inAnyOrder: true),
        ReplayLedger(.addOffsetsToTxn, by: .openTransactions),
        ReplayLedger(.endTxn, by: .openTransactions),
        ReplayLedger(.txnOffsetCommit, by: .openTransactions),
        ReplayLedger(.describeProducers, by: .finishedTransactions),
        ReplayLedger(.describeTransactions, "one known, one not", by: .finishedTransactions, inAnyOrder: true),
        ReplayLedger(.describeTransactions, by: .openTransactions, inAnyOrder: true),
        ReplayLedger(.listTransactions, "every transaction", by: .finishedTransactions, inAnyOrder: true),
        ReplayLedger(.listTransactions, by: .openTransactions, inAnyOrder: true),
    ]

    private static let security = [
        ReplayLedger(.saslHandshake, by: .saslHandshake),
        ReplayLedger(.saslAuthenticate, "SCRAM", by: .scram),
        ReplayLedger(.saslAuthenticate, by: .plain),
        ReplayLedger(.describeAcls, by: .acls, inAnyOrder: true),
        ReplayLedger(.createAcls, by: .acls),
        ReplayLedger(.deleteAcls, by: .acls),
        ReplayLedger(.describeClientQuotas, by: .quotas, inAnyOrder: true),
        ReplayLedger(.alterClientQuotas, by: .quotas, inAnyOrder: true),
        ReplayLedger(.describeUserScramCredentials, by: .scramUsers),
        ReplayLedger(.alterUserScramCredentials, by: .scramUsers),
    ]

    /// By the file that the recorded broker's correlation ids are of: each is one conversation.
    private static let groups: [ReplayLedger] = [
        APIKey.offsetCommit, .offsetFetch, .joinGroup, .heartbeat, .leaveGroup, .syncGroup, .describeGroups, .listGroups, .deleteGroups,
        .offsetDelete, .consumerGroupHeartbeat, .consumerGroupDescribe, .shareGroupHeartbeat, .shareGroupDescribe,
        .describeShareGroupOffsets, .alterShareGroupOffsets, .deleteShareGroupOffsets,
    ].map { ReplayLedger($0, by: .conversations, inAnyOrder: true) }
}
