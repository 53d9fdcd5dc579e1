/// Something that a real broker or registry does and few expect: tried on Apache Kafka 4.1.1 and a Confluent registry, and played here. The
/// listing is the index of the tests that prove it; ``SeenLimitTests`` holds it to the sources.
struct SeenLimit: Sendable {
    /// S1 to S21.
    var number: Int
    var summary: String
    /// `Suite.function`, in this target.
    var tests: [String]

    static let all: [SeenLimit] = [
        SeenLimit(
            number: 1,
            summary: "A first commit that is pending in a transaction is missing from a stable read of all positions, which names no error",
            tests: ["PendingOffsetTests.firstCommit", "PendingOffsetTests.describedTransaction", "PendingOffsetTests.offsetsLog"]),
        SeenLimit(
            number: 2, summary: "What a user may not see is left out without an error; log directories list it all the same",
            tests: ["SeenOnRealBrokersTests.hiddenTopics"]),
        SeenLimit(
            number: 3,
            summary: "A group that only a commit from outside has made is classic, without a protocol type, until somebody joins",
            tests: ["SeenOnRealBrokersTests.restoredGroup", "ConsumerGroupTests.aRestoredGroupIsClassicUntilAMemberOfEitherProtocolJoins"]),
        SeenLimit(
            number: 4, summary: "Positions beyond the log's end and below zero are committed without complaint",
            tests: ["SeenOnRealBrokersTests.anyPosition"]),
        SeenLimit(
            number: 5, summary: "Live applications get in before a restore: producers make topics, members keep others' commits out",
            tests: ["SeenOnRealBrokersTests.liveClients"]),
        SeenLimit(
            number: 6,
            summary: "Where leaders are elected from eligible replicas, the cluster sets the minimum in sync and nobody takes it away",
            tests: [
                "SeenOnRealBrokersTests.eligibleLeaderReplicas", "ConfigTests.minimumInSync", "EligibleLeaderTests.switchedOn",
            ]),
        SeenLimit(
            number: 7,
            summary: "A request that changes too much is refused as a whole, at 10,000 partitions or records; rules have no such bound",
            tests: [
                "LimitTests.createTopics", "LimitTests.createPartitions", "ReplayLedgerTests.scene",
                "SeenOnRealBrokersTests.largeRequests",
            ]),
        SeenLimit(
            number: 8, summary: "A commit above a mebibyte fails as a whole; one position's note above 4,096 bytes fails alone",
            tests: ["SeenOnRealBrokersTests.largeCommits"]),
        SeenLimit(
            number: 9,
            summary: "A topic that was made is not seen for a while, and a controller under load may say that nothing is known of any",
            tests: ["SeenOnRealBrokersTests.lateVisibility", "LimitTests.visibleLater", "FaultTests.belied"]),
        SeenLimit(
            number: 10, summary: "A position's note that is not UTF-8 comes back changed; a NUL at its end does not hurt it",
            tests: ["SeenOnRealBrokersTests.metadataBytes"]),
        SeenLimit(
            number: 11, summary: "Asking a fresh cluster for a coordinator makes a topic", tests: ["SeenOnRealBrokersTests.offsetsTopic"]),
        SeenLimit(
            number: 12, summary: "Broker configs that are refused for their step or their broker, and ones that are taken and vanish",
            tests: ["SeenOnRealBrokersTests.configs", "ConfigTests.brokerRefusals", "ConfigTests.unknownAndSecret"]),
        SeenLimit(
            number: 13, summary: "A quota on changes of partitions refuses most of a restore's topics at once",
            tests: ["SeenOnRealBrokersTests.mutationRate", "QuotaTests.mutations"]),
        SeenLimit(
            number: 14, summary: "Where everyone may while there are no rules, the first rule for another locks its maker out",
            tests: ["SeenOnRealBrokersTests.lockedOut"]),
        SeenLimit(
            number: 15, summary: "One partition twice in a ListOffsets spoils it",
            tests: [
                "SeenOnRealBrokersTests.twiceInListOffsets", "ReplayLedgerTests.scene",
            ]),
        SeenLimit(
            number: 16, summary: "Configs of thousands of topics are one answer of megabytes; partitions come in pages of 2,000",
            tests: ["SeenOnRealBrokersTests.manyConfigs", "SeenOnRealBrokersTests.pages"]),
        SeenLimit(
            number: 17, summary: "Start offsets of a share group are set without effect or error; share groups are off until asked for",
            tests: ["ShareGroupTests.nothingIsDone", "ShareGroupTests.switchedOff"]),
        SeenLimit(
            number: 18, summary: "Names may hold what shells, terminals and browsers act on", tests: ["SeenOnRealBrokersTests.oddNames"]),
        SeenLimit(
            number: 19, summary: "A registry whose topic is gone serves on, and makes it anew in a form that loses schemas",
            tests: ["SchemasTopicTests.deleted"]),
        SeenLimit(
            number: 20,
            summary: "A single subject can be imported into beside others; a second id for a text redirects the first's look-up",
            tests: ["ConfluentRegistryTests.importsBesideOthers", "ConfluentRegistryTests.secondID"]),
        SeenLimit(
            number: 21, summary: "Records with old timestamps are deleted by the first clean-up after the start",
            tests: ["LogRetentionTests.oldTimestamps"]),
    ]
}
