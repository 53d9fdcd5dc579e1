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
extension DescribeGroupsResponse: Throttled {}
extension ListGroupsResponse: Throttled {}
extension ApiVersionsResponse: Throttled {}
extension CreateTopicsResponse: Throttled {}
extension DeleteTopicsResponse: Throttled {}
extension DeleteRecordsResponse: Throttled {}
extension DescribeAclsResponse: Throttled {}
extension CreateAclsResponse: Throttled {}
extension DeleteAclsResponse: Throttled {}
extension DescribeConfigsResponse: Throttled {}
extension AlterConfigsResponse: Throttled {}
extension DescribeLogDirsResponse: Throttled {}
extension CreatePartitionsResponse: Throttled {}
extension DeleteGroupsResponse: Throttled {}
extension ElectLeadersResponse: Throttled {}
extension IncrementalAlterConfigsResponse: Throttled {}
extension OffsetDeleteResponse: Throttled {}
extension DescribeClientQuotasResponse: Throttled {}
extension AlterClientQuotasResponse: Throttled {}
extension DescribeUserScramCredentialsResponse: Throttled {}
extension AlterUserScramCredentialsResponse: Throttled {}
extension UpdateFeaturesResponse: Throttled {}
extension DescribeClusterResponse: Throttled {}
extension ConsumerGroupDescribeResponse: Throttled {}
extension ListConfigResourcesResponse: Throttled {}
extension DescribeTopicPartitionsResponse: Throttled {}
