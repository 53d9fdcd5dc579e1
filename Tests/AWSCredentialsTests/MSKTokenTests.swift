import Bytes
import Foundation
import Testing

@testable import AWSCredentials

@Suite struct MSKTokenTests {
    private func fields(_ keys: AWSKeys) throws -> [String: String] {
        let token = MSKToken(keys: keys, region: "us-east-1", moment: SigV4Tests.moment, userAgent: "me \"x\\")
        return try JSONDecoder().decode([String: String].self, from: Data(token.json(host: "b-1.x.kafka.us-east-1.amazonaws.com")))
    }

    @Test func theMessageHasTheFieldsOfAWSsJavaLibrary() throws {
        let all = try fields(SigV4Tests.keys)
        #expect(
            all.filter { $0.key != "x-amz-signature" } == [
                "version": "2020_10_22", "host": "b-1.x.kafka.us-east-1.amazonaws.com", "user-agent": "me \"x\\",
                "action": "kafka-cluster:Connect", "x-amz-algorithm": "AWS4-HMAC-SHA256",
                "x-amz-credential": "AKIDEXAMPLE/20150830/us-east-1/kafka-cluster/aws4_request", "x-amz-date": "20150830T123600Z",
                "x-amz-signedheaders": "host", "x-amz-expires": "900",
            ])
        #expect(all["x-amz-signature"]?.utf8.count == 64)
    }

    @Test func keysThatExpireBringTheirToken() throws {
        var keys = SigV4Tests.keys
        keys.sessionToken = "a/b+c=="
        #expect(try fields(keys)["x-amz-security-token"] == "a/b+c==")
    }

    @Test(arguments: [
        ("b-1.name.xyz.c2.kafka.eu-west-1.amazonaws.com", "eu-west-1"),
        ("boot-abc.c1.kafka-serverless.us-east-1.amazonaws.com", "us-east-1"),
        ("B-2.Name.xyz.c3.Kafka.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("b-1-public.name.xyz.c2.kafka.eu-west-1.amazonaws.com", "eu-west-1"), ("kafka.example.com", nil), ("localhost", nil),
        ("kafka.eu-west-1", nil), ("", nil),
    ])
    func theRegionIsReadFromABrokersName(host: String, region: String?) { #expect(AWSRegion.ofBroker(host) == region) }
}
