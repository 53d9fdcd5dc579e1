import Bytes
import KafkaClient
import KafkaProtocol
import SnapshotModel

/// The compacted topic in which a registry keeps what it holds, as far as the keys of its records tell: only they name subjects that have
/// settings and no versions. Values are not read: what is set, the registry itself is asked.
struct RegistryTopic {
    struct Version: Hashable {
        var subject: ByteString
        var number: Int64
    }

    private(set) var versions: Set<Version> = []
    /// Subjects, and contexts as `:.name:`, that have compatibility of their own.
    private(set) var compatibilities: Set<ByteString> = []
    /// The same of modes.
    private(set) var modes: Set<ByteString> = []

    /// What became of looking at it.
    enum Look {
        case read(RegistryTopic)
        /// There is no way to it, and why.
        case hidden(String)
        /// There is, and it failed.
        case failed(String)
    }

    /// How often a leader is asked again that gives nothing although the log goes on.
    private static let attempts = 5

    static func look(_ source: Source) async throws -> Look {
        let name = source.schemasTopic
        let shown = ResourceID(name)
        do throws(KafkaError) {
            guard let topic = try await source.client.describeTopics([name]).first, topic.error != .unknownTopicOrPartition else {
                return .hidden("only the registry's topic names them, and this cluster has no topic \(shown)")
            }
            if topic.error.isAuthorizationFailure { return .hidden(lackingRights(shown)) }
            if topic.error.isError { return .failed("topic \(shown): \(topic.error)") }
            var found = RegistryTopic()
            for partition in topic.partitions {
                if let failure = try await found.read(TopicPartition(name, partition.index), source.client) {
                    return .failed("topic \(shown): \(failure)")
                }
            }
            return .read(found)
        } catch  where error.code.isNotAuthorized {
            return .hidden(lackingRights(shown))
        } catch  where error.code == .unsupported {
            return .hidden("the brokers do not offer to read the topic \(shown)")
        } catch {
            try Task.checkCancellation()
            return .failed("topic \(shown): \(error.message)")
        }
    }

    private static func lackingRights(_ topic: ResourceID) -> String {
        "only the registry's topic names them, and this user may not read \(topic): it takes DESCRIBE and READ"
    }

    /// Reads what the partition holds now. Why it could not be read to its end, or nil.
    private mutating func read(_ partition: TopicPartition, _ client: KafkaClient) async throws(KafkaError) -> String? {
        let (starts, ends) = (
            try await client.listOffsets([partition], at: .earliest), try await client.listOffsets([partition], at: .latest)
        )
        guard var offset = starts.value[partition]?.knownOffset, let end = ends.value[partition]?.knownOffset else {
            let error = [starts, ends].compactMap { $0.value[partition]?.error }.first { $0.isError } ?? .unknownServerError
            if error.isAuthorizationFailure { throw KafkaError(.brokerError(error), outcome: .answered, cause: "\(error)", hint: "") }
            return (starts.unread + ends.unread).first?.error.message ?? "its leader does not tell where its log ends: \(error)"
        }
        var attempt = 0
        while offset < end {
            // Nothing is waited for at first: what is asked for is there.
            let fetched = try await client.fetch(partition, from: offset, maxWait: attempt == 0 ? .zero : .milliseconds(500))
            guard fetched.nextOffset > offset else {
                attempt += 1
                guard attempt < Self.attempts else {
                    return "its leader gave nothing behind offset \(offset), and the log goes on to \(end)"
                }
                continue
            }
            attempt = 0
            for record in try fetched.records() { take(record.record) }
            offset = fetched.nextOffset
        }
        return nil
    }

    /// The last record of a key counts. Karapace deletes with an empty value, Confluent's registry with none.
    mutating func take(_ record: Record) {
        guard let bytes = record.key, let key = try? JSON.parse(bytes), let subject = key["subject"]?.text else { return }
        let isDeletion = record.value?.isEmpty ?? true
        func change<Element>(_ set: inout Set<Element>, _ element: Element) {
            if isDeletion { set.remove(element) } else { set.insert(element) }
        }
        switch key["keytype"]?.text {
        case "SCHEMA": if let number = key["version"]?.int64 { change(&versions, Version(subject: subject, number: number)) }
        case "CONFIG": change(&compatibilities, subject)
        case "MODE": change(&modes, subject)
        default: break
        }
    }
}
