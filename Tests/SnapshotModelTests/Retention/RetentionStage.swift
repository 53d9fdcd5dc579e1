import Bytes
import Foundation
import Seams

@testable import SnapshotModel

/// Snapshots by short names, for tables.
struct RetentionStage {
    var snapshots: [RetentionCandidate] = []
    var now = Timestamp("2026-11-26T12:00Z")!
    private(set) var names: [SnapshotID: String] = [:]

    static func id(_ name: String) -> SnapshotID {
        var bytes = Array(name.utf8.prefix(32))
        bytes += Array(repeating: 0, count: 32 - bytes.count)
        return SnapshotID(bytes: bytes)!
    }

    /// A complete snapshot of everything with 100 topics unless said otherwise.
    mutating func add(
        _ name: String, _ finished: String, parent: String? = nil, cluster: ByteString = "c", former: [ByteString] = [],
        tags: [String] = [], pinned: Bool = false, grade: Certificate.Grade = .stable, selection: String = "", topics: Int? = 100,
        isWhole: Bool? = nil, provisional: Bool = false, read: Bool = false, confirmed: String? = nil
    ) {
        let isWhole = isWhole ?? (grade != .partial)
        snapshots.append(
            RetentionCandidate(
                id: Self.id(name), finished: Timestamp(finished)!, parent: parent.map(Self.id), clusterIDs: [cluster] + former, tags: tags,
                isPinned: pinned, grade: grade, selection: selection, sections: topics.map { ["topics": $0] } ?? [:],
                completeSections: isWhole && topics != nil ? ["topics"] : [], isProvisional: provisional, isRead: read,
                confirmed: confirmed.map { Timestamp($0)! }))
        names[Self.id(name)] = name
    }

    /// The names of those that stay, in alphabetical order.
    func kept(
        _ rules: RetentionRules, tags: [String] = [], cluster: ByteString? = nil, zone: String? = nil
    ) -> [String] {
        kept(verdicts(rules, tags: tags, cluster: cluster, zone: zone))
    }

    func kept(_ verdicts: [SnapshotID: RetentionVerdict]) -> [String] {
        verdicts.filter(\.value.isKept).compactMap { names[$0.key] }.sorted()
    }

    func verdicts(
        _ rules: RetentionRules, tags: [String] = [], cluster: ByteString? = nil, zone: String? = nil
    ) -> [SnapshotID: RetentionVerdict] {
        var decision = RetentionDecision(rules: rules, now: now)
        if let zone = zone.map({ TimeZone(identifier: $0)! }) {
            decision.offset = { .seconds(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0.milliseconds) / 1000))) }
        }
        decision.tags = tags
        decision.clusterID = cluster
        return decision.decide(snapshots)
    }

    func why(_ name: String, _ rules: RetentionRules) -> [String] {
        verdicts(rules)[Self.id(name)]?.reasons.map(\.description) ?? ["no verdict"]
    }

    func named(_ names: String...) -> [SnapshotID: RetentionVerdict] {
        RetentionDecision.decide(named: Set(names.map(Self.id)), snapshots, now: now)
    }
}
