import Bytes
public import Seams

/// What an MSK broker wants to see: a pre-signed request for `kafka-cluster:Connect`, which it checks as if it had been sent.
/// The form of the first is that of AWS's Java library (mechanism AWS_MSK_IAM), of the second that of its signers for OAUTHBEARER.
public struct MSKToken: Sendable {
    /// Seconds that a signature is good for.
    public static let life = 900
    static let version = "2020_10_22"
    static let action = "kafka-cluster:Connect"

    public let keys: AWSKeys
    private let region: String
    private let moment: Timestamp
    private let userAgent: String

    public init(keys: AWSKeys, region: String, moment: Timestamp, userAgent: String) {
        self.keys = keys
        self.region = region
        self.moment = moment
        self.userAgent = userAgent
    }

    private func signed(_ host: String) -> [(name: String, value: String)] {
        SigV4(keys: keys, region: region, service: "kafka-cluster", moment: moment)
            .presignedQuery(for: SignableRequest(host: host, query: [("Action", Self.action)]), expires: Self.life)
    }

    /// The JSON object that is AWS_MSK_IAM's only message, for a broker of this host name.
    public func json(host: String) -> [UInt8] {
        var fields = [("version", Self.version), ("host", host), ("user-agent", userAgent)]
        for (name, value) in signed(host) { fields.append((name.lowercased(), value)) }
        let members = fields.map { "\(Self.quoted($0.0)):\(Self.quoted($0.1))" }
        return Array("{\(members.joined(separator: ","))}".utf8)
    }

    /// The bearer token, for every broker of the region.
    public func bearer() -> String {
        let host = "kafka.\(region).amazonaws.com"
        let query = Percent.form(signed(host) + [("User-Agent", userAgent)])
        return Base64URL.encode(Array("https://\(host)/?\(query)".utf8))
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(String(String.UnicodeScalarView(escaped.unicodeScalars.filter { $0.value >= 0x20 })))\""
    }
}
