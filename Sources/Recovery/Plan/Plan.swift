public import Bytes
import Cryptography
public import Resources
public import SnapshotModel

/// The exact changes that would make a target equal to a snapshot: for a person to read and approve, and to be applied as it is.
public struct Plan: Sendable {
    public var snapshot: SnapshotID
    public var snapshotClusterID: ByteString
    public var targetClusterID: ByteString
    public var registry = TargetRegistry()
    /// SHA-256 over what the target held when the plan was made; applying refuses where it holds something else.
    public var fingerprint: [UInt8]
    public var options: RestoreOptions
    public var steps: [Step]
    public var conflicts: [Conflict]
    public var notes: [Note]
    public var positions: [PositionChange]
    /// What validating must find, by kind.
    public var expected: [KindName: [Document]]
    /// What the snapshot does not hold or this version cannot put back, of the kinds that were asked for.
    public var losses: [Loss]
    /// Nil where the snapshot is not suspect.
    public var suspicion: Suspicion?
    /// The broker ids of the snapshot and their counterparts.
    public var brokers: [Int32: Int32]
    /// What the brokers of the target say this user may not do, step by step.
    public var missingRights: [MissingRight] = []
    /// Who this user is to the target's brokers; nil where only they know.
    public var principal: ByteString?
    /// Where the target was reached, `host:port`.
    public var bootstrap = ""
    /// What topics inherit otherwise on the target than they did on the source.
    public var inheritedDrift: [InheritedDrift] = []
    /// What the plan's topics inherited on the source.
    var inheritance: Inheritance?

    /// The plan's name: SHA-256 of what it would do, hexadecimal. Two plans with one id do the same.
    public var id: String { HashFunction.sha256.digest(substance.canonicalBytes).hex }
    public var shortID: String { String(id.prefix(12)) }

    public var isEmpty: Bool { steps.isEmpty }

    /// The substance of the plan, without what is only told to people.
    private var substance: JSON {
        var fields: [ByteString: JSON] = [
            "snapshot": .text(snapshot.description), "target": .text(targetClusterID), "fingerprint": .text(fingerprint.hex),
            "steps": .array(steps.map(\.json)),
            "expected": .object(
                Dictionary(
                    uniqueKeysWithValues: expected.map { kind, documents in
                        (ByteString(kind.rawValue), JSON.array(documents.map { .object(["id": $0.id.json, "body": $0.body]) }))
                    })),
            "stages": .array(Stage.allCases.filter { options.stages.contains($0) }.map { .text($0.rawValue) }),
            "registries": .array(registry.urls.map { .text($0) }),
            "conflicts": .array(
                conflicts.map {
                    .object([
                        "kind": .text($0.kind.rawValue), "id": $0.id?.json ?? .null, "why": .text($0.why), "hint": .text($0.hint),
                    ])
                }),
        ]
        if let identity = registry.identity { fields["registryId"] = identity.json }
        return .object(fields)
    }

    /// The artifact that is stored and that `--json` prints.
    public var json: JSON {
        var fields = substance.object ?? [:]
        fields["schema"] = "tidemark.plan/1"
        fields["id"] = .text(id)
        fields["sourceCluster"] = .text(snapshotClusterID)
        fields["notes"] = .array(
            notes.map { .object(["kind": .text($0.kind.rawValue), "id": $0.id?.json ?? .null, "text": .text($0.text)]) })
        fields["suspicion"] = suspicion?.json ?? .null
        fields["losses"] = .array(losses.map(\.json))
        fields["principal"] = principal.map { .text($0) } ?? .null
        fields["missingRights"] = .array(lackedRights.map(\.json))
        fields["inheritedDrift"] = .array(inheritedDrift.map(\.json))
        fields["positions"] = .array(positions.map(\.json))
        fields["brokers"] = .object(
            Dictionary(uniqueKeysWithValues: brokers.map { (ByteString("\($0.key)"), JSON.integer(Int64($0.value))) }))
        return .object(fields)
    }
}

extension Loss {
    public var json: JSON {
        .object(["kind": .text(kind.rawValue), "id": id?.json ?? .null, "why": .text(why)])
    }
}

extension Step {
    public var json: JSON {
        .object([
            "kind": .text(kind.rawValue), "stage": .text(stage.rawValue), "id": id.json, "action": .text(action), "from": from ?? .null,
            "to": to ?? .null, "reversibility": .text(reversibility.rawValue),
        ])
    }
}

extension PositionChange {
    public var json: JSON {
        var fields: [ByteString: JSON] = [
            "group": .text(group), "topic": .text(topic), "partition": .integer(Int64(partition)),
            "offset": offset.map { JSON.count64($0) } ?? .null,
        ]
        switch effect {
        case .exact: fields["effect"] = "exact"
        case .outside: fields["effect"] = "outside"
        case .clamped(let from): (fields["effect"], fields["from"]) = ("clamped", JSON.count64(from))
        case .rewinds(let count): (fields["effect"], fields["records"]) = ("rewinds", JSON.count64(count))
        case .skips(let count): (fields["effect"], fields["records"]) = ("skips", JSON.count64(count))
        case .refused(let why): (fields["effect"], fields["why"]) = ("refused", .text(why))
        }
        return .object(fields)
    }
}
