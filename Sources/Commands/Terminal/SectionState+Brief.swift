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
}
