import Bytes

/// One call, before it is known which of the registry's servers will get it.
struct RegistryCall {
    let method: String
    /// Percent-encoded, with a leading slash.
    let path: String
    private let query: [(name: String, value: ByteString)]
    let body: [UInt8]?
    /// Whether it changes nothing, so that repeating it can do no harm.
    let isRead: Bool

    /// `path` are segments; whatever a segment holds stays one segment. `isQuestion` marks a POST that only asks.
    init(
        _ method: String, _ path: [ByteString], query: [(name: String, value: ByteString)] = [], body: RegistryJSON? = nil,
        isQuestion: Bool = false
    ) {
        self.method = method
        isRead = method == "GET" || isQuestion
        self.path = "/" + path.map(Self.encode).joined(separator: "/")
        self.query = query
        self.body = body?.canonical.bytes
    }

    /// Path and query.
    var target: String {
        guard !query.isEmpty else { return path }
        return path + "?" + query.map { "\($0.name)=\(Self.encode($0.value))" }.joined(separator: "&")
    }

    /// Percent-encoding of everything but RFC 3986's unreserved characters.
    private static func encode(_ segment: ByteString) -> String {
        var text: [UInt8] = []
        for byte in segment.bytes {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                text.append(byte)
            default:
                text.append(UInt8(ascii: "%"))
                text += [byte].hex.uppercased().utf8
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The header fields of every call.
    static func headers(_ credentials: RegistryCredentials, hasBody: Bool) -> [(name: String, value: String)] {
        var headers = [
            (name: "Accept", value: "application/vnd.schemaregistry.v1+json, application/json"), (name: "User-Agent", value: "tidemark"),
        ]
        if hasBody { headers.append((name: "Content-Type", value: "application/vnd.schemaregistry.v1+json")) }
        if let authorization = credentials.header { headers.append((name: "Authorization", value: authorization)) }
        return headers
    }

    /// Reads the answer's JSON. Throws kind `invalidAnswer`.
    func read<Value: RegistryReadable>(
        _ type: Value.Type, from answer: HTTPAnswer, url: String, _ redaction: Redaction
    ) throws(RegistryError) -> Value {
        let json: RegistryJSON
        do throws(RegistryJSON.Malformed) {
            json = try RegistryJSON.parse(answer.body)
        } catch {
            throw invalid(
                answer, url: url, reason: Self.words(error, answer.body, redaction),
                hint: error.isBeyondLimits ? RegistryError.beyondLimits : nil)
        }
        do throws(Mismatch) {
            return try Value(json)
        } catch {
            throw invalid(answer, url: url, reason: redaction.words(error.reason, upTo: Self.longestReason))
        }
    }

    func invalid(_ answer: HTTPAnswer, url: String, reason: String, hint: String? = nil) -> RegistryError {
        RegistryError(
            .invalidAnswer, method: method, url: url + path, status: answer.status, reason: reason, isOutcomeUnknown: !isRead, hint: hint)
    }

    /// The error that an answer of another status than 2xx means.
    func refusal(_ answer: HTTPAnswer, url: String, _ redaction: Redaction) -> RegistryError {
        // A refusal is a code and a sentence.
        let json = try? RegistryJSON.parse(answer.body, values: 1_024)
        let code: Int64? = json.flatMap { try? $0.readIfPresent("error_code") }
        let message: String? = json.flatMap { try? $0.readIfPresent("message") } ?? json.flatMap { try? String($0) }
        let kind: RegistryError.Kind
        switch answer.status {
        case 401: kind = .authentication
        case 403: kind = .forbidden
        // A registry that knows the call says with five digits what it does not find.
        case 404: kind = code.map { $0 >= 40400 } ?? false ? .notFound : .unsupported
        case 405, 501: kind = .unsupported
        case 409: kind = .conflict
        case 400, 422: kind = .refused
        case 429, 500...: kind = .server
        default: kind = .invalidAnswer
        }
        return RegistryError(
            kind, method: method, url: url + path, status: answer.status, code: code.map { Int(clamping: $0) },
            reason: message.map { redaction.words($0, upTo: Self.longestReason) } ?? "no reason given",
            isOutcomeUnknown: !isRead && answer.status >= 500 && answer.status != 501 && answer.status != 503)
    }

    private static func words(_ error: RegistryJSON.Malformed, _ body: [UInt8], _ redaction: Redaction) -> String {
        guard let first = body.first(where: { $0 > 0x20 }) else { return "the answer is empty" }
        guard !error.isBeyondLimits else { return "the answer holds \(error.reason)" }
        guard first != UInt8(ascii: "<") else { return "the answer is HTML or XML where JSON was due" }
        return redaction.words("the answer is not JSON: \(error.reason)", upTo: longestReason)
    }

    /// Characters of what a registry says.
    private static let longestReason = 500
}
