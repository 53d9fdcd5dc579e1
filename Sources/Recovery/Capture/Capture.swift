import Bytes
public import Repository
public import Resources
public import Seams
import SnapshotModel

/// Backup: cluster → values → documents → pages → objects, and the manifest last.
public struct Capture: Sendable {
    public struct Options: Sendable {
        public var selection = Selection.everything
        public var tags: [String] = []
        /// Lets a cluster with another id continue the repository's lineage, as after a disaster.
        public var acceptNewCluster = false
        public var toolVersion: String
        public init(toolVersion: String) { self.toolVersion = toolVersion }
    }

    private let source: Source
    private let repository: Repository
    private let kinds: [any Kind]
    private let options: Options
    private let time: any TimeSource
    private let progress: @Sendable (Progress) -> Void

    public init(
        source: Source, repository: Repository, kinds: [any Kind] = Kinds.all, options: Options, time: any TimeSource,
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) {
        self.source = source
        self.repository = repository
        self.kinds = kinds
        self.options = options
        self.time = time
        self.progress = progress
    }

    /// Publishes one snapshot. Throws where no snapshot can be taken at all; what could not be read is in the report instead.
    public func run() async throws -> CaptureReport {
        let began = time.uptime()
        let started = time.now()
        let callsBefore = source.client.statistics.totalCalls
        let sweep = Sweep(source)
        let clusterID = try await sweep.describeCluster().clusterID ?? ""
        let ancestry = try await Ancestry.find(clusterID, in: repository, acceptNewCluster: options.acceptNewCluster)
        var warnings = ancestry.warnings
        if let parent = ancestry.manifest, parent.started > started {
            warnings.append("the clock went back: the last snapshot is from \(parent.started), now is \(started)")
        }
        return try await repository.withWriter(holder: "tidemark backup of cluster \(clusterID)", basis: ancestry.manifest) { writer in
            var observations: [Observation] = []
            var unread: Set<KindName> = []
            var sections: [Section] = []
            var selectable: [(kind: any Kind, ids: [ResourceID])] = []
            for kind in kinds where options.selection.includes(kind) {
                progress(.observing(kind.name))
                let whole = try await kind.observe(sweep)
                // What was not read may be what a rule means: then the rule is no typo.
                if whole.state.isComplete {
                    selectable.append((kind, (whole.desired + whole.evidence).map(\.id)))
                } else {
                    unread.insert(kind.name)
                }
                let observation = select(whole, of: kind)
                progress(.writing(kind.name, documents: observation.desired.count + observation.evidence.count))
                for (part, documents, state) in [
                    (Part.desired, observation.desired, observation.state), (.evidence, observation.evidence, observation.evidenceState),
                ] {
                    let root = try await writer.write(documents)
                    sections.append(Section(kind: kind.name, part: part, root: root, state: state))
                }
                observations.append(observation)
            }
            if let rule = options.selection.unmatched(in: selectable).first(where: { !unread.contains($0.kind) }) {
                throw RecoveryError(
                    .usage, "'\(rule)' fits nothing in the cluster, so no snapshot was published",
                    hint: "check the name; a pattern is quoted from the shell, and '*' stands for any text.")
            }
            let gaps = observations.flatMap(\.gaps)
            let certificate = Certificate.of(
                observations, sections, parent: options.selection.isEverything ? ancestry.baseline : nil)
            var manifest = Manifest(
                tool: Manifest.Tool(name: "tidemark", version: options.toolVersion), clusterID: clusterID,
                brokers: try await sweep.describeCluster().brokers.count,
                lineage: Lineage(parent: ancestry.parent, formerClusterIDs: ancestry.formerClusterIDs), started: started,
                finished: time.now(), sections: sections, gaps: gaps, certificate: certificate, tags: options.tags)
            manifest.selection = options.selection.description
            let (id, published) = try await writer.publish(
                manifest, waiting: { [progress] in progress(.waiting(holder: $0.holder, since: $0.since, until: $0.ends)) }
            ) { [repository, options, time, observations, sections] manifest, present in
                guard present != ancestry.seen else { return }
                // Another backup was published while this one read: it comes before.
                let now = try await Ancestry.find(clusterID, in: repository, acceptNewCluster: options.acceptNewCluster)
                manifest.lineage = Lineage(parent: now.parent, formerClusterIDs: now.formerClusterIDs)
                manifest.finished = max(time.now(), now.manifest?.finished ?? manifest.finished)
                // What shrank is told by the snapshots that are there now.
                manifest.certificate = Certificate.of(
                    observations, sections, parent: options.selection.isEverything ? now.baseline : nil)
            }
            var before = ancestry.manifest
            if let parent = published.lineage.parent, parent != ancestry.parent { before = try? await repository.manifest(parent) }
            let roots = Dictionary(
                (before?.sections ?? []).map { ([$0.kind.rawValue, $0.part.rawValue], $0.root) },
                uniquingKeysWith: { first, _ in first })
            let counters = await writer.counters
            if counters.objectsHealed > 0 {
                warnings.append(
                    "\(counters.objectsHealed) stored objects were damaged and have been written again: check the repository's disk, and run "
                        + "`tidemark check --read-data`")
            }
            return CaptureReport(
                snapshot: id, manifest: published, parent: published.lineage.parent,
                sections: observations.map {
                    CaptureReport.SectionReport(
                        kind: $0.kind, desired: $0.desired.count, evidence: $0.evidence.count, state: $0.state, gaps: $0.gaps.count)
                },
                objectsWritten: counters.objectsWritten, bytesWritten: counters.bytesWritten, objectsReused: counters.objectsReused,
                calls: source.client.statistics.totalCalls - callsBefore, duration: time.uptime() - began,
                isUnchanged: published.lineage.parent != nil
                    && sections.allSatisfy { roots[[$0.kind.rawValue, $0.part.rawValue]] == $0.root },
                warnings: warnings)
        }
    }

    private func select(_ observation: Observation, of kind: any Kind) -> Observation {
        guard !options.selection.isEverything else { return observation }
        var selected = observation
        selected.desired = options.selection.filter(observation.desired, of: kind)
        selected.evidence = options.selection.filter(observation.evidence, of: kind)
        return selected
    }
}
