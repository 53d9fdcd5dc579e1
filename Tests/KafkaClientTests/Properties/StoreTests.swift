import Bytes
import Cryptography
import Foundation
import Host
import KafkaSimulator
import Subprocess
import Testing

@testable import KafkaClient

/// Key and trust stores: PKCS12 of keytool and of openssl, PEM, and what cannot be read.
@Suite struct StoreTests {
    private func tls(_ text: String, _ files: [String: [UInt8]]) throws(KafkaError) -> TLS? {
        try ClientProperties(Array("security.protocol=SSL\n\(text)".utf8)) { (path) throws(KafkaError) in
            guard let content = files[path] else { throw .configuration("the file \(path) cannot be read", "Check the path.") }
            return content
        }.configuration.security.tls
    }

    @Test(arguments: ["", "ssl.truststore.type=PKCS12\n", "ssl.truststore.type=jks\n"])
    func aTruststoreOfKeytoolIsReadWhateverItsTypeIsCalled(type: String) throws {
        let tls = try tls(type + "ssl.truststore.location=/t\nssl.truststore.password=sesame1", ["/t": TestStores.truststore])
        let trusted = try #require(tls?.trustedCertificates?.revealed)
        #expect(trusted.filter { !$0.isWhitespace } == TestCertificates.authority.filter { !$0.isWhitespace })
    }

    @Test func aKeystoreOfKeytoolHoldsKeyCertificateAndChainInOrder() throws {
        let tls = try tls("ssl.keystore.location=/k\nssl.keystore.password=sesame1", ["/k": TestStores.keystore])
        let chain = try #require(tls?.certificateChain?.revealed).filter { !$0.isWhitespace }
        #expect(chain == (TestCertificates.client + TestCertificates.authority).filter { !$0.isWhitespace })
        #expect(tls?.privateKey?.revealed.filter { !$0.isWhitespace } == TestCertificates.clientKey.filter { !$0.isWhitespace })
        _ = try TLSMaterial(try #require(tls))
    }

    @Test func storesOfOpenSSLAreReadWithCertificatesAloneAsWell() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("stores-\(HostChance().bytes(8).hex)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in [("ca", TestCertificates.authority), ("client", TestCertificates.client), ("key", TestCertificates.clientKey)] {
            try Data((text + "\n").utf8).write(to: folder.appendingPathComponent(name))
        }
        func store(_ arguments: [String]) async throws -> [UInt8] {
            let output = folder.appendingPathComponent("out").path
            let result = try await Subprocess.run(
                .name("openssl"), arguments: Arguments(["pkcs12", "-export", "-out", output, "-passout", "pass:pässword"] + arguments),
                workingDirectory: .init(folder.path), output: .discarded, error: .string(limit: 1 << 16))
            try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
            return [UInt8](try Data(contentsOf: folder.appendingPathComponent("out")))
        }
        let trust = try await store(["-nokeys", "-in", "ca"])
        let key = try await store(["-inkey", "key", "-in", "client", "-certfile", "ca"])
        let tls = try tls(
            "ssl.truststore.location=/t\nssl.truststore.password=p\\u00e4ssword\nssl.keystore.location=/k\nssl.keystore.password=p\\u00e4ssword",
            ["/t": trust, "/k": key])
        #expect(
            tls?.trustedCertificates?.revealed.filter { !$0.isWhitespace } == TestCertificates.authority.filter { !$0.isWhitespace })
        _ = try TLSMaterial(try #require(tls))
    }

    /// Java takes the certificates that bear Oracle's attribute; openssl sets none.
    @Test func besideAKeyTheCertificatesThatAreMarkedAreTrustedAndItsChainIsNot() throws {
        let tls = try tls("ssl.truststore.location=/t\nssl.truststore.password=sesame1", ["/t": TestStores.mixed])
        let trusted = try #require(tls?.trustedCertificates?.revealed)
        #expect(trusted.filter { !$0.isWhitespace } == TestCertificates.stranger.filter { !$0.isWhitespace })
        let store = try PKCS12Store(TestStores.mixed, password: "sesame1")
        #expect(store.privateKeyPEM != nil && store.othersPEM.count == 2 && store.trustedPEM.count == 1)
    }

    @Test(arguments: [
        ("truststore", TestStores.jks, "sesame1", "keytool -importkeystore"),
        ("keystore", TestStores.jks, "sesame1", "deststoretype PKCS12"),
        ("truststore", TestStores.truststore, "hunter2", "ssl.truststore.password"),
        ("keystore", TestStores.keystore, "hunter2", "ssl.keystore.password"),
        ("truststore", Array(TestCertificates.authority.utf8), "", "ssl.truststore.type=PEM"),
        ("truststore", [1, 2, 3], "", "PEM"), ("truststore", [], "", "PEM"),
        ("keystore", TestStores.truststore, "sesame1", "ssl.truststore.location"),
        // The key's own certificate and its chain are no reason to trust anybody.
        ("truststore", TestStores.keystore, "sesame1", "keytool -importcert"),
    ])
    func aStoreThatCannotBeReadSaysWhyAndHow(name: String, bytes: [UInt8], password: String, remedy: String) {
        #expect {
            try tls("ssl.\(name).location=/s\nssl.\(name).password=\(password)", ["/s": bytes])
        } throws: { error in
            guard let error = error as? KafkaError else { return false }
            return error.code == .configuration && error.hint.contains(remedy) && error.cause.contains("ssl.\(name)")
                && !error.description.contains("hunter2")
        }
    }

    @Test func everyTruncationOfAStoreIsAnErrorAndNoCrash() throws {
        for store in [TestStores.truststore, TestStores.keystore] {
            for length in stride(from: 0, to: store.count, by: 7) {
                #expect(throws: PKCS12Store.Flaw.self) { try PKCS12Store(Array(store.prefix(length)), password: "sesame1") }
            }
        }
    }

    @Test func storesConnectAndAreVerified() async throws {
        var simulated = SimulatorConfiguration()
        simulated.brokerIDs = [1]
        simulated.tls = SimulatedTLS(
            certificatePEM: TestCertificates.server, privateKeyPEM: TestCertificates.serverKey,
            clientAuthoritiesPEM: TestCertificates.authority)
        let tls = try tls(
            "ssl.truststore.location=/t\nssl.truststore.password=sesame1\nssl.keystore.location=/k\nssl.keystore.password=sesame1",
            ["/t": TestStores.truststore, "/k": TestStores.keystore])
        try await SimulatedCluster.withCluster(simulated, time: HostTime(), chance: HostChance()) { cluster async throws in
            var configuration = ClientConfiguration(bootstrap: try BrokerAddress.list(cluster.bootstrapServers, from: "test"))
            configuration.security.tls = tls
            try await TestCluster.withClient(configuration) { client async throws in
                let brokers = try await client.currentBrokers()
                #expect(brokers == [1])
            }
        }
    }

    @Test(arguments: [
        ("ssl.protocol=TLSv1.2", [TLS.Version.v12]), ("ssl.protocol=TLSv1.3", [.v12, .v13]), ("ssl.protocol=TLS", [.v12, .v13]),
        ("ssl.protocol=TLSv1.2\nssl.enabled.protocols=TLSv1.3", [.v13]), ("ssl.enabled.protocols=TLSv1.1,TLSv1.2", [.v12]),
    ])
    func versionsFollowFromTheListAndElseFromTheProtocol(text: String, versions: [TLS.Version]) throws {
        #expect(try tls(text, [:])?.versions == Set(versions))
    }
}
