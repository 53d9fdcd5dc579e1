import Bytes
import Cryptography
import Foundation
import Seams
import Subprocess
import Testing

@testable import AWSCredentials

/// AWS's own signer for Python, and MSK's, must come to the same signatures.
@Suite struct SignaturePeerTests {
    private struct Asked: Encodable {
        var stamp: String
        var id: String
        var secret: String
        var token: String
        var mskRegion: String
        var requests: [Request]
    }

    private struct Request: Encodable {
        var name: String
        var method: String
        var host: String
        var path = "/"
        var query: [[String]] = []
        var headers: [[String]] = []
        var body = ""
        var region = "eu-central-1"
        var service = "sts"
        var presigned = false

        var signable: SignableRequest {
            SignableRequest(
                method: method, host: host, path: path, query: query.map { ($0[0], $0[1]) }, headers: headers.map { ($0[0], $0[1]) },
                payloadHash: HashFunction.sha256.digest(Array(body.utf8)).hex)
        }
    }

    private static let requests = [
        Request(name: "plain", method: "GET", host: "sts.eu-central-1.amazonaws.com"),
        Request(
            name: "query", method: "GET", host: "example.amazonaws.com", query: [["b", "2 +/ä"], ["a", "~x"], ["A", "!"]],
            service: "service"),
        Request(
            name: "body", method: "POST", host: "sts.eu-central-1.amazonaws.com",
            headers: [["Content-Type", "application/x-www-form-urlencoded"]],
            body: "Action=AssumeRole&Version=2011-06-15"),
        Request(
            name: "msk", method: "GET", host: "b-1.demo.xyz.c2.kafka.eu-central-1.amazonaws.com",
            query: [["Action", "kafka-cluster:Connect"]], service: "kafka-cluster", presigned: true),
    ]

    private func answers(token: String?, _ moment: Timestamp) async throws -> [String: String] {
        let python = try #require(
            Self.interpreter, "no Python with botocore was found. hint: run `make peers`, or set TIDEMARK_PEERS_PYTHON.")
        let asked = Asked(
            stamp: SigV4.stamp(moment), id: "AKIDEXAMPLE", secret: "s/e+c=ret", token: token ?? "", mskRegion: "eu-central-1",
            requests: Self.requests)
        let script = Bundle.module.bundleURL.appendingPathComponent("Peers/signatures.py").path
        let result = try await Subprocess.run(
            .path(.init(python)), arguments: ["-B", script],
            input: .string(String(decoding: try JSONEncoder().encode(asked), as: UTF8.self)), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20))
        try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
        return try JSONDecoder().decode([String: String].self, from: Data(result.standardOutput.utf8))
    }

    @Test(arguments: [nil, "a/session+token=="]) func botocoreComesToTheSameSignatures(token: String?) async throws {
        let moment = try #require(Timestamp("2026-02-03T04:05:06Z"))
        let keys = AWSKeys(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "s/e+c=ret", sessionToken: token)
        let answers = try await answers(token: token, moment)
        for request in Self.requests {
            let signer = SigV4(keys: keys, region: request.region, service: request.service, moment: moment)
            let ours =
                request.presigned
                ? signer.presignedQuery(for: request.signable, expires: 900).last?.value
                : signer.headers(for: request.signable).last?.value
            #expect(ours == answers[request.name], "\(request.name)")
        }
        // MSK's own signer for OAUTHBEARER, but for what it says of itself.
        let bearer = MSKToken(keys: keys, region: "eu-central-1", moment: moment, userAgent: "x").bearer()
        let ours = try #require(Base64URL.decode(bearer).map { String(decoding: $0, as: UTF8.self) })
        let theirs = try #require(answers["bearer"])
        #expect(Self.fields(ours) == Self.fields(theirs))
        #expect(Self.fields(ours).count == (token == nil ? 8 : 9))
    }

    /// Address and parameters of a URL but for the user agent, in order.
    private static func fields(_ url: String) -> [String] {
        url.split(whereSeparator: { $0 == "?" || $0 == "&" }).map(String.init).filter { !$0.hasPrefix("User-Agent=") }.sorted()
    }

    private static var interpreter: String? {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let path = ProcessInfo.processInfo.environment["TIDEMARK_PEERS_PYTHON"] ?? root.appendingPathComponent(".peers/bin/python").path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }
}
