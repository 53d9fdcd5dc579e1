import SnapshotModel

extension SectionState {
    /// A few words for a table's cell; the reasons stand beneath it.
    var brief: String {
        var parts: [String] = []
        if outcome != .captured { parts.append(outcome.rawValue) }
        if !unread.isEmpty { parts.append("\(Units.count(unreadCount)) unread") }
        if limited != nil { parts.append("limited") }
        if !moved.isEmpty { parts.append("\(Units.count(movedCount)) moved") }
        return parts.isEmpty ? "captured" : parts.joined(separator: ", ")
    }

    /// A line for each cause why something of a kind's evidence was not read; none where all was. Nothing that can be put back is missing.
    func untold(_ kind: KindName) -> [String] {
        Dictionary(grouping: unread, by: \.why).sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map { why, parts in
            let which = parts[0].what + (parts.count > 1 ? " and \(parts.count - 1) more" : "")
            return "\(kind.rawValue): of what is only recorded, not read: \(which): \(why)"
        }
    }
}
