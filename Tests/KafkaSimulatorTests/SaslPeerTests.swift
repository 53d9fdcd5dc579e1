import Foundation
import Host
import KafkaProtocol
import Subprocess
import Testing

@testable import KafkaSimulator

/// OAUTHBEARER and AWS_MSK_IAM as clients that others wrote speak them.
@Suite struct SaslPeerTests {
    @Test func librdkafkaAndKafkaPythonAuthenticateWithTokensAndSignatures() async throws {
        let python = try #require(PeerTests.interpreter, PeerTests.hint)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sasl-\(HostChance().number(in: 0...1_000_000_000))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let authority = folder.appendingPathComponent("ca.pem")
        try Data(TestCertificates.authority.utf8).write(to: authority)

        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        configuration.tls = SimulatedTLS(certificatePEM: TestCertificates.broker, privateKeyPEM: TestCertificates.brokerKey)
        configuration.acceptsUnsecuredTokens = true
        configuration.awsKeys = [
            SimulatedAWSKey(accessKeyID: "AKID", secretAccessKey: "s/e+c=ret", sessionToken: "to/k+en==", user: "arn:x")
        ]
        configuration.brokerProperties = ["connections.max.reauth.ms": "8000"]
        let script = Bundle.module.bundleURL.appendingPathComponent("Peers/sasl.py").path
        try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
            let result = try await Subprocess.run(
                .path(.init(python)), arguments: ["-B", script, cluster.bootstrapServers],
                environment: .inherit.updating([
                    "PEER_AUTHORITY": authority.path, "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s/e+c=ret",
                    "AWS_SESSION_TOKEN": "to/k+en==", "AWS_DEFAULT_REGION": "eu-west-1",
                ]), output: .string(limit: 4 << 20), error: .combinedWithOutput)
            let said = result.standardOutput
            #expect(result.terminationStatus.isSuccess, "sasl.py failed:\n\(said)")
            #expect(said.split(separator: "\n").last?.hasPrefix("done: ") == true, "sasl.py did not reach its end:\n\(said)")
        }
    }
}
