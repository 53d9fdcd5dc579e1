import Bytes
public import Repository
public import Resources
public import Seams
public import SnapshotModel

/// Backup: cluster → values → documents → pages → objects, and the manifest last.
public struct Capture: Sendable {
    public struct Options: Sendable {
        public var selection = Selection.everything
        public var tags: [String] = []
        /// Lets a cluster with another id continue the repository's lineage, as after a disaster.
        public var acceptNewCluster = false
        /// Where the cluster is as its newest snapshot of the same selection holds it, that one is confirmed by this name and no other
        /// published. Nil: never.
        public var confirmsAs: ConfirmationWriter?
        /// Kinds of which less than half, or nothing, is left, and somebody says that it is meant so.
        public var acceptedShrinkage: Set<KindName> = []
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

    /// Publishes one snapshot, or confirms the one before. Throws where neither can be done at all; what could not be read is in the report
    /// instead.
    public func run() async throws -> CaptureReport {
        let began = time.uptime()
        let started = time.now()
        let callsBefore = source.client.statistics.totalCalls
        let sweep = Sweep(source)
        let cluster = try await sweep.describeCluster()
        let clusterID = try await sweep.clusterID()
        let ancestry = try await Ancestry.find(clusterID, in: repository, options)
        if !cluster.tellsFenced { await sweep.expect(brokers: ancestry.brokers(in: repository)) }
        var warnings = ancestry.warnings
        if let parent = ancestry.manifest, parent.started > started {
            warnings.append("the clock went back: the last snapshot is from \(parent.started), now is \(started)")
        }
        let known = [ancestry.alike?.manifest, ancestry.manifest].compactMap { $0 }
        return try await repository.withWriter(holder: "tidemark backup of cluster \(clusterID)", basis: known) { writer in
            var stages = CaptureStages()
            stages.prepare = time.uptime() - began
            var draft = CaptureDraft(basis: ancestry.confirmable(options, of: clusterID))
            try await read(sweep, into: &draft, &stages, writer)
            let shrinkage = Shrinkage.all(draft.sections, against: ancestry.baselines)
            try options.refuseToAccept(what: draft.observations, shrinkage)
            let certificate = Certificate.of(draft.observations, shrinkage, accepting: options.acceptedShrinkage)
            let measurements = await sweep.measurements()
            var moment = time.uptime()
            // Where it is as the last time, these pages are there already.
            var longLists: [Section]?
            if draft.basis != nil, !certificate.isWhole { longLists = try await draft.writeLongLists(writer) }
            let confirmation = try await confirm(draft, longLists ?? [], certificate, ancestry, at: started, writer)
            stages.publish = time.uptime() - moment
            let snapshot: (id: SnapshotID, manifest: Manifest)
            if let confirmation, let basis = draft.basis {
                snapshot = (confirmation.snapshot, basis.manifest)
            } else {
                moment = time.uptime()
                try await draft.writeEvidence(writer)
                if longLists == nil { longLists = try await draft.writeLongLists(writer) }
                draft.add(longLists ?? [])
                stages.write += time.uptime() - moment
                moment = time.uptime()
                var manifest = Manifest(
                    tool: Manifest.Tool(name: "tidemark", version: options.toolVersion), clusterID: clusterID,
                    brokers: try await sweep.describeCluster().brokers.count,
                    lineage: Lineage(parent: ancestry.parent, formerClusterIDs: ancestry.formerClusterIDs), started: started,
                    finished: time.now(), sections: draft.sections, gaps: draft.gaps, certificate: certificate, tags: options.tags)
                manifest.moreGaps = draft.moreGaps
                manifest.selection = options.selection.description
                manifest.acceptedShrinkage = shrinkage.filter { options.acceptedShrinkage.contains($0.kind) }
                snapshot = try await publish(manifest, draft, ancestry, writer)
                stages.publish += time.uptime() - moment
            }
            var before = ancestry.alike?.manifest
            if confirmation == nil, let parent = snapshot.manifest.lineage.parent, parent != ancestry.parent,
                let other = try? await repository.manifest(parent),
                other.selection == options.selection.description
            {
                before = other
            }
            let counters = await writer.counters
            if counters.objectsHealed > 0 {
                warnings.append(
                    "\(counters.objectsHealed.counted("damaged object of the store", "damaged objects of the store")) written again: check the repository's disk, and run "
                        + "`tidemark check --read-data`")
            }
            var report = CaptureReport(
                snapshot: snapshot.id, manifest: snapshot.manifest, parent: snapshot.manifest.lineage.parent,
                sections: draft.observations.map {
                    CaptureReport.SectionReport(
                        kind: $0.kind, desired: $0.desired.count, evidence: $0.evidence.count, state: $0.state,
                        evidenceState: $0.evidenceState, gaps: $0.gaps.count)
                },
                objectsWritten: counters.objectsWritten, bytesWritten: counters.bytesWritten, objectsReused: counters.objectsReused,
                calls: source.client.statistics.totalCalls - callsBefore, duration: time.uptime() - began,
                isUnchanged: confirmation != nil || draft.equals(before), warnings: warnings)
            report.confirmation = confirmation
            report.stages = stages
            report.measurements = measurements
            report.shrinkage = shrinkage
            return report
        }
    }

    /// Reads every kind that is selected, and writes what can be put back.
    private func read(
        _ sweep: Sweep, into draft: inout CaptureDraft, _ stages: inout CaptureStages, _ writer: RepositoryWriter
    ) async throws {
        for kind in kinds where options.selection.includes(kind) {
            progress(.observing(kind.name))
            let asked = time.uptime()
            let whole = try await kind.observe(sweep)
            let answered = time.uptime()
            stages.observe.append(.init(kind: kind.name, duration: answered - asked))
            let selected = select(whole, of: kind)
            progress(.writing(kind.name, documents: selected.desired.count + selected.evidence.count))
            try await draft.add(whole, selected, of: kind, writer)
            stages.write += time.uptime() - answered
        }
        try draft.refuseTypos(in: options.selection)
    }

    private func select(_ observation: Observation, of kind: any Kind) -> Observation {
        guard !options.selection.isEverything else { return observation }
        var selected = observation
        selected.desired = options.selection.filter(observation.desired, of: kind)
        selected.evidence = options.selection.filter(observation.evidence, of: kind)
        return selected
    }

    /// Confirms the snapshot before, where it is what a new one would be. Nil: a new one is to be published.
    private func confirm(
        _ draft: CaptureDraft, _ longLists: [Section], _ certificate: Certificate, _ ancestry: Ancestry, at moment: Timestamp,
        _ writer: RepositoryWriter
    ) async throws -> SnapshotConfirmation? {
        guard let name = options.confirmsAs, let basis = draft.basis, basis.isMet(by: draft, long: longLists, certificate) else {
            return nil
        }
        // Another backup was published while this one read: the basis may not be the newest of its selection any more.
        if try await repository.snapshotIDs() != ancestry.seen {
            let now = try await Ancestry.find(basis.manifest.clusterID, in: repository, options)
            guard now.confirmable(options, of: basis.manifest.clusterID)?.id == basis.id else { return nil }
        }
        return try await writer.confirm(basis.id, basis.manifest, at: moment, by: name)
    }

    private func publish(
        _ manifest: Manifest, _ draft: CaptureDraft, _ ancestry: Ancestry, _ writer: RepositoryWriter
    ) async throws -> (id: SnapshotID, manifest: Manifest) {
        let (observations, sections) = (draft.observations, draft.sections)
        return try await writer.publish(
            manifest, waiting: { [progress] in progress(.waiting(holder: $0.holder, since: $0.since, until: $0.ends)) }
        ) { [repository, options, time] manifest, present in
            guard present != ancestry.seen else { return }
            // Another backup was published while this one read: it comes before.
            let now = try await Ancestry.find(manifest.clusterID, in: repository, options)
            manifest.lineage = Lineage(parent: now.parent, formerClusterIDs: now.formerClusterIDs)
            manifest.finished = max(time.now(), now.manifest?.finished ?? manifest.finished)
            // What shrank is told by the snapshots that are there now.
            let shrinkage = Shrinkage.all(sections, against: now.baselines)
            manifest.certificate = Certificate.of(observations, shrinkage, accepting: options.acceptedShrinkage)
            manifest.acceptedShrinkage = shrinkage.filter { options.acceptedShrinkage.contains($0.kind) }
        }
    }
}
