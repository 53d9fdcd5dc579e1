public import Bytes
import Resources
public import SnapshotModel

/// A schema whose id could not be kept: what stood in records under the old id stands under another one now.
public struct SchemaIDChange: Sendable, Hashable {
    public var subject: ByteString
    public var version: ByteString
    public var from: Int64
    /// Nil where the target does not hold the version.
    public var to: Int64?

    public var json: JSON {
        .object([
            "subject": .text(subject), "version": .text(version), "from": .integer(from), "to": to.map { .integer($0) } ?? .null,
        ])
    }

    /// Looks up what became of the ids that the plan left to the target's registry.
    static func lookUp(_ plan: Plan, _ target: Source) async throws -> (open: Int, changes: [SchemaIDChange]) {
        let open = Set((plan.expected[.schemas] ?? []).filter { $0.body["schema"] != nil && $0.body["id"] == nil }.map(\.id))
        let steps = plan.steps.filter { $0.kind == .schemas && open.contains($0.id) }
        guard !steps.isEmpty else { return (0, []) }
        let observed = try await SchemasKind().observe(Sweep(target)).desired
        let ids = Dictionary(observed.map { ($0.id, $0.body["id"]?.int64) }, uniquingKeysWith: { first, _ in first })
        let changes: [SchemaIDChange] = steps.compactMap { step in
            guard step.id.parts.count == 3, let from = step.to?["id"]?.int64 else { return nil }
            let to = ids[step.id] ?? nil
            return from == to ? nil : SchemaIDChange(subject: step.id.parts[1], version: step.id.parts[2], from: from, to: to)
        }
        return (steps.count, changes)
    }
}
