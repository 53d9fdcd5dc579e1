import AWSCredentials
import Bytes
import Cryptography
import FoundationEssentials
import Seams

/// AWS_MSK_IAM's server side: a request that was signed and not sent, checked as AWS would check it.
enum SignatureCheck {
    /// How far a clock may be ahead.
    private static let skew: Duration = .seconds(300)

    static func user(
        _ message: [UInt8], _ known: [String: SimulatedAWSKey], host: ByteString, now: Timestamp
    ) throws(SaslExchange.Failure) -> ByteString {
        let refusal = SaslExchange.Failure(message: "Access denied")
        guard let fields = try? JSONDecoder().decode([String: String].self, from: Data(message)), fields["version"] == "2020_10_22",
            fields["action"] == "kafka-cluster:Connect", fields["x-amz-algorithm"] == SigV4.algorithm,
            fields["x-amz-signedheaders"] == "host", let named = fields["host"], ByteString(named) == host, fields["user-agent"] != nil,
            let credential = fields["x-amz-credential"]?.split(separator: "/"), credential.count == 5,
            credential[3] == "kafka-cluster", credential[4] == "aws4_request", let stamp = fields["x-amz-date"],
            let moment = moment(stamp), let expires = fields["x-amz-expires"].flatMap({ Int($0) }), (1...900).contains(expires),
            let signature = fields["x-amz-signature"], let key = known[String(credential[0])],
            fields["x-amz-security-token"] == key.sessionToken
        else { throw refusal }
        guard moment <= now.advanced(by: skew), now <= moment.advanced(by: .seconds(expires)) else { throw refusal }
        let keys = AWSKeys(accessKeyID: key.accessKeyID, secretAccessKey: key.secretAccessKey, sessionToken: key.sessionToken)
        let signer = SigV4(keys: keys, region: String(credential[2]), service: "kafka-cluster", moment: moment)
        let wanted = signer.presignedQuery(
            for: SignableRequest(host: named, query: [("Action", "kafka-cluster:Connect")]), expires: expires)
        guard let right = wanted.last?.value, equalInConstantTime(Array(right.utf8), Array(signature.utf8)) else { throw refusal }
        return ByteString(key.user)
    }

    /// Reads `20150830T123600Z`.
    private static func moment(_ stamp: String) -> Timestamp? {
        guard stamp.utf8.count == 16, stamp.hasSuffix("Z") else { return nil }
        let digits = Array(stamp)
        func part(_ range: Range<Int>) -> String { String(digits[range]) }
        return Timestamp("\(part(0..<4))-\(part(4..<6))-\(part(6..<8))\(part(8..<11)):\(part(11..<13)):\(part(13..<15))Z")
    }
}
