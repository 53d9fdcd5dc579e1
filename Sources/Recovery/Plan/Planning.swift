import Bytes
import Cryptography
public import Repository
public import Resources
public import SnapshotModel

/// Makes a plan: manifest → documents → remapped → difference with the target as observed.
public struct Planning: Sendable {
    let repository: Repository
    let snapshot: SnapshotID
    private let target: Source
    let options: RestoreOptions
    private let kinds: [any Kind]
    private let progress: @Sendable (Progress) -> Void

    public init(
        repository: Repository, snapshot: SnapshotID, target: Source, options: RestoreOptions, kinds: [any Kind] = Kinds.all,
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) {
        self.repository = repository
        self.snapshot = snapshot
        self.target = target
        self.options = options
        self.kinds = kinds
        self.progress = progress
    }

    /// Changes nothing on the target. What stands in the way is among the plan's conflicts.
    public func run() async throws -> Plan {
        let manifest = try await repository.manifest(snapshot)
        let sweep = Sweep(target)
        let cluster = try await sweep.describeCluster()
        let remapping = try await remapping(manifest, target: cluster.brokers.map(\.id).sorted())
        let gaps = try await repository.gaps(of: manifest)
        var plan = Plan(
            snapshot: snapshot, snapshotClusterID: manifest.clusterID, targetClusterID: try await sweep.clusterID(),
            registry: try await TargetRegistry(target.registry), fingerprint: [],
            options: options, steps: [], conflicts: [], notes: [], positions: [], expected: [:],
            losses: try await losses(manifest, gaps), brokers: remapping.brokers)
        try await noteIdleMappings(manifest, &plan)
        plan.suspicion = try await Suspicion(of: snapshot, manifest, in: repository)
        plan.losses = (plan.suspicion?.losses ?? []) + plan.losses
        plan.principal = target.client.principal
        plan.bootstrap = target.client.configuration.bootstrap.first?.description ?? ""
        if plan.targetClusterID == manifest.clusterID, !options.allowSameCluster {
            plan.conflicts.append(
                Conflict(
                    kind: .cluster, id: nil, why: "the target is the cluster that the snapshot was taken of",
                    hint: "check --bootstrap-server; give --allow-same-cluster to roll the source itself back."))
        }
        var fingerprints: [UInt8] = []
        var selectable: [(kind: any Kind, ids: [ResourceID])] = []
        var topicsToCome: [ResourceID: Int] = [:]
        var topics: Set<ByteString> = []
        for kind in kinds.sorted(by: { $0.stage < $1.stage }) {
            guard options.selection.includes(kind), options.stages.contains(kind.stage) || kind.stage == .preflight,
                let section = manifest.section(kind.name, .desired)
            else {
                noteMissing(kind, manifest, &plan)
                continue
            }
            for spot in section.state.blindSpots {
                plan.notes.append(Note(kind: kind.name, text: "the snapshot may lack \(spot.what): \(spot.why)"))
            }
            progress(.planning(kind.name))
            let stored = try await read(section.root)
            selectable.append((kind, stored.map(\.id)))
            let selected = options.selection.filter(stored, of: kind)
            if kind.name == .topics { topics.formUnion(selected.compactMap(\.id.parts.first)) }
            if kind.name == .consumerGroups { topics.formUnion(selected.compactMap(\.id.parts.last)) }
            let evidence = try await read(manifest.section(kind.name, .evidence)?.root ?? .empty)
            let remapped = kind.remap(selected, remapping)
            let earlier =
                kind.resumes && !selected.isEmpty ? try await EarlierRuns(repository).unfinished(kind, like: plan) : EarlierWork()
            let unfinished = earlier.unfinished
            plan.notes += earlier.doubts(plan.registry).map { Note(kind: kind.name, text: $0) }
            let observed = try await kind.observe(sweep, naming: remapped.documents.map(\.id) + unfinished.former.keys)
            let proposal = try await kind.propose(
                remapped.documents,
                ProposalContext(
                    target: target, observed: observed, existing: options.existing, offsets: options.offsets, remapping: remapping,
                    topicsToCome: topicsToCome, evidence: evidence, unfinished: unfinished,
                    isWhole: section.state.outcome == .captured && section.state.unread.isEmpty, storedIDs: remapped.storedIDs,
                    gaps: gaps.filter { $0.kind == kind.name }))
            refuseWhatIsNotKnown(kind, observed, remapped.documents, &plan)
            fingerprints += Self.fingerprint(of: observed, over: Set(proposal.expected.map(\.id)))
            plan.losses += remapped.losses + proposal.losses
            for step in proposal.steps where step.kind == .topics {
                if step.action == "create" { topicsToCome[step.id] = Int(step.to?["partitions"]?.int64 ?? 0) }
                if step.action == "grow" { topicsToCome[step.id] = Int(step.to?.int64 ?? 0) }
            }
            plan.steps += proposal.steps
            plan.conflicts +=
                remapped.conflicts
                + proposal.conflicts.map { conflict in
                    var named = conflict
                    named.storedID = conflict.id.flatMap { remapped.storedIDs[$0] }
                    return named
                }
            plan.notes += remapped.notes + proposal.notes
            plan.positions += proposal.positions
            plan.missingRights += proposal.missingRights
            plan.inheritedDrift += proposal.inheritedDrift
            plan.inheritance = plan.inheritance ?? proposal.inheritance
            plan.expected[kind.name] = proposal.expected
        }
        let unmatched = options.selection.unmatched(in: selectable)
        if let rule = unmatched.first {
            throw RecoveryError(
                .usage, "'\(rule)' fits nothing in snapshot \(snapshot.short)",
                hint: "see `tidemark show \(snapshot.short) --kind \(rule.kind.rawValue)` for what there is.")
        }
        try refuseIdleRenames(topics)
        // Within a stage the kinds keep their order; what a kind holds back for a later stage goes there.
        plan.steps = plan.steps.enumerated().sorted { ($0.element.stage, $0.offset) < ($1.element.stage, $1.offset) }.map(\.element)
        plan.fingerprint = Self.digest(fingerprints)
        return plan
    }

    /// A new name that no topic gets is a typo, and would leave the topic under its old name.
    private func refuseIdleRenames(_ topics: Set<ByteString>) throws(RecoveryError) {
        for rule in options.renames.rules where !topics.contains(where: { Renaming([rule])($0) != $0 }) {
            throw RecoveryError(
                .usage, "--rename \(rule.from)=\(rule.to) fits no topic of the selection",
                hint: "see `tidemark show \(snapshot.short) --kind topics` for the names there are.")
        }
    }

    /// A kind that was asked for and is not in the snapshot is not put back, and that is said.
    private func noteMissing(_ kind: any Kind, _ manifest: Manifest, _ plan: inout Plan) {
        guard options.selection.includes(kind), options.stages.contains(kind.stage), manifest.section(kind.name, .desired) == nil else {
            return
        }
        // Whoever asks for schemas by name, or names a registry to put them into, expects them.
        let isNamed = options.selection.only.contains { $0.kind == kind.name } || options.stages.count < Stage.allCases.count
        if kind.name == .schemas, target.registry == nil, !isNamed {
            plan.notes.append(Note(kind: kind.name, text: "the snapshot holds no schemas: it was taken without a registry"))
        } else {
            plan.losses.append(Loss(kind: kind.name, id: nil, why: "the snapshot has no such section"))
        }
    }

    /// Unread is not absent: what the target may hold must not be overwritten unseen. And two resources must not become one.
    private func refuseWhatIsNotKnown(_ kind: any Kind, _ observed: Observation, _ wanted: [Document], _ plan: inout Plan) {
        guard !wanted.isEmpty else { return }
        let hindrances = kind.hindrances(in: observed, to: wanted)
        if observed.state.outcome == .captured {
            plan.losses += observed.state.unread.filter { !hindrances.contains($0) }.map {
                Loss(kind: kind.name, id: nil, why: "the target's \($0.what) cannot be read, and are not changed: \($0.why)")
            }
        }
        if observed.state.outcome != .disabled, observed.state.outcome != .captured || !hindrances.isEmpty {
            plan.conflicts.append(
                Conflict(
                    kind: kind.name, id: nil, why: "the target cannot be read whole: \(observed.state.summary)",
                    hint: "mend what keeps it from being read, or leave the kind out with --except \(kind.name.rawValue).",
                    isDifference: false))
        }
        var seen: Set<ResourceID> = []
        for document in wanted where !seen.insert(document.id).inserted {
            plan.conflicts.append(
                Conflict(
                    kind: kind.name, id: document.id, why: "two resources of the snapshot would become this one",
                    hint: "choose --rename and --broker-map so that every resource keeps a name of its own."))
        }
    }

    private func read(_ root: TreeRoot) async throws -> [Document] {
        var documents: [Document] = []
        documents.reserveCapacity(root.documents)
        for try await document in repository.documents(root) { documents.append(document) }
        return documents
    }

    private func remapping(_ manifest: Manifest, target: [Int32]) async throws -> Remapping {
        var brokers = try await counterparts(manifest, target)
        for (from, to) in options.brokerMap {
            guard target.contains(to) else {
                throw RecoveryError(
                    .usage, "--broker-map names broker \(to), which the target does not have",
                    hint: "the target's brokers are \(target.map(String.init).joined(separator: ", ")).")
            }
            brokers[from] = to
        }
        return Remapping(
            brokers: brokers, targetBrokers: target, topics: options.renames, replicationFactor: options.replicationFactor)
    }

    private static func ids(_ values: [JSON]) -> [Int32] { values.compactMap(\.int64).compactMap { Int32(exactly: $0) } }

    /// Nil where the snapshot does not tell.
    private func brokers(of manifest: Manifest) async throws -> [Int32]? {
        guard let section = manifest.section(.cluster, .evidence),
            let cluster = try await repository.document(ResourceID("cluster"), in: section.root)
        else { return nil }
        return Self.ids((cluster.body["brokers"]?.array ?? []).compactMap { $0["id"] })
    }

    private func noteIdleMappings(_ manifest: Manifest, _ plan: inout Plan) async throws {
        guard !options.brokerMap.isEmpty, let known = try await brokers(of: manifest) else { return }
        plan.notes += options.brokerMap.keys.filter { !known.contains($0) }.sorted().map {
            Note(
                kind: .cluster,
                text:
                    "--broker-map names broker \($0), which the snapshot does not have (it has \(known.sorted().map(String.init).joined(separator: ", ")))"
            )
        }
    }

    private func counterparts(_ manifest: Manifest, _ target: [Int32]) async throws -> [Int32: Int32] {
        if let known = try await brokers(of: manifest) { return Remapping.brokers(from: known, to: target) }
        // A snapshot of a selection may be without the cluster; then its topics name brokers, though perhaps not all.
        guard let section = manifest.section(.topics, .desired) else { return [:] }
        var named: Set<Int32> = []
        for try await topic in repository.documents(section.root) {
            for replicas in topic.body["assignment"]?.array ?? [] { named.formUnion(Self.ids(replicas.array ?? [])) }
        }
        guard named.count == manifest.brokers || named.isSubset(of: target) else { return [:] }
        return Remapping.brokers(from: Array(named), to: target)
    }

    static func digest(_ fingerprints: [UInt8]) -> [UInt8] { HashFunction.sha256.digest(fingerprints) }

    /// What identifies the target's state for a plan: the documents that the plan is about, as they are now. Others may move.
    static func fingerprint(of observation: Observation, over ids: Set<ResourceID>) -> [UInt8] {
        var bytes = Array(observation.kind.rawValue.utf8) + [0]
        for document in observation.desired where ids.contains(document.id) { bytes += HashFunction.sha256.digest(document.canonicalBytes) }
        return HashFunction.sha256.digest(bytes)
    }
}
