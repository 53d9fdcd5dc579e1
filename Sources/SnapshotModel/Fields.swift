import Bytes
import Seams

/// Takes an object apart member by member; what nobody asked for is left over, to be carried or refused.
struct Fields {
    private let owner: String
    private(set) var rest: [ByteString: JSON]

    init(_ json: JSON, of owner: String) throws(ManifestError) {
        self.owner = owner
        guard let members = json.object else {
            throw ManifestError(message: "\(owner) is not a JSON object", hint: "Compare the file with docs/repository-format.md.")
        }
        rest = members
    }

    func malformed(_ key: ByteString, _ reason: String) -> ManifestError {
        ManifestError(
            message: "\(owner) has a malformed \"\(key)\": \(reason)",
            hint: "A newer tidemark may have written it, or it is damaged: try the newest release, then `tidemark check`.")
    }

    mutating func optional(_ key: ByteString) -> JSON? {
        guard let value = rest.removeValue(forKey: key), value != .null else { return nil }
        return value
    }

    mutating func value(_ key: ByteString) throws(ManifestError) -> JSON {
        guard let value = rest.removeValue(forKey: key) else { throw malformed(key, "it is missing") }
        return value
    }

    mutating func bytes(_ key: ByteString) throws(ManifestError) -> ByteString {
        guard let text = try value(key).text else { throw malformed(key, "not a text") }
        return text
    }

    mutating func text(_ key: ByteString) throws(ManifestError) -> String { try utf8(key, try value(key)) }

    mutating func optionalText(_ key: ByteString) throws(ManifestError) -> String? {
        guard let value = optional(key) else { return nil }
        return try utf8(key, value)
    }

    private func utf8(_ key: ByteString, _ value: JSON) throws(ManifestError) -> String {
        guard let text = value.text?.validText else { throw malformed(key, "not a text") }
        return text
    }

    mutating func count(_ key: ByteString) throws(ManifestError) -> Int {
        guard let number = try value(key).int64, number >= 0 else { throw malformed(key, "not a count") }
        return Int(number)
    }

    mutating func optionalCount(_ key: ByteString) throws(ManifestError) -> Int? {
        guard let value = optional(key) else { return nil }
        guard let number = value.int64, number >= 0 else { throw malformed(key, "not a count") }
        return Int(number)
    }

    mutating func timestamp(_ key: ByteString) throws(ManifestError) -> Timestamp {
        guard let moment = Timestamp(try text(key)) else { throw malformed(key, "not a moment in RFC 3339") }
        return moment
    }

    mutating func id(_ key: ByteString) throws(ManifestError) -> ResourceID {
        guard let id = ResourceID(json: try value(key)) else { throw malformed(key, "not a list of one or more texts") }
        return id
    }

    /// An array, empty where the key is not there.
    mutating func list(_ key: ByteString) throws(ManifestError) -> [JSON] {
        guard let value = optional(key) else { return [] }
        guard let items = value.array else { throw malformed(key, "not a list") }
        return items
    }

    mutating func texts(_ key: ByteString) throws(ManifestError) -> [String] {
        var texts: [String] = []
        for item in try list(key) { texts.append(try utf8(key, item)) }
        return texts
    }

    func refuseRest() throws(ManifestError) {
        if let key = rest.keys.min() { throw malformed(key, "this version does not know it") }
    }
}
