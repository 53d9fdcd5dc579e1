/// Every call that is defined here.
public enum Messages {
    public static let all: [any KafkaRequest.Type] = [
        ProduceRequest.self,
        FetchRequest.self,
        ListOffsetsRequest.self,
        MetadataRequest.self,
        OffsetCommitRequest.self,
        OffsetFetchRequest.self,
        FindCoordinatorRequest.self,
        JoinGroupRequest.self,
        HeartbeatRequest.self,
        LeaveGroupRequest.self,
        SyncGroupRequest.self,
        DescribeGroupsRequest.self,
        ListGroupsRequest.self,
        SaslHandshakeRequest.self,
        ApiVersionsRequest.self,
        CreateTopicsRequest.self,
        DeleteTopicsRequest.self,
        DeleteRecordsRequest.self,
        InitProducerIdRequest.self,
        OffsetForLeaderEpochRequest.self,
        AddPartitionsToTxnRequest.self,
        AddOffsetsToTxnRequest.self,
        EndTxnRequest.self,
        TxnOffsetCommitRequest.self,
        DescribeAclsRequest.self,
        CreateAclsRequest.self,
        DeleteAclsRequest.self,
        DescribeConfigsRequest.self,
        AlterConfigsRequest.self,
        DescribeLogDirsRequest.self,
        SaslAuthenticateRequest.self,
        CreatePartitionsRequest.self,
        DescribeDelegationTokenRequest.self,
        DeleteGroupsRequest.self,
        ElectLeadersRequest.self,
        IncrementalAlterConfigsRequest.self,
        AlterPartitionReassignmentsRequest.self,
        ListPartitionReassignmentsRequest.self,
        OffsetDeleteRequest.self,
        DescribeClientQuotasRequest.self,
        AlterClientQuotasRequest.self,
        DescribeUserScramCredentialsRequest.self,
        AlterUserScramCredentialsRequest.self,
        DescribeQuorumRequest.self,
        UpdateFeaturesRequest.self,
        DescribeClusterRequest.self,
        DescribeProducersRequest.self,
        DescribeTransactionsRequest.self,
        ListTransactionsRequest.self,
        ConsumerGroupHeartbeatRequest.self,
        ConsumerGroupDescribeRequest.self,
        ListConfigResourcesRequest.self,
        DescribeTopicPartitionsRequest.self,
        ShareGroupHeartbeatRequest.self,
        ShareGroupDescribeRequest.self,
        ShareFetchRequest.self,
        ShareAcknowledgeRequest.self,
        DescribeShareGroupOffsetsRequest.self,
        AlterShareGroupOffsetsRequest.self,
        DeleteShareGroupOffsetsRequest.self,
    ]

    public static let byKey: [APIKey: any KafkaRequest.Type] = Dictionary(uniqueKeysWithValues: all.map { ($0.api, $0) })

    static let named: [APIKey: String] = byKey.mapValues { String($0.requestName.dropLast("Request".count)) }
}

extension APIKey {
    public static let produce = APIKey(rawValue: 0)
    public static let fetch = APIKey(rawValue: 1)
    public static let listOffsets = APIKey(rawValue: 2)
    public static let metadata = APIKey(rawValue: 3)
    public static let offsetCommit = APIKey(rawValue: 8)
    public static let offsetFetch = APIKey(rawValue: 9)
    public static let findCoordinator = APIKey(rawValue: 10)
    public static let joinGroup = APIKey(rawValue: 11)
    public static let heartbeat = APIKey(rawValue: 12)
    public static let leaveGroup = APIKey(rawValue: 13)
    public static let syncGroup = APIKey(rawValue: 14)
    public static let describeGroups = APIKey(rawValue: 15)
    public static let listGroups = APIKey(rawValue: 16)
    public static let saslHandshake = APIKey(rawValue: 17)
    public static let apiVersions = APIKey(rawValue: 18)
    public static let createTopics = APIKey(rawValue: 19)
    public static let deleteTopics = APIKey(rawValue: 20)
    public static let deleteRecords = APIKey(rawValue: 21)
    public static let initProducerId = APIKey(rawValue: 22)
    public static let offsetForLeaderEpoch = APIKey(rawValue: 23)
    public static let addPartitionsToTxn = APIKey(rawValue: 24)
    public static let addOffsetsToTxn = APIKey(rawValue: 25)
    public static let endTxn = APIKey(rawValue: 26)
    public static let txnOffsetCommit = APIKey(rawValue: 28)
    public static let describeAcls = APIKey(rawValue: 29)
    public static let createAcls = APIKey(rawValue: 30)
    public static let deleteAcls = APIKey(rawValue: 31)
    public static let describeConfigs = APIKey(rawValue: 32)
    public static let alterConfigs = APIKey(rawValue: 33)
    public static let describeLogDirs = APIKey(rawValue: 35)
    public static let saslAuthenticate = APIKey(rawValue: 36)
    public static let createPartitions = APIKey(rawValue: 37)
    public static let describeDelegationToken = APIKey(rawValue: 41)
    public static let deleteGroups = APIKey(rawValue: 42)
    public static let electLeaders = APIKey(rawValue: 43)
    public static let incrementalAlterConfigs = APIKey(rawValue: 44)
    public static let alterPartitionReassignments = APIKey(rawValue: 45)
    public static let listPartitionReassignments = APIKey(rawValue: 46)
    public static let offsetDelete = APIKey(rawValue: 47)
    public static let describeClientQuotas = APIKey(rawValue: 48)
    public static let alterClientQuotas = APIKey(rawValue: 49)
    public static let describeUserScramCredentials = APIKey(rawValue: 50)
    public static let alterUserScramCredentials = APIKey(rawValue: 51)
    public static let describeQuorum = APIKey(rawValue: 55)
    public static let updateFeatures = APIKey(rawValue: 57)
    public static let describeCluster = APIKey(rawValue: 60)
    public static let describeProducers = APIKey(rawValue: 61)
    public static let describeTransactions = APIKey(rawValue: 65)
    public static let listTransactions = APIKey(rawValue: 66)
    public static let consumerGroupHeartbeat = APIKey(rawValue: 68)
    public static let consumerGroupDescribe = APIKey(rawValue: 69)
    public static let listConfigResources = APIKey(rawValue: 74)
    public static let describeTopicPartitions = APIKey(rawValue: 75)
    public static let shareGroupHeartbeat = APIKey(rawValue: 76)
    public static let shareGroupDescribe = APIKey(rawValue: 77)
    public static let shareFetch = APIKey(rawValue: 78)
    public static let shareAcknowledge = APIKey(rawValue: 79)
    public static let describeShareGroupOffsets = APIKey(rawValue: 90)
    public static let alterShareGroupOffsets = APIKey(rawValue: 91)
    public static let deleteShareGroupOffsets = APIKey(rawValue: 92)
}
