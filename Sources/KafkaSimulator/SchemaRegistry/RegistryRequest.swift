import Bytes
import Seams

/// One call as it came over HTTP.
struct RegistryRequest {
    /// `GET`, `POST`, `PUT`, `DELETE` …
    var method: String
    /// The path's segments, each decoded by itself: a subject may hold a slash.
    var path: [ByteString]
    var query: [String: ByteString]
    var body: [UInt8]
    /// When it came.
    var moment: Timestamp
    /// The registry's own limit of a list of subjects or schemas: what is beyond is left out without a word.
    var longestPage = Int.max

    /// Takes a request target as it stands in the request line: `/subjects/a%2Fb/versions?deleted=true`.
    init(method: String, target: String, body: [UInt8] = [], at moment: Timestamp) {
        self.method = method
        self.moment = moment
        self.body = body
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = (halves.first ?? "").split(separator: "/").map { ByteString(bytes: Self.decode($0, plusIsSpace: false)) }
        query = [:]
        for pair in halves.dropFirst().first?.split(separator: "&") ?? [] {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(decoding: Self.decode(sides[0], plusIsSpace: true), as: UTF8.self)
            query[name] = ByteString(bytes: sides.count > 1 ? Self.decode(sides[1], plusIsSpace: true) : [])
        }
    }

    /// Whether a query parameter says true.
    func flag(_ name: String) -> Bool { query[name].map { $0.description.lowercased() == "true" } ?? false }

    func number(_ name: String, default fallback: Int) -> Int { query[name].flatMap { Int($0.description) } ?? fallback }

    /// The body as a JSON object. Throws 400 where it is not one.
    func object() throws(RegistryFailure) -> OrderedJSON {
        do {
            let document = try OrderedJSON(parsing: body)
            guard document.asMembers != nil else { throw RegistryFailure(status: 400, code: 400, message: "Unable to process JSON") }
            return document
        } catch let failure as RegistryFailure {
            throw failure
        } catch {
            throw RegistryFailure(status: 400, code: 400, message: "Unable to process JSON")
        }
    }

    /// Percent-decoding (RFC 3986 section 2.1); what is not two hexadecimal digits behind a percent sign stays.
    private static func decode(_ text: Substring, plusIsSpace: Bool) -> [UInt8] {
        var decoded: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = [UInt8](hex: String(decoding: rest.prefix(2), as: UTF8.self)), value.count == 1 {
                decoded += value
                rest = rest.dropFirst(2)
            } else {
                decoded.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return decoded
    }
}

/// What is sent back.
struct RegistryAnswer: Equatable {
    var status = 200
    /// JSON, or a schema's bare text.
    var body: ByteString

    init(_ json: OrderedJSON) { body = json.compact() }
    init(text: ByteString) { body = text }

    init(_ failure: RegistryFailure) {
        status = failure.status
        body = failure.body.compact()
    }
}

/// A refusal.
struct RegistryFailure: Error, Equatable {
    var status: Int
    var body: OrderedJSON

    init(status: Int, body: OrderedJSON) {
        self.status = status
        self.body = body
    }

    /// `code` is the registry's own: the status, or the status followed by two digits.
    init(status: Int, code: Int, message: String) {
        self.init(status: status, body: ["error_code": .integer(code), "message": .text(ByteString(message))])
    }

    /// With a code of five digits, of which the first three are the status.
    init(_ code: Int, _ message: String) { self.init(status: code / 100, code: code, message: message) }

    static func subjectNotFound(_ subject: ByteString) -> RegistryFailure { RegistryFailure(40401, "Subject '\(subject)' not found.") }
    static func versionNotFound(_ version: Int) -> RegistryFailure { RegistryFailure(40402, "Version \(version) not found.") }
    static func subjectSoftDeleted(_ subject: ByteString) -> RegistryFailure {
        RegistryFailure(40404, "Subject '\(subject)' was soft deleted.Set permanent=true to delete permanently")
    }
    static func subjectNotSoftDeleted(_ subject: ByteString) -> RegistryFailure {
        RegistryFailure(40405, "Subject '\(subject)' was not deleted first before being permanently deleted")
    }
    /// `version` as the path names it.
    static func versionNotSoftDeleted(_ subject: ByteString, _ version: ByteString) -> RegistryFailure {
        RegistryFailure(40407, "Subject '\(subject)' Version \(version) was not deleted first before being permanently deleted")
    }
    static func levelNotConfigured(_ subject: ByteString) -> RegistryFailure {
        RegistryFailure(40408, "Subject '\(subject)' does not have subject-level compatibility configured")
    }
    static func invalidVersion(_ version: ByteString) -> RegistryFailure {
        RegistryFailure(
            42202,
            "The specified version '\(version)' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\""
        )
    }
    static func referenceExists(_ subject: ByteString, _ version: Int) -> RegistryFailure {
        RegistryFailure(
            42206, "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=\(subject),version=\(version)}.")
    }
}

/// A version as a path names it.
enum VersionName: Equatable {
    case latest
    case number(Int)

    /// `latest`, `-1` or a number from 1.
    init(_ text: ByteString) throws(RegistryFailure) {
        switch text {
        case "latest", "-1": self = .latest
        default:
            guard let number = Int32(text.description), number > 0 else { throw .invalidVersion(text) }
            self = .number(Int(number))
        }
    }
}
