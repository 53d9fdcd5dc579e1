import Bytes
import Repository
import Resources
import SnapshotModel

extension FaultVerdict {
    /// What moves by itself, or by what the scripts do: who leads, who is in sync, and who is up.
    private static let volatile: Set<ByteString> = ["leaders", "inSyncReplicas", "brokers"]

    /// Evidence is right, or its section says that something of it was not read.
    mutating func judgeEvidence(_ kind: KindName, _ manifest: Manifest, _ repository: Repository) async throws {
        guard let section = manifest.section(kind, .evidence), let desired = manifest.section(kind, .desired), let wanted = truth[kind]
        else {
            flaws.append("\(kind.rawValue): there is no section of evidence")
            return
        }
        // A topic of which something is unread is left out of both parts.
        let isTold = !section.state.isComplete || !desired.state.isStable
        var captured: [ResourceID: JSON] = [:]
        for try await document in repository.documents(section.root) { captured[document.id] = document.body }
        for document in wanted.evidence {
            guard let found = captured.removeValue(forKey: document.id) else {
                if !isTold { flaws.append("\(kind.rawValue): evidence of \(document.id) is lost without a word") }
                continue
            }
            for (name, value) in document.body.object ?? [:] where !Self.volatile.contains(name) {
                let seen = found[name] ?? .null
                guard seen != value else { continue }
                // A column's cell, or a whole member, may be unknown; nothing may be wrong.
                if !Self.isPart(seen, of: value) { flaws.append("\(kind.rawValue): evidence of \(document.id) is wrong: \(name) \(seen)") }
                if !isTold { flaws.append("\(kind.rawValue): \(name) of \(document.id) is unknown, and nothing says so") }
            }
        }
        for id in captured.keys { flaws.append("\(kind.rawValue): evidence of \(id), which does not exist") }
    }

    /// Whether all that is told is as it is.
    private static func isPart(_ seen: JSON, of value: JSON) -> Bool {
        if seen == .null { return true }
        guard let cells = seen.array, let all = value.array, cells.count == all.count else { return seen == value }
        return zip(cells, all).allSatisfy { $0 == .null || $0 == $1 }
    }
}
