import Bytes
import Host
import KafkaSimulator
import Testing

@testable import KafkaClient

/// TLS and SASL on real sockets, against the simulated cluster.
@Suite struct SecurityTests {
    private static let server = SimulatedTLS(certificatePEM: TestCertificates.server, privateKeyPEM: TestCertificates.serverKey)

    private func connect(
        tls: SimulatedTLS? = nil, users: [SimulatedUser]? = nil, host: String = "127.0.0.1", as security: Security
    ) async throws {
        var simulated = SimulatorConfiguration()
        simulated.brokerIDs = [1]
        simulated.tls = tls
        simulated.users = users
        let wanted = simulated
        try await SimulatedCluster.withCluster(wanted, time: HostTime(), chance: HostChance()) { cluster in
            var configuration = ClientConfiguration(bootstrap: [BrokerAddress(host: host, port: try #require(cluster.port(of: 1)))])
            configuration.security = security
            configuration.connectAttempts = 1
            try await TestCluster.withClient(configuration) { client in
                let brokers = try await client.currentBrokers()
                #expect(brokers == [1])
            }
        }
    }

    private func trusting(_ authority: String, _ change: (inout TLS) -> Void = { _ in }) -> Security {
        var tls = TLS()
        tls.trustedCertificates = Secret(authority)
        change(&tls)
        return Security(tls: tls)
    }

    private func failure(_ body: () async throws -> Void) async -> KafkaError? {
        do {
            try await body()
            Issue.record("nothing failed")
            return nil
        } catch {
            return error as? KafkaError
        }
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func aCertificateOfATrustedAuthorityForThisHostIsAccepted(host: String) async throws {
        try await connect(tls: Self.server, host: host, as: trusting(TestCertificates.authority))
    }

    @Test(arguments: [TLS.Version.v12, .v13])
    func eitherVersionOfTLSIsSpoken(version: TLS.Version) async throws {
        try await connect(tls: Self.server, as: trusting(TestCertificates.authority) { $0.versions = [version] })
    }

    @Test func aCertificateOfAnUntrustedAuthorityIsRefused() async throws {
        let error = await failure { try await connect(tls: Self.server, as: trusting(TestCertificates.stranger)) }
        #expect(error?.code == .tls)
        #expect(error?.message.contains("not signed by a trusted authority") == true)
        #expect(error?.hint.contains("ssl.truststore.location") == true)
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func aCertificateForAnotherHostIsRefusedUnlessTheNameIsNotToBeChecked(host: String) async throws {
        let elsewhere = SimulatedTLS(certificatePEM: TestCertificates.elsewhere, privateKeyPEM: TestCertificates.elsewhereKey)
        let error = await failure { try await connect(tls: elsewhere, host: host, as: trusting(TestCertificates.authority)) }
        #expect(error?.code == .tls)
        #expect(error?.message.contains("does not name the host") == true)
        try await connect(tls: elsewhere, host: host, as: trusting(TestCertificates.authority) { $0.verifiesHostname = false })
        let stranger = await failure {
            try await connect(tls: elsewhere, host: host, as: trusting(TestCertificates.stranger) { $0.verifiesHostname = false })
        }
        #expect(stranger?.code == .tls)
    }

    @Test func aListenerWithoutTLSIsNamedAsOne() async throws {
        let error = await failure { try await connect(as: trusting(TestCertificates.authority)) }
        #expect(error?.code == .cannotConnect)
        #expect(error?.message.contains("the listener does not speak TLS") == true, "\(String(describing: error))")
        // Whoever wanted TLS must not be led to send a password without.
        #expect(error?.hint.contains("a listener with TLS") == true && error?.hint.contains("PLAINTEXT") == false)
    }

    @Test func aCertificateOfOursIsShownWhereTheBrokerWantsOne() async throws {
        let demanding = SimulatedTLS(
            certificatePEM: TestCertificates.server, privateKeyPEM: TestCertificates.serverKey,
            clientAuthoritiesPEM: TestCertificates.authority)
        try await connect(
            tls: demanding,
            as: trusting(TestCertificates.authority) {
                $0.certificateChain = Secret(TestCertificates.client)
                $0.privateKey = Secret(TestCertificates.clientKey)
            })
        try await connect(
            tls: demanding,
            as: trusting(TestCertificates.authority) {
                // One file with key and chain, as a PEM keystore is.
                let store = Secret(TestCertificates.clientKeySealed + "\n" + TestCertificates.client)
                ($0.certificateChain, $0.privateKey, $0.privateKeyPassword) = (store, store, Secret("sesame"))
            })
        try await connect(
            tls: demanding,
            as: trusting(TestCertificates.authority) {
                let store = Secret(TestCertificates.client + "\n" + TestCertificates.clientKeyScrypt)
                ($0.certificateChain, $0.privateKey, $0.privateKeyPassword) = (store, store, Secret("sesame"))
            })
        let error = await failure { try await connect(tls: demanding, as: trusting(TestCertificates.authority)) }
        #expect(error?.hint.contains("certificate") == true)
    }

    @Test func aKeyThatCannotBeReadIsAnErrorOfTheConfiguration() {
        for (key, password, remedy) in [
            (TestCertificates.clientKeySealed, "wrong", "ssl.key.password"),
            (TestCertificates.clientKeyScrypt, "wrong", "ssl.key.password"),
            ("no key", nil, "PEM"), ("no key", "sesame", "openssl pkcs8"),
        ] {
            let security = trusting(TestCertificates.authority) {
                $0.certificateChain = Secret(TestCertificates.client)
                $0.privateKey = Secret(key)
                $0.privateKeyPassword = password.map { Secret($0) }
            }
            #expect {
                try TLSMaterial(#require(security.tls))
            } throws: { ($0 as? KafkaError).map { $0.code == .configuration && $0.hint.contains(remedy) } ?? false }
        }
        #expect { try TLSMaterial(#require(trusting("no certificate").tls)) } throws: { ($0 as? KafkaError)?.code == .configuration }
    }

    @Test func speakingTLSToAPlainListenerAndPlainToTLSIsNamed() async throws {
        let toPlain = await failure { try await connect(as: trusting(TestCertificates.authority)) }
        #expect(toPlain.map { [.tls, .cannotConnect, .connectionLost].contains($0.code) } == true)
        #expect(toPlain?.hint.contains("security.protocol") == true || toPlain?.hint.contains("TLS") == true)
        let toTLS = await failure { try await connect(tls: Self.server, as: .plaintext) }
        #expect(toTLS?.hint.contains("security.protocol") == true)
    }

    @Test(arguments: SaslCredentials.Mechanism.allCases, [false, true])
    func everyMechanismAuthenticates(mechanism: SaslCredentials.Mechanism, secure: Bool) async throws {
        var security = secure ? trusting(TestCertificates.authority) : .plaintext
        security.sasl = .password(SaslCredentials(mechanism: mechanism, username: "ali=ce,b", password: Secret("pass, w=rd")))
        try await connect(
            tls: secure ? Self.server : nil, users: [SimulatedUser(name: "ali=ce,b", password: "pass, w=rd")], as: security)
    }

    @Test(arguments: SaslCredentials.Mechanism.allCases)
    func aWrongPasswordAndAnUnknownUserAreRefusedWithoutTheSecret(mechanism: SaslCredentials.Mechanism) async throws {
        for user in ["alice", "mallory"] {
            var security = Security.plaintext
            security.sasl = .password(
                SaslCredentials(mechanism: mechanism, username: ByteString(user), password: Secret("hunter2")))
            let wanted = security
            let error = await failure { try await connect(users: [SimulatedUser(name: "alice", password: "right")], as: wanted) }
            #expect(error?.code == .authenticationFailed)
            #expect(error?.message.contains(user) == true)
            #expect(error.map { "\($0)".contains("hunter2") } == false)
        }
    }

    @Test func aMechanismThatTheListenerLacksIsNamedWithThoseItHas() async throws {
        let security = Security(
            sasl: .password(SaslCredentials(mechanism: .scramSHA256, username: "alice", password: Secret("right"))))
        let error = await failure {
            try await connect(users: [SimulatedUser(name: "alice", password: "right", mechanisms: [.plain])], as: security)
        }
        #expect(error?.code == .authenticationFailed)
    }
}
