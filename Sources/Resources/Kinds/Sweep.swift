import Bytes
public import KafkaClient
import KafkaProtocol

/// One look over a cluster. What several kinds need is asked once and kept for as long as the sweep lasts.
public actor Sweep {
    public nonisolated let source: Source
    private var cluster: ClusterDescription?
    private var topics: [TopicDescription]?
    private var groups: Sharded<[ListedGroup]>?
    private var brokers: Sharded<[ConfigResource: ConfigAnswer]>?

    private var seen: Visibility?
    private var quorumAnswer: Result<QuorumDescription, KafkaError>?
    private var absent: AbsentBrokers?
    private var former: Set<Int32> = []
    private var lag: ConsumerLag?
    private var ends: LogEnds?

    public init(_ source: Source) { self.source = source }

    public nonisolated var client: KafkaClient { source.client }

    public func describeCluster() async throws -> ClusterDescription {
        if let cluster { return cluster }
        let description = try await client.describeCluster()
        cluster = description
        return description
    }

    /// Every topic that the caller may see, sorted by name.
    public func describeTopics() async throws -> [TopicDescription] {
        if let topics { return topics }
        return try await describeTopicsAnew()
    }

    public func describeTopicsAnew() async throws -> [TopicDescription] {
        let described = try await client.describeTopics(nil).sorted { $0.name < $1.name }
        topics = described
        return described
    }

    /// What this user is shown, and what not.
    public func visibility() async throws -> Visibility {
        if let seen { return seen }
        let visibility = try await Visibility.look(self)
        seen = visibility
        return visibility
    }

    /// Brokers that the cluster is known to have had, as its last snapshot tells. To be said before the first look.
    public func expect(brokers: Set<Int32>) { former = brokers }

    /// Who belongs to the cluster and is not up.
    public func absentBrokers() async throws -> AbsentBrokers {
        if let absent { return absent }
        let cluster = try await describeCluster()
        // Only where brokers do not say who is registered is the quorum needed for it.
        let quorum = cluster.tellsFenced ? nil : try? await describeQuorum()
        try Task.checkCancellation()
        let found = AbsentBrokers.find(cluster, topics: try await describeTopics(), quorum: quorum, former: former)
        absent = found
        return found
    }

    public func describeQuorum() async throws(KafkaError) -> QuorumDescription {
        if let quorumAnswer { return try quorumAnswer.get() }
        do throws(KafkaError) {
            let answer = try await client.describeQuorum()
            quorumAnswer = .success(answer)
            return answer
        } catch {
            if error.code != .cancelled { quorumAnswer = .failure(error) }
            throw error
        }
    }

    public func listGroups() async throws -> Sharded<[ListedGroup]> {
        if let groups { return groups }
        let listed = try await client.listGroups()
        groups = listed
        return listed
    }

    /// The configs of every broker, each asked of that very broker, and of the cluster's default.
    public func brokerConfigs() async throws -> Sharded<[ConfigResource: ConfigAnswer]> {
        if let brokers { return brokers }
        let resources = try await describeCluster().brokers.map { ConfigResource.broker($0.id) } + [.clusterDefault]
        let answered = try await client.describeConfigs(resources, includeSynonyms: false)
        brokers = answered
        return answered
    }

    // MARK: Measuring

    /// Remembers what the positions that were read, and the ends of their logs, tell beside.
    ///
    /// - Parameter uptime: when the ends were read.
    func note(positions: [ByteString: [TopicPartition: Int64]], ends known: [TopicPartition: Int64], at uptime: Duration) {
        let ids = Dictionary((topics ?? []).map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first })
        lag = ConsumerLag(positions: positions, ends: known)
        ends = LogEnds(known, ids: ids, at: uptime)
    }

    /// What was read so far, as measurements. Asks nobody.
    public func measurements() -> ClusterMeasurements? {
        guard let cluster else { return nil }
        return ClusterMeasurements(
            moment: source.time.now(), uptime: source.time.uptime(), brokers: cluster.brokers.count,
            partitions: topics.map { PartitionHealth($0) }, lag: lag, ends: ends)
    }
}
