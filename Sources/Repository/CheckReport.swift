public import SnapshotModel
public import Storage

/// What a check of a repository found.
public struct CheckReport: Sendable {
    public enum Severity: String, Sendable, CaseIterable {
        /// Worth knowing; nothing is wrong.
        case note
        /// Something is not as it should be, yet no snapshot lost anything.
        case warning
        /// A snapshot lost something.
        case error
    }

    public struct Finding: Sendable, Hashable {
        public let severity: Severity
        /// One word: `missing`, `truncated`, `altered`, `misplaced`, `malformed`, `extra`, `leftover`, `foreign`, `clock`, `parent`.
        public let sort: String
        public let path: StoragePath
        public let message: String
        public let hint: String
        /// The snapshots that it concerns, oldest first.
        public var snapshots: [SnapshotID]
    }

    public var findings: [Finding] = []
    /// Snapshots of which everything that was looked at is right, newest first.
    public var whole: [SnapshotID] = []
    /// Snapshots that lost something, newest first.
    public var damaged: [SnapshotID] = []
    /// Objects that snapshots name, and their stored bytes.
    public var objects = 0
    public var bytes = 0
    /// Whether every object was read, or only looked for (page lists are always read).
    public var didReadData: Bool

    public func findings(_ severity: Severity) -> [Finding] { findings.filter { $0.severity == severity } }

    /// Whether no snapshot lost anything.
    public var isSound: Bool { findings(.error).isEmpty }
}
