public import SnapshotModel

extension SectionState {
    /// One line for people: `captured`, `unsupported: …`, `2 parts unread: broker 3: …`.
    public var summary: String {
        var parts: [String] = []
        if outcome != .captured { parts.append(reason.map { "\(outcome.rawValue): \($0)" } ?? outcome.rawValue) }
        if let first = unread.first {
            parts.append("\(unreadCount) unread (\(first.what): \(first.why)\(unreadCount > 1 ? "; …" : ""))")
        }
        if let limited { parts.append("limited: \(limited)") }
        if !moved.isEmpty { parts.append("\(movedCount) moved meanwhile") }
        return parts.isEmpty ? "captured" : parts.joined(separator: "; ")
    }
}

extension Manifest {
    /// What no look at the cluster could tell, a sentence each: `schemas may lack …: …`.
    public var blindSpots: [String] {
        sections.flatMap { section in section.state.blindSpots.map { "\(section.kind.rawValue) may lack \($0.what): \($0.why)" } }
    }
}
