public import Bytes

/// How much a snapshot may be trusted, in one word and its reasons.
public struct Certificate: Hashable, Sendable {
    public enum Grade: String, Sendable, CaseIterable {
        /// Everything was read, and nothing moved while it was.
        case stable
        /// Everything was read; some resources changed while it was, as on any live cluster.
        case moved
        /// Something was unread, hidden or unsupported; the sections say what.
        case partial
        /// A section is implausibly smaller than in the last snapshot: look before you rely on it.
        case suspect
    }

    public var grade: Grade
    /// A sentence each; empty for `stable`.
    public var reasons: [String]
    /// Members that this version does not know, kept as they are.
    public var extra: [ByteString: JSON]

    public init(grade: Grade, reasons: [String] = [], extra: [ByteString: JSON] = [:]) {
        self.grade = grade
        self.reasons = reasons
        self.extra = extra
    }

    public var json: JSON {
        .object(extra.merging(["grade": .text(grade.rawValue), "reasons": .array(reasons.map { .text($0) })]) { $1 })
    }

    public init(json: JSON) throws(ManifestError) {
        var fields = try Fields(json, of: "the certificate")
        guard let grade = Grade(rawValue: try fields.text("grade")) else { throw fields.malformed("grade", "an unknown grade") }
        self.init(grade: grade, reasons: try fields.texts("reasons"))
        extra = fields.rest
    }
}
