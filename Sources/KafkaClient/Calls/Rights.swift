public import Bytes
import KafkaProtocol

extension KafkaClient {
    /// `User:` and the name, as brokers call whoever shows a user and a password; nil where only they know it (certificates, tokens).
    public var principal: ByteString? {
        guard case .password(let credentials) = configuration.security.sasl, !credentials.isToken else { return nil }
        return "User:" + credentials.username
    }

    /// The topics to which this user may not do `operation`, as far as brokers tell (KIP-430, Metadata from version 8 on). Whether the
    /// topic is there makes no difference: a rule may be there before it.
    public func topicsWithout(_ operation: AclOperation, among names: Set<ByteString>) async throws(KafkaError) -> Set<ByteString> {
        var lacking: Set<ByteString> = []
        for batch in names.sorted().batches(of: Self.topicsPerCall) {
            for topic in try await metadata(topics: batch, tellsOperations: true).topics {
                guard let name = topic.name, names.contains(name) else { continue }
                // Who may not even describe it is told no operations.
                let isRefused = topic.errorCode == .topicAuthorizationFailed
                if isRefused || operation.isGranted(by: topic.topicAuthorizedOperations) == false { lacking.insert(name) }
            }
        }
        return lacking
    }

    /// The topics that this user may not DESCRIBE, whether they are there or not. Brokers that are asked for all topics instead (before Kafka
    /// 0.11) tell nothing of names.
    public func hiddenTopics(among names: Set<ByteString>) async throws(KafkaError) -> Set<ByteString> {
        Set(try await describeTopics(names.sorted()).filter { $0.error == .topicAuthorizationFailed }.map(\.name))
    }

    /// The groups that this user may not READ, as far as brokers tell.
    ///
    /// DescribeGroups tells it of groups that have a coordinator; on a cluster on which no group ever was none has. A heartbeat of a member
    /// that does not exist tells it of every group, at any broker: the right is looked at first, and beyond it there is nothing to be done.
    public func groupsNotReadable(among names: Set<ByteString>) async throws(KafkaError) -> Set<ByteString> {
        var lacking: Set<ByteString> = []
        for batch in names.sorted().batches(of: Self.heartbeatsAtOnce) {
            let answers = await each(batch) { (name) async throws(KafkaError) in
                var request = HeartbeatRequest()
                request.groupId = name
                request.generationId = -1
                return try await self.send(request, to: .anyBroker, effect: .reads).errorCode
            }
            for (name, answer) in answers {
                switch answer {
                case .success(let code): if code == .groupAuthorizationFailed { lacking.insert(name) }
                // A broker that lacks the call tells nothing.
                case .failure(let error): if error.code != .unsupported { throw error }
                }
            }
        }
        return lacking
    }

    private static let heartbeatsAtOnce = 100
}
