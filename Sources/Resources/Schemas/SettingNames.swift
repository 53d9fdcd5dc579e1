import Bytes
import KafkaClient
import SchemaRegistryClient
import SnapshotModel

/// Which subjects and contexts may have settings though they have no versions. No registry lists them: its topic does, where it lies on the
/// cluster at hand and is shown to be this registry's. They are names only; what is set, the registry is asked.
struct SettingNames {
    var names: Set<ByteString> = []
    var blindSpots: [SectionState.UnreadPart] = []
    var unread: [SectionState.UnreadPart] = []

    private static let what = "settings of subjects without versions"

    static func find(_ versions: [SchemaVersion], _ sweep: Sweep, _ registry: SchemaRegistryClient) async throws -> SettingNames {
        var found = SettingNames()
        let identity = try await registry.identity()
        if let identity, let cluster = try await sweep.describeCluster().clusterID, identity.kafkaCluster != cluster {
            found.blind("only the registry's topic names them, and it is on another cluster (\(ResourceID(identity.kafkaCluster)))")
            return found
        }
        switch try await RegistryTopic.look(sweep.source) {
        case .hidden(let why): found.blind(why)
        case .failed(let why): found.unread.append(SectionState.UnreadPart(what: what, why: why))
        case .read(let topic):
            guard try await topic.isOf(registry, versions) else {
                found.blind(
                    "only the registry's topic names them, and \(ResourceID(sweep.source.schemasTopic)) of this cluster does not hold what the "
                        + "registry holds: if it has another one, name that as kafkastore.topic in the registry's settings")
                return found
            }
            found.names = topic.compatibilities.union(topic.modes)
            // The default context's settings are the global ones.
            found.names.remove(":.:")
        }
        return found
    }

    private mutating func blind(_ why: String) { blindSpots.append(SectionState.UnreadPart(what: Self.what, why: why)) }
}

extension RegistryTopic {
    /// Whether this is the topic of the registry that gave these versions just before: it holds every one of them, and not versions alone
    /// of which the registry knows nothing.
    fileprivate func isOf(_ registry: SchemaRegistryClient, _ given: [SchemaVersion]) async throws(RegistryError) -> Bool {
        guard !given.isEmpty else { return versions.isEmpty }
        for version in given where !versions.contains(Version(subject: version.subject, number: Int64(version.version))) {
            // Deleted for good meanwhile.
            guard try await !registry.subjects(withDeleted: true).contains(version.subject) else { return false }
        }
        return true
    }
}
