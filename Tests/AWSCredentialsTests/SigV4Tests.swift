import Bytes
import Cryptography
import Seams
import Testing

@testable import AWSCredentials

/// AWS's published test suite of signature version 4: one key, one moment, one region, a service called `service`.
@Suite struct SigV4Tests {
    static let keys = AWSKeys(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    static let moment = Timestamp("2015-08-30T12:36:00Z") ?? Timestamp(milliseconds: 0)

    private func authorization(_ request: SignableRequest) -> String {
        SigV4(keys: Self.keys, region: "us-east-1", service: "service", moment: Self.moment).headers(for: request)
            .last { $0.name == "Authorization" }?.value ?? ""
    }

    @Test(arguments: [
        ("get-vanilla", SignableRequest(host: "example.amazonaws.com"), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        (
            "post-vanilla", SignableRequest(method: "POST", host: "example.amazonaws.com"),
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
        ),
        (
            "get-vanilla-query-order-key-case",
            SignableRequest(host: "example.amazonaws.com", query: [("Param2", "value2"), ("Param1", "value1")]),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
        ),
    ])
    func theSignaturesOfAWSsTestSuiteAreReproduced(name: String, request: SignableRequest, signature: String) {
        #expect(
            authorization(request) == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                + "SignedHeaders=host;x-amz-date, Signature=\(signature)", "\(name)")
    }

    @Test func aStampHasNoSeparators() { #expect(SigV4.stamp(Self.moment) == "20150830T123600Z") }

    @Test func everyPartOfARequestChangesItsSignature() {
        let plain = SignableRequest(method: "PUT", host: "h", path: "/a", query: [("q", "1")], headers: [("x-amz-meta", "v")])
        var signatures: Set<String> = [authorization(plain)]
        let changes: [(inout SignableRequest) -> Void] = [
            { $0.method = "GET" }, { $0.host = "i" }, { $0.path = "/b" }, { $0.query = [("q", "2")] },
            { $0.headers = [("x-amz-meta", "w")] },
            { $0.payloadHash = HashFunction.sha256.digest([1]).hex },
            {
                $0.path = "/ä é"; $0.encodesPathTwice = false
            },
            { $0.path = "/ä é" },
        ]
        for change in changes {
            var request = plain
            change(&request)
            #expect(signatures.insert(authorization(request)).inserted)
        }
    }

    @Test func keysShowTheirIDAndNeverTheSecret() {
        let keys = AWSKeys(accessKeyID: "AKID", secretAccessKey: "hunter2", sessionToken: "hunter3")
        var dumped = ""
        dump(keys, to: &dumped)
        for text in ["\(keys)", String(reflecting: keys), dumped] { #expect(text.contains("AKID") && !text.contains("hunter")) }
    }
}
