public import Repository
public import Resources
public import SnapshotModel

/// What differs between two snapshots, or between a snapshot and a live cluster.
public struct Comparison: Sendable {
    public struct KindChanges: Sendable {
        public var kind: KindName
        public var part: Part
        /// Sorted by id.
        public var changes: [Change]
    }

    /// Kinds with changes only.
    public var kinds: [KindChanges] = []
    /// What topics that both sides have inherit otherwise. No difference of theirs, but of their behaviour.
    public var inheritedDrift: [InheritedDrift] = []
    /// What keeps an empty comparison from meaning "equal": sections that stand on one side only, or were not read whole.
    public var caveats: [String] = []
    /// What no look at a side could tell, a sentence each: known limits, which an empty comparison says nothing about.
    public var blindSpots: [String] = []

    public var isEmpty: Bool { kinds.allSatisfy(\.changes.isEmpty) }

    private init() {}

    /// From `old` to `new`. Reads only the pages that differ.
    public static func between(
        _ old: SnapshotID, _ new: SnapshotID, in repository: Repository, selection: Selection = .everything, parts: [Part] = [.desired]
    ) async throws -> Comparison {
        let (before, after) = (try await repository.manifest(old), try await repository.manifest(new))
        var comparison = Comparison()
        let names = Set((before.sections + after.sections).map(\.kind)).sorted()
        for name in names {
            if let kind = Kinds.named(name), !selection.includes(kind) { continue }
            if Kinds.named(name) == nil, !selection.only.isEmpty { continue }
            for part in parts {
                guard let left = before.section(name, part), let right = after.section(name, part) else {
                    comparison.caveats.append("\(name.rawValue): only one of the two snapshots has this section")
                    continue
                }
                comparison.note(left, "the first snapshot")
                comparison.note(right, "the second snapshot")
                // What was not asked for, or not told, is not gone: there is nothing to compare with.
                guard left.state.outcome == .captured, right.state.outcome == .captured else { continue }
                var changes: [Change] = []
                for try await change in repository.difference(left.root, right.root)
                where Kinds.named(name).map({ selection.includes($0, change.id) }) ?? true { changes.append(change) }
                comparison.add(name, part, changes)
            }
        }
        if selection.includes(TopicsKind()) {
            comparison.inheritedDrift = try await drift(before, after, in: repository, selection)
        }
        return comparison
    }

    /// Evidence is read as far as it differs; what topics set themselves only where something is inherited otherwise.
    private static func drift(
        _ before: Manifest, _ after: Manifest, in repository: Repository, _ selection: Selection
    ) async throws -> [InheritedDrift] {
        guard let left = before.section(.topics, .evidence), let right = after.section(.topics, .evidence) else { return [] }
        var (old, new): ([Document], [Document]) = ([], [])
        for try await change in repository.difference(left.root, right.root) {
            guard case .changed(let from, let to) = change, from.body["inherited"] != to.body["inherited"],
                // What these set themselves is not in the desired part.
                to.body["internal"]?.bool != true,
                selection.includes(TopicsKind(), to.id)
            else { continue }
            old.append(from)
            new.append(to)
        }
        guard !old.isEmpty else { return [] }
        let topics = new.map(\.id)
        func own(_ manifest: Manifest) async throws -> [Document] {
            guard let section = manifest.section(.topics, .desired) else { return [] }
            let wanted = Set(topics)
            var documents: [Document] = []
            for try await document in repository.documents(section.root) where wanted.contains(document.id) { documents.append(document) }
            return documents
        }
        return Inheritance(evidence: old, desired: try await own(before)).drift(
            to: Inheritance(evidence: new, desired: try await own(after)), over: topics)
    }

    /// From the snapshot to what the cluster is now, the desired parts.
    public static func live(
        _ snapshot: SnapshotID, in repository: Repository, source: Source, selection: Selection = .everything,
        kinds: [any Kind] = Kinds.all, remapping: Remapping? = nil
    ) async throws -> Comparison {
        let manifest = try await repository.manifest(snapshot)
        let sweep = Sweep(source)
        var comparison = Comparison()
        if !manifest.selection.isEmpty, selection.isEverything {
            comparison.caveats.append(
                "the snapshot holds a selection only: \(manifest.selection); give the same to compare no more than that")
        }
        for kind in kinds where selection.includes(kind) {
            guard let section = manifest.section(kind.name, .desired) else {
                comparison.caveats.append("\(kind.name.rawValue): the snapshot has no such section")
                continue
            }
            var stored: [Document] = []
            for try await document in repository.documents(section.root) { stored.append(document) }
            stored = selection.filter(stored, of: kind)
            if let remapping { stored = kind.remap(stored, remapping).documents }
            let observation = try await kind.observe(sweep, naming: stored.map(\.id))
            if kind.name == .topics, let evidence = manifest.section(.topics, .evidence) {
                var old: [Document] = []
                for try await document in repository.documents(evidence.root) {
                    let name = document.id.parts.first.map { remapping?.topics($0) ?? $0 }
                    old.append(Document(id: name.map { ResourceID($0) } ?? document.id, body: document.body))
                }
                comparison.inheritedDrift = Inheritance(evidence: old, desired: stored).drift(
                    to: Inheritance(evidence: observation.evidence, desired: observation.desired), over: stored.map(\.id))
            }
            comparison.note(section, "the snapshot")
            comparison.note(observation.state.blindSpots, of: kind.name, "the cluster")
            if !observation.state.isComplete {
                comparison.caveats.append("\(kind.name.rawValue): the cluster was not read whole: \(observation.state.summary)")
            }
            guard section.state.outcome == .captured, observation.state.outcome == .captured else { continue }
            comparison.add(kind.name, .desired, Array(Changes(from: stored, to: selection.filter(observation.desired, of: kind))))
        }
        return comparison
    }

    private mutating func note(_ section: Section, _ which: String) {
        if !section.state.isComplete {
            caveats.append("\(section.kind.rawValue) (\(section.part.rawValue)): \(which) is incomplete: \(section.state.summary)")
        }
        note(section.state.blindSpots, of: section.kind, which)
    }

    private mutating func note(_ spots: [SectionState.UnreadPart], of kind: KindName, _ which: String) {
        for spot in spots { blindSpots.append("\(kind.rawValue): \(which) may lack \(spot.what): \(spot.why)") }
    }

    private mutating func add(_ kind: KindName, _ part: Part, _ changes: [Change]) {
        if !changes.isEmpty { kinds.append(KindChanges(kind: kind, part: part, changes: changes)) }
    }
}
