import Bytes
import KafkaClient
import KafkaProtocol
import SnapshotModel

/// Which transactions that this user is shown are under way and hold partitions of the offsets topic.
struct OpenTransactions {
    /// Transactional ids by partition of the offsets topic.
    var holders: [Int32: [ByteString]] = [:]
    var unread: [SectionState.UnreadPart] = []

    /// States in which a transaction may still hold commits back.
    private static let open: Set<ByteString> = ["Ongoing", "PrepareCommit", "PrepareAbort", "PrepareEpochFence"]

    /// Asks every broker for the transactions that it coordinates, and those that are open for their partitions. A broker that
    /// lacks the call (before Kafka 3.0) cannot be asked; then the stable read of positions has to do.
    static func look(at cluster: ClusterDescription, _ client: KafkaClient) async throws -> OpenTransactions {
        var found = OpenTransactions()
        for broker in cluster.brokers {
            do throws(KafkaError) {
                let listed = try await client.send(ListTransactionsRequest(), to: .broker(broker.id), failure: { $0.errorCode })
                let ids = listed.transactionStates.filter { Self.open.contains($0.transactionState) }.map(\.transactionalId)
                guard !ids.isEmpty else { continue }
                var request = DescribeTransactionsRequest()
                request.transactionalIds = ids
                for transaction in try await client.send(request, to: .broker(broker.id)).transactionStates {
                    for topic in transaction.topics where topic.topic == "__consumer_offsets" {
                        for partition in topic.partitions { found.holders[partition, default: []].append(transaction.transactionalId) }
                    }
                }
            } catch  where error.code == .unsupported {
                continue
            } catch  where error.code == .cancelled {
                throw error
            } catch {
                found.unread.append(
                    SectionState.UnreadPart(what: "open transactions of broker \(broker.id)", why: error.message))
            }
        }
        return found
    }
}
