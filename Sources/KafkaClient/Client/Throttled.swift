import KafkaProtocol

/// An answer that says how long its quota keeps us waiting. From KIP-219 on the broker answers at once and the client waits.
protocol Throttled {
    /// Milliseconds.
    var throttleTimeMs: Int32 { get }
}

extension ProduceResponse: Throttled {}
extension FetchResponse: Throttled {}
extension ListOffsetsResponse: Throttled {}
extension MetadataResponse: Throttled {}
extension OffsetCommitResponse: Throttled {}
extension OffsetFetchResponse: Throttled {}
extension FindCoordinatorResponse: Throttled {}
extension JoinGroupResponse: Throttled {}
extension HeartbeatResponse: Throttled {}
extension LeaveGroupResponse: Throttled {}
extension SyncGroupResponse: Throttled {}
extension DescribeGroupsResponse: Throttled {}
extension ListGroupsResponse: Throttled {}
extension ApiVersionsResponse: Throttled {}
extension CreateTopicsResponse: Throttled {}
extension DeleteTopicsResponse: Throttled {}
extension DeleteRecordsResponse: Throttled {}
extension InitProducerIdResponse: Throttled {}
extension OffsetForLeaderEpochResponse: Throttled {}
extension AddPartitionsToTxnResponse: Throttled {}
extension AddOffsetsToTxnResponse: Throttled {}
extension EndTxnResponse: Throttled {}
extension TxnOffsetCommitResponse: Throttled {}
extension DescribeAclsResponse: Throttled {}
extension CreateAclsResponse: Throttled {}
extension DeleteAclsResponse: Throttled {}
extension DescribeConfigsResponse: Throttled {}
extension AlterConfigsResponse: Throttled {}
extension DescribeLogDirsResponse: Throttled {}
extension CreatePartitionsResponse: Throttled {}
extension DescribeDelegationTokenResponse: Throttled {}
extension DeleteGroupsResponse: Throttled {}
extension ElectLeadersResponse: Throttled {}
extension IncrementalAlterConfigsResponse: Throttled {}
extension AlterPartitionReassignmentsResponse: Throttled {}
extension ListPartitionReassignmentsResponse: Throttled {}
extension OffsetDeleteResponse: Throttled {}
extension DescribeClientQuotasResponse: Throttled {}
extension AlterClientQuotasResponse: Throttled {}
extension DescribeUserScramCredentialsResponse: Throttled {}
extension AlterUserScramCredentialsResponse: Throttled {}
extension UpdateFeaturesResponse: Throttled {}
extension DescribeClusterResponse: Throttled {}
extension DescribeProducersResponse: Throttled {}
extension DescribeTransactionsResponse: Throttled {}
extension ListTransactionsResponse: Throttled {}
extension ConsumerGroupHeartbeatResponse: Throttled {}
extension ConsumerGroupDescribeResponse: Throttled {}
extension ListConfigResourcesResponse: Throttled {}
extension DescribeTopicPartitionsResponse: Throttled {}
extension ShareGroupHeartbeatResponse: Throttled {}
extension ShareGroupDescribeResponse: Throttled {}
extension ShareFetchResponse: Throttled {}
extension ShareAcknowledgeResponse: Throttled {}
extension DescribeShareGroupOffsetsResponse: Throttled {}
extension AlterShareGroupOffsetsResponse: Throttled {}
extension DeleteShareGroupOffsetsResponse: Throttled {}
