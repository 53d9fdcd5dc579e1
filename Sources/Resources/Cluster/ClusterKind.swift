import Bytes
import KafkaClient
import KafkaProtocol
public import SnapshotModel

/// The cluster itself: recorded and compared, never changed.
///
/// Evidence: `["cluster"]` with its id, brokers, racks and feature levels; `["quorum"]` with the metadata quorum's voters; and
/// `["broker", n]` with what each broker's own configuration file sets.
public struct ClusterKind: Kind {
    public init() {}

    public var name: KindName { .cluster }
    public var stage: Stage { .preflight }

    public func observe(_ sweep: Sweep) async throws -> Observation {
        var evidenceState = SectionState.stable
        let cluster = try await sweep.describeCluster()
        var evidence = [try await describe(cluster, sweep)]
        do throws(KafkaError) {
            let quorum = try await sweep.describeQuorum()
            evidence.append(
                Document(
                    id: ResourceID("quorum"),
                    body: .object([
                        "voters": .array(quorum.voters.map { .integer(Int64($0.id)) }),
                        "observers": .array(quorum.observers.map { .integer(Int64($0.id)) }),
                    ])))
        } catch  where error.code == .unsupported {
            // A cluster with ZooKeeper has none.
        } catch {
            // Evidence only: its absence takes nothing from a restore, but is told.
            evidenceState.unread.append(SectionState.UnreadPart(what: "the metadata quorum", why: error.message))
        }
        let configs = try await sweep.brokerConfigs()
        evidenceState.unread += configs.unread.filter { unread in
            unread.broker.map { broker in cluster.brokers.contains { $0.id == broker } } ?? false
        }.map { SectionState.UnreadPart(what: $0.subject, why: $0.error.message) }
        evidenceState.unread += try await sweep.absentBrokers().unread { "static configs of broker \($0)" }
        for broker in cluster.brokers.sorted(by: { $0.id < $1.id }) {
            switch configs.value[.broker(broker.id)] {
            case .none: continue  // Among the unread parts.
            case .failed(let code, let message):
                evidenceState.unread.append(
                    SectionState.UnreadPart(
                        what: "static configs of broker \(broker.id)",
                        why: [code.description, message].compactMap(\.self).joined(separator: ": ")))
            case .entries(let entries):
                var fixed: [ByteString: JSON] = [:]
                for entry in entries where entry.source == ConfigSource.staticBroker {
                    fixed[entry.name] = entry.value.map { .text($0) } ?? .null
                }
                evidence.append(
                    Document(id: ResourceID("broker", ByteString("\(broker.id)")), body: .object(["configs": .object(fixed)])))
            }
        }
        return Observation(kind: name, evidence: evidence, state: .stable, evidenceState: evidenceState)
    }

    private func describe(_ cluster: ClusterDescription, _ sweep: Sweep) async throws -> Document {
        var fields: [ByteString: JSON] = [
            "clusterId": cluster.clusterID.map { .text($0) } ?? .null,
            "brokers": .array(
                cluster.brokers.sorted { $0.id < $1.id }.map { broker in
                    .object([
                        "id": .integer(Int64(broker.id)), "host": .text(broker.host), "port": .integer(Int64(broker.port)),
                        "rack": broker.rack.map { .text($0) } ?? .null,
                    ])
                }),
        ]
        if let features = try await sweep.client.features() {
            func levels(_ levels: [ByteString: ClosedRange<Int16>]) -> JSON {
                .object(levels.mapValues { .array([.integer(Int64($0.lowerBound)), .integer(Int64($0.upperBound))]) })
            }
            // Without an epoch the asked broker does not know which are in force: not told is not none.
            if features.epoch != nil || !features.finalized.isEmpty { fields["features"] = levels(features.finalized) }
            fields["supportedFeatures"] = levels(features.supported)
        }
        return Document(id: ResourceID("cluster"), body: .object(fields))
    }

    /// Nothing is forced on another cluster; what differs is said.
    public func propose(_ wanted: [Document], _ context: ProposalContext) async throws -> Proposal {
        var proposal = Proposal()
        func cluster(_ documents: [Document]) -> JSON? { documents.first { $0.id == ResourceID("cluster") }?.body }
        guard let source = cluster(context.evidence), let target = cluster(context.observed.evidence) else { return proposal }
        let (had, has) = (source["brokers"]?.array?.count ?? 0, target["brokers"]?.array?.count ?? 0)
        if had != has { proposal.notes.append(Note(kind: name, text: "the source had \(had) brokers, the target has \(has)")) }
        // Brokers that do not tell their features (before Kafka 2.7) have some level or none.
        guard target["features"] != nil else {
            let had = (source["features"]?.object ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.array?.last?.int64 ?? 0)" }
            if !had.isEmpty {
                proposal.notes.append(
                    Note(
                        kind: name,
                        text: "the target does not tell its feature levels; the source's were \(had.joined(separator: ", "))"))
            }
            return proposal
        }
        for (feature, level) in (source["features"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            let wanted = level.array?.last?.int64 ?? 0
            let found = target["features"]?[feature]?.array?.last?.int64 ?? 0
            if found < wanted {
                proposal.notes.append(Note(kind: name, text: "feature \(feature) was at level \(wanted), the target's is \(found)"))
            }
        }
        return proposal
    }

    /// It proposes no step, so there is none to do.
    public func apply(_ steps: [Step], to target: Source, done: @Sendable (Step, StepOutcome) async throws -> Void) async throws {}
}
