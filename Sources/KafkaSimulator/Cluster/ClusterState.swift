import Bytes
import KafkaProtocol
import Seams

/// The whole cluster as a value. Handlers change it; nothing in here waits, and nothing in here opens a socket.
struct ClusterState: Sendable {
    let clusterID: ByteString
    let release: KafkaRelease
    /// Calls of the release that are not offered all the same.
    var withheldCalls: Set<APIKey> = []
    var offer: CallOffer { CallOffer(release: release, withheld: withheldCalls) }
    let topicVisibilityDelay: Duration
    var logDeletionDelay = Duration.zero
    /// Deleted topics whose logs brokers still list, and until when.
    var leaving: [ByteString: (topic: Topic, until: Duration)] = [:]
    /// Ascending by id.
    var brokers: [Broker]
    /// Brokers whose one log directory has failed: they live, and none of their replicas does.
    private(set) var failedDirectories: Set<Int32> = []
    var topics: [ByteString: Topic] = [:]
    private(set) var topicNames: [KafkaUUID: ByteString] = [:]
    /// Topics by their names with `.` and `_` made equal: only one of each may be.
    private(set) var collisions: [ByteString: ByteString] = [:]
    var configs = ConfigStore()
    var features: [Feature]
    var featuresEpoch: Int64 = 22
    var placement = ReplicaPlacement()
    /// Grows with every change that a controller would write into its log.
    var metadataOffset: Int64 = 100
    /// Directory ids of the controllers' logs, by broker.
    var directoryIDs: [Int32: KafkaUUID] = [:]
    /// Nil where clients need not authenticate.
    var credentials: Credentials?
    /// SCRAM users that nobody can log in as, because clients need not authenticate.
    private var unusedCredentials = Credentials()
    /// The users' SCRAM credentials, whether there is a listener for them or not.
    var scramUsers: Credentials {
        get { credentials ?? unusedCredentials }
        set { if credentials == nil { unusedCredentials = newValue } else { credentials = newValue } }
    }
    /// Nil where everybody may do everything.
    var authorizer: Authorizer?
    /// Whom connections with a client's certificate belong to: its subject.
    var subjects: [ConnectionID: ByteString] = [:]
    var quotas = QuotaStore()
    var quotaUsage = QuotaUsage()
    /// How long a connection is to be still after the answer that is on its way.
    var throttles: [ConnectionID: Duration] = [:]
    /// The moment of the last call or tick.
    var uptime = Duration.zero
    /// How far each connection has come with SASL.
    var saslExchanges: [ConnectionID: SaslExchange] = [:]
    var parkedFetches: [CallToken: ParkedFetch] = [:]
    var fetchSessions = FetchSessions()
    var parkedShareFetches: [CallToken: ParkedShareFetch] = [:]
    var shareSessions = ShareSessions()
    var sharedDeliveries = SharedDeliveries()
    /// When brokers look next for what has outlived its retention; nil before the first tick.
    var nextCleanUp: Duration?
    var groups = GroupCoordinator()
    var coordinatorLoading = CoordinatorLoading()
    var transactionLoading = CoordinatorLoading()
    /// When the state of share groups' partitions that was asked for last can be there; nil where none was.
    var shareInitialization: Duration?
    /// Whether AlterShareGroupOffsets does what it says (``SimulatorConfiguration/altersShareGroupOffsets``).
    var altersShareGroupOffsets = false
    var reassignments = Reassignments()
    var transactions = TransactionCoordinator()
    /// Answers whose time has come; the cluster takes and sends them after every call and tick.
    private(set) var completions: [Completion] = []

    init(clusterID: ByteString, release: KafkaRelease, topicVisibilityDelay: Duration, brokers: [Broker]) {
        self.clusterID = clusterID
        self.release = release
        features = Feature.features(of: release)
        self.topicVisibilityDelay = topicVisibilityDelay
        self.brokers = brokers.sorted { $0.id < $1.id }
    }

    // MARK: Brokers

    func broker(_ id: Int32) -> Broker? { brokers.first { $0.id == id } }
    func isAlive(_ id: Int32) -> Bool { broker(id)?.isAlive ?? false }
    var livingBrokers: [Broker] { brokers.filter(\.isAlive) }

    /// The active controller: the first broker that lives.
    var controller: Int32 { livingBrokers.first?.id ?? -1 }

    /// Brokers before KRaft refuse what only the controller may do; later ones forward it.
    func refusesControllerCalls(_ context: CallContext) -> Bool {
        !release.hasFeatures && context.broker != controller
    }

    /// Kills a broker or brings it back: every partition's in-sync set and leader follow.
    mutating func setAlive(_ alive: Bool, broker id: Int32) {
        guard let index = brokers.firstIndex(where: { $0.id == id }), brokers[index].isAlive != alive else { return }
        brokers[index].isAlive = alive
        fetchSessions.forget(broker: id)
        shareSessions.forget(broker: id)
        for name in Array(topics.keys) { reviewReplicas(of: name) }
        metadataOffset += 1
        recheckFetches()
    }

    /// Breaks a broker's log directory, or mends it: replicas there are offline, as a dead broker's are.
    mutating func setLogDirectory(isFailed: Bool, broker id: Int32) {
        guard broker(id) != nil, failedDirectories.contains(id) != isFailed else { return }
        if isFailed { failedDirectories.insert(id) } else { failedDirectories.remove(id) }
        for name in Array(topics.keys) { reviewReplicas(of: name) }
        metadataOffset += 1
        recheckFetches()
    }

    /// Whether what a broker holds can be served.
    func servesReplicas(_ id: Int32) -> Bool { isAlive(id) && !failedDirectories.contains(id) }

    /// Which replicas of a topic live, or how many must be in sync, may have changed: in-sync and eligible sets and leaders follow.
    mutating func reviewReplicas(of name: ByteString) {
        let living = Set(livingBrokers.map(\.id).filter(servesReplicas))
        let minimum = topics[name].flatMap(minimumInSync)
        let required = topics[name].map { requiredInSync($0.configs) } ?? 0
        for index in topics[name]?.partitions.indices ?? 0..<0 {
            topics[name]?.partitions[index].brokersChanged(minimumInSync: minimum) { living.contains($0) }
            topics[name]?.partitions[index].requireInSync(required)
        }
    }

    // MARK: Topics

    func topic(_ id: KafkaUUID) -> Topic? { topicNames[id].flatMap { topics[$0] } }

    /// Adds a topic with the given replicas of each partition.
    mutating func add(_ name: ByteString, replicas: [[Int32]], configs: [ByteString: ByteString], _ context: CallContext) -> Topic {
        let id = KafkaUUID.drawn(context.chance)
        let living = Set(livingBrokers.map(\.id))
        let required = requiredInSync(configs)
        let partitions = replicas.enumerated().map { index, replicas in
            var partition = Partition(index: Int32(index), replicas: replicas) { living.contains($0) }
            partition.requireInSync(required)
            return partition
        }
        let topic = Topic(
            name: name, id: id, partitions: partitions, configs: configs, visibleFrom: context.uptime + topicVisibilityDelay)
        topics[name] = topic
        topicNames[id] = name
        collisions[TopicName.collisionKey(name)] = name
        metadataOffset += Int64(1 + partitions.count + configs.count)
        return topic
    }

    mutating func remove(topic name: ByteString) {
        guard let topic = topics.removeValue(forKey: name) else { return }
        topicNames[topic.id] = nil
        collisions[TopicName.collisionKey(name)] = nil
        groups.topicDeleted(name, topic.id)
        sharedDeliveries.forget(topic: topic.id)
        reassignments.removeTopic(name)
        metadataOffset += 1
    }

    /// Brokers that new replicas may go to: the living ones, or all where that is too few.
    func brokersForPlacement(factor: Int) -> [Int32] {
        let living = livingBrokers.map(\.id)
        return factor <= living.count ? living : brokers.map(\.id)
    }

    /// Makes a topic with the brokers' own defaults (an automatic one, or an internal one) unless it is there.
    mutating func ensureTopic(_ name: ByteString, partitions: Int, factor: Int, configs: [ByteString: ByteString], _ context: CallContext) {
        guard topics[name] == nil else { return }
        let factor = max(1, min(factor, brokers.count))
        let replicas = placement.place(partitions: max(1, partitions), factor: factor, on: brokersForPlacement(factor: factor))
        _ = add(name, replicas: replicas, configs: configs, context)
    }

    /// The partition as the addressed broker sees it, or why it cannot serve it.
    func led(_ topic: Topic?, _ index: Int32, by broker: Int32, epoch: Int32 = -1) -> Result<Partition, ErrorCode.Refusal> {
        guard let topic, topic.partitions.indices.contains(Int(index)) else { return .failure(.init(.unknownTopicOrPartition)) }
        let partition = topic.partitions[Int(index)]
        // A broker without a replica knows of no epoch.
        guard partition.replicas.contains(broker) else { return .failure(.init(.notLeaderOrFollower)) }
        if epoch >= 0, epoch < partition.leaderEpoch { return .failure(.init(.fencedLeaderEpoch)) }
        if epoch > partition.leaderEpoch { return .failure(.init(.unknownLeaderEpoch)) }
        return partition.leader == broker ? .success(partition) : .failure(.init(.notLeaderOrFollower))
    }

    // MARK: Later answers

    mutating func complete(_ token: CallToken, with response: any WireStruct) {
        completions.append(Completion(token: token, response: response))
    }

    mutating func takeCompletions() -> [Completion] {
        defer { completions = [] }
        return completions
    }

    /// Time has passed: what was waiting for it is answered.
    mutating func tick(now: Timestamp, uptime: Duration) {
        self.uptime = uptime
        for (token, fetch) in parkedFetches where fetch.deadline <= uptime {
            parkedFetches[token] = nil
            complete(token, with: settle(FetchHandler.read(fetch.request, fetch.context, self), fetch))
        }
        tickShareFetches(uptime: uptime)
        tickGroups(now: now, uptime: uptime)
        settleReassignments(at: uptime)
        tickTransactions(now: now, uptime: uptime)
        tickLogRetention(now: now, uptime: uptime)
    }

    /// The connection that a call came by is gone: nobody waits for the answer any more.
    mutating func abandon(_ token: CallToken) {
        parkedFetches[token] = nil
        parkedShareFetches[token] = nil
    }
}

extension ErrorCode {
    /// An error code as the failure of a `Result`.
    struct Refusal: Error, Equatable {
        let code: ErrorCode
        init(_ code: ErrorCode) { self.code = code }
    }
}
