import Bytes
import Cryptography
public import Seams

/// Signature version 4 of AWS: proves the knowledge of a secret key without sending it, for one request, service, region and day.
public struct SigV4: Sendable {
    public static let algorithm = "AWS4-HMAC-SHA256"

    private let keys: AWSKeys
    private let region: String
    private let service: String
    /// `20150830T123600Z`.
    private let stamp: String

    public init(keys: AWSKeys, region: String, service: String, moment: Timestamp) {
        self.keys = keys
        self.region = region
        self.service = service
        stamp = Self.stamp(moment)
    }

    /// ISO 8601 without separators and fractions.
    public static func stamp(_ moment: Timestamp) -> String {
        moment.description.prefix(19).replacing("-", with: "").replacing(":", with: "") + "Z"
    }

    private var day: String { String(stamp.prefix(8)) }
    private var scope: String { "\(day)/\(region)/\(service)/aws4_request" }

    /// The request's headers with the signature among them (`Authorization`, `X-Amz-Date`, for keys that expire `X-Amz-Security-Token`).
    public func headers(for request: SignableRequest) -> [(name: String, value: String)] {
        var signed = request
        signed.headers.append(("X-Amz-Date", stamp))
        if let token = keys.sessionToken { signed.headers.append(("X-Amz-Security-Token", token)) }
        let (canonical, names) = Self.canonical(signed)
        let authorization =
            "\(Self.algorithm) Credential=\(keys.accessKeyID)/\(scope), SignedHeaders=\(names), Signature=\(signature(of: canonical))"
        return signed.headers + [("Authorization", authorization)]
    }

    /// The query of a pre-signed URL, the signature last: whoever has the URL may send the request until it expires.
    /// `expires`: seconds from the signer's moment, 1 to 604,800.
    public func presignedQuery(for request: SignableRequest, expires: Int) -> [(name: String, value: String)] {
        var signed = request
        let (_, names) = Self.canonicalHeaders(request)
        signed.query += [
            ("X-Amz-Algorithm", Self.algorithm), ("X-Amz-Credential", "\(keys.accessKeyID)/\(scope)"), ("X-Amz-Date", stamp),
            ("X-Amz-Expires", String(expires)),
        ]
        if let token = keys.sessionToken { signed.query.append(("X-Amz-Security-Token", token)) }
        signed.query.append(("X-Amz-SignedHeaders", names))
        return signed.query + [("X-Amz-Signature", signature(of: Self.canonical(signed).text))]
    }

    private func signature(of canonical: String) -> String {
        func authenticate(_ text: String, _ key: [UInt8]) -> [UInt8] { HashFunction.sha256.authenticate(Array(text.utf8), key: key) }
        let toSign = "\(Self.algorithm)\n\(stamp)\n\(scope)\n\(HashFunction.sha256.digest(Array(canonical.utf8)).hex)"
        let dayKey = authenticate(day, Array("AWS4\(keys.secretAccessKey)".utf8))
        let key = authenticate("aws4_request", authenticate(service, authenticate(region, dayKey)))
        return authenticate(toSign, key).hex
    }

    private static func canonical(_ request: SignableRequest) -> (text: String, signedHeaders: String) {
        let (headers, names) = canonicalHeaders(request)
        let once = Percent.encode(request.path, keeping: "/")
        let path = request.encodesPathTwice ? Percent.encode(once, keeping: "/") : once
        let query = request.query.map { (ByteString(Percent.encode($0.name)), ByteString(Percent.encode($0.value))) }
            .sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
        return ("\(request.method)\n\(path)\n\(query)\n\(headers)\n\(names)\n\(request.payloadHash)", names)
    }

    /// Names in lower case and in order, values without runs of blanks; one line each.
    private static func canonicalHeaders(_ request: SignableRequest) -> (text: String, names: String) {
        var values: [String: [String]] = ["host": [request.host]]
        for header in request.headers {
            let value = header.value.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ")
            values[header.name.lowercased(), default: []].append(value)
        }
        let sorted = values.sorted { $0.key < $1.key }
        return (sorted.map { "\($0.key):\($0.value.joined(separator: ","))\n" }.joined(), sorted.map(\.key).joined(separator: ";"))
    }
}
