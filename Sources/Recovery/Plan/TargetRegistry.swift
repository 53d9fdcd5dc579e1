public import Bytes
public import SchemaRegistryClient
import SnapshotModel

/// A target's schema registry, as far as one can be told from another: by what it says it is, or by its URLs.
public struct TargetRegistry: Sendable, Hashable {
    /// As they were given; empty where no registry is named.
    public var urls: [ByteString]
    /// Nil where it does not say.
    public var identity: RegistryIdentity?

    public init(urls: [ByteString] = [], identity: RegistryIdentity? = nil) {
        self.urls = urls
        self.identity = identity
    }

    /// Asks the registry who it is. One that cannot be asked now is told by its URLs.
    init(_ registry: SchemaRegistryClient?) async throws {
        urls = (registry?.urls ?? []).map { ByteString($0) }
        do throws(RegistryError) {
            identity = try await registry?.identity()
        } catch {
            if error.kind == .cancelled { throw CancellationError() }
        }
    }

    /// Of an earlier plan, in the artifact's words.
    init(plan: JSON) {
        urls = (plan["registries"]?.array ?? []).compactMap(\.text)
        if let cluster = plan["registryId"]?["kafkaCluster"]?.text, let group = plan["registryId"]?["group"]?.text {
            identity = RegistryIdentity(kafkaCluster: cluster, group: group)
        }
    }

    enum Likeness {
        case same
        case other
        /// Under other URLs, and one of the two does not say who it is.
        case undecided
    }

    func likeness(to other: TargetRegistry) -> Likeness {
        guard !urls.isEmpty, !other.urls.isEmpty else { return .other }
        if let identity, let another = other.identity { return identity == another ? .same : .other }
        return Set(urls.map(Self.normal)).isDisjoint(with: other.urls.map(Self.normal)) ? .undecided : .same
    }

    /// Words that the same registry has in common with itself, whatever it is reached under, and no other one has.
    var words: [String] {
        let ways = Set(urls + urls.map(Self.normal)).sorted().map { "registry \($0)" }
        return ways + (identity.map { ["registry group \($0.group) on cluster \($0.kafkaCluster)"] } ?? [])
    }

    private static func normal(_ url: ByteString) -> ByteString { ByteString(RegistryConfiguration.normal(url: url.description)) }
}

extension RegistryIdentity {
    var json: JSON { .object(["kafkaCluster": .text(kafkaCluster), "group": .text(group)]) }
}
