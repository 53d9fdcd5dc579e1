import Bytes
import Host
import KafkaSimulator
import Testing

@testable import KafkaClient

/// Rules, quotas and SCRAM users, as kinds of resources will read and write them.
@Suite("Calls about security", .timeLimit(.minutes(2)))
struct SecurityCallsTests {
    /// A simulated cluster with SASL and an authorizer; `body` gets a client of its administrator and its addresses.
    static func secured(_ body: @Sendable (KafkaClient, [BrokerAddress], SimulatedCluster) async throws -> Void) async throws {
        var configuration = SimulatorConfiguration()
        configuration.users = [SimulatedUser(name: "admin", password: "admin-secret")]
        configuration.authorizer = SimulatedAuthorizer(superUsers: ["User:admin"])
        try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
            let addresses = try BrokerAddress.list(cluster.bootstrapServers, from: "the simulator")
            try await TestCluster.withClient(self.configuration(addresses, "admin", "admin-secret")) {
                try await body($0, addresses, cluster)
            }
        }
    }

    static func configuration(
        _ addresses: [BrokerAddress], _ user: ByteString, _ password: String, _ mechanism: SaslCredentials.Mechanism = .scramSHA512
    ) -> ClientConfiguration {
        var configuration = ClientConfiguration(bootstrap: addresses)
        configuration.security.sasl = .password(SaslCredentials(mechanism: mechanism, username: user, password: Secret(password)))
        return configuration
    }

    @Test("Rules that are made are found, by every filter; what cannot be one is refused alone; deletions name what is gone")
    func acls() async throws {
        try await Self.secured { admin, _, _ in
            let rules = [
                AclBinding(.allow, "User:ann", .read, .topic, "orders"),
                AclBinding(.allow, "User:ann", .write, .topic, "pay", patternType: .prefixed, host: "10.1.2.3"),
                AclBinding(.deny, "User:*", .all, .group, "*"), AclBinding(.allow, "User:ann", .idempotentWrite, .cluster, "kafka-cluster"),
                AclBinding(.allow, "User:ann", .describe, .transactionalID, "tx"),
            ]
            let wrong = AclBinding(.allow, "User:ann", .read, .cluster, "my-cluster")
            let made = try await admin.createAcls(rules + [wrong])
            for rule in rules { #expect(made[rule]?.isDone == true, "\(rule)") }
            #expect(made[wrong]?.outcome == .refused && made[wrong]?.error == .invalidRequest)
            #expect(made[wrong]?.message == "The only valid name for the CLUSTER resource is kafka-cluster")
            let again = try await admin.createAcls([rules[0]])
            #expect(again[rules[0]]?.isDone == true)
            let all = try #require(try await admin.describeAcls())
            #expect(all == rules.sorted())
            var filter = AclFilter()
            (filter.resourceType, filter.resourceName, filter.patternType) = (.topic, "payments", .match)
            let matching = try await admin.describeAcls(filter)
            #expect(matching == [rules[1]])
            var anns = AclFilter()
            anns.principal = "User:ann"
            var nobodys = AclFilter()
            nobodys.principal = "User:nobody"
            let deleted = try await admin.deleteAcls([anns, nobodys])
            #expect(deleted[anns]?.result.isDone == true && deleted[anns]?.bindings == rules.filter { $0.principal == "User:ann" }.sorted())
            #expect(deleted[nobodys]?.result.isDone == true && deleted[nobodys]?.bindings == [])
            let left = try await admin.describeAcls()
            #expect(left == [rules[2]])
        }
    }

    @Test("A cluster without an authorizer has no rules, which is not the same as none")
    func withoutAuthorizer() async throws {
        try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { cluster in
            let addresses = try BrokerAddress.list(cluster.bootstrapServers, from: "the simulator")
            try await TestCluster.withClient(ClientConfiguration(bootstrap: addresses)) { client in
                let rules = try await client.describeAcls()
                #expect(rules == nil)
                let rule = AclBinding(.allow, "User:ann", .read, .topic, "orders")
                let made = try await client.createAcls([rule])
                #expect(made[rule]?.outcome == .refused && made[rule]?.error == .securityDisabled)
            }
        }
    }

    @Test("A SCRAM user that is made logs in at once, by both mechanisms; deleted, it logs in no more")
    func scramUsers() async throws {
        try await Self.secured { admin, addresses, _ in
            let changes = [ScramMechanism.sha256, .sha512].map {
                ScramCredentialChange("ann", $0, .set(password: Secret("ann-secret"), iterations: 4096))
            }
            let weak = ScramCredentialChange("weak", .sha256, .set(password: Secret("x"), iterations: 10))
            let made = try await admin.alterUserScramCredentials(changes + [weak])
            #expect(changes.allSatisfy { made[$0.key]?.isDone == true })
            #expect(made[weak.key]?.outcome == .refused && made[weak.key]?.error == .unacceptableCredential)
            let known = try await admin.describeUserScramCredentials()
            #expect(known["ann"] == [.sha256: 4096, .sha512: 4096] && known["weak"] == nil)
            for mechanism in [SaslCredentials.Mechanism.scramSHA256, .scramSHA512] {
                try await TestCluster.withClient(Self.configuration(addresses, "ann", "ann-secret", mechanism)) { ann in
                    let cluster = try await ann.describeCluster()
                    #expect(cluster.brokers.count == 3)
                    let error = await #expect(throws: KafkaError.self) { _ = try await ann.describeAcls() }
                    #expect(error?.code.isNotAuthorized == true)
                }
            }
            let gone = ScramCredentialChange("ann", .sha512, .delete)
            let deleted = try await admin.alterUserScramCredentials([gone])
            #expect(deleted[gone.key]?.isDone == true)
            try await TestCluster.withClient(Self.configuration(addresses, "ann", "ann-secret")) { ann in
                let error = await #expect(throws: KafkaError.self) { _ = try await ann.describeCluster() }
                #expect(error?.code == .authenticationFailed)
            }
            let twice = try await admin.alterUserScramCredentials([gone])
            #expect(twice[gone.key]?.error == .resourceNotFound)
        }
    }

    @Test("Quotas that are set are found, each entity for itself; nil takes them away; a check alone changes nothing")
    func quotas() async throws {
        try await Self.secured { admin, _, _ in
            let changes = [
                QuotaChange(.user("ann"), ["producer_byte_rate": 1000, "request_percentage": 12.5]),
                QuotaChange(.user("ann", clientID: nil), ["consumer_byte_rate": 2000]),
                QuotaChange(.user(nil), ["controller_mutation_rate": 5]),
                QuotaChange(.address("10.0.0.1"), ["connection_creation_rate": 7]),
            ]
            let checked = try await admin.alterClientQuotas(changes, validateOnly: true)
            #expect(checked.values.allSatisfy { $0.isDone })
            let before = try await admin.describeClientQuotas()
            #expect(before.isEmpty)
            let wrong = QuotaChange(.clientID("c"), ["no_such_quota": 1])
            let made = try await admin.alterClientQuotas(changes + [wrong])
            #expect(changes.allSatisfy { made[$0.entity]?.isDone == true })
            #expect(made[wrong.entity]?.error == .invalidRequest)
            let found = try await admin.describeClientQuotas()
            #expect(found == Dictionary(uniqueKeysWithValues: changes.map { ($0.entity, $0.values.compactMapValues(\.self)) }))
            _ = try await admin.alterClientQuotas([QuotaChange(.user("ann"), ["request_percentage": nil])])
            let after = try await admin.describeClientQuotas()
            #expect(after[.user("ann")] == ["producer_byte_rate": 1000])
        }
    }

    @Test("Over the quota of controller mutations a creation is sent again until all of it is done")
    func mutationQuota() async throws {
        try await Self.secured { admin, addresses, _ in
            _ = try await admin.alterClientQuotas([QuotaChange(.user("admin"), ["controller_mutation_rate": 20])])
            let topics = (0..<6).map { NewTopic(name: ByteString("t\($0)"), partitions: 60, replicationFactor: 1) }
            let made = try await admin.createTopics(topics)
            #expect(made.count == 6 && made.values.allSatisfy { $0.isDone }, "\(made)")
        }
    }
}
