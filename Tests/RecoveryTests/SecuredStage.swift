import Bytes
import ClusterFixture
import Host
import KafkaClient
import KafkaSimulator
import Logging
import NIOPosix
import Testing
import Waiting

/// A cluster with users and rules: a simulated one, and the real one that `TIDEMARK_TEST_SECURE_BOOTSTRAP` and
/// `TIDEMARK_TEST_SECURE_CONFIG` (its super user's client.properties) name.
enum SecuredStage: CaseIterable, CustomTestStringConvertible {
    case simulated, real

    static var here: [SecuredStage] { ClusterFixture.secure == nil ? [.simulated] : allCases }

    var testDescription: String { "\(self)" }

    /// A SCRAM user without any right at first.
    struct HalfUser: Sendable {
        var user: ByteString
        var configuration: ClientConfiguration
    }

    /// Two topics and two groups, and a SCRAM user without any right.
    func run(
        _ body: @Sendable (KafkaClient, HalfUser, _ prefix: ByteString) async throws -> Void
    ) async throws {
        let prefix = ClusterFixture.prefix()
        if self == .real, let secure = ClusterFixture.secure {
            let text = try ConfigurationFile.read(secure.config)
            let addresses = try BrokerAddress.list(secure.bootstrap, from: "TIDEMARK_TEST_SECURE_BOOTSTRAP")
            return try await prepared(try ClientProperties(text, bootstrap: addresses).configuration, prefix, body)
        }
        var simulated = SimulatorConfiguration()
        simulated.users = [SimulatedUser(name: "admin", password: "admin-secret")]
        simulated.authorizer = SimulatedAuthorizer(superUsers: ["User:admin"])
        try await SimulatedCluster.withCluster(simulated, time: HostTime(), chance: HostChance()) { cluster in
            var configuration = ClientConfiguration(bootstrap: try BrokerAddress.list(cluster.bootstrapServers, from: "the simulator"))
            configuration.security.sasl = .password(
                SaslCredentials(mechanism: .scramSHA256, username: "admin", password: Secret("admin-secret")))
            try await prepared(configuration, prefix, body)
        }
    }

    private func prepared(
        _ configuration: ClientConfiguration, _ prefix: ByteString,
        _ body: @Sendable (KafkaClient, HalfUser, ByteString) async throws -> Void
    ) async throws {
        let user = prefix + "half"
        var half = configuration
        half.security.sasl = .password(SaslCredentials(mechanism: .scramSHA512, username: user, password: Secret("half-secret")))
        try await Self.withClient(configuration) { admin in
            let names = ["open", "shut"].map { prefix + ByteString($0) }
            for (name, result) in try await admin.createTopics(names.map { NewTopic(name: $0, partitions: 2, replicationFactor: 1) }) {
                #expect(result.isDone, "\(name): \(result)")
            }
            let credential = ScramCredentialChange(user, .sha512, .set(password: Secret("half-secret"), iterations: 4096))
            #expect(try await admin.alterUserScramCredentials([credential])[credential.key]?.isDone == true)
            try await until("the topics are known, and groups can commit to them") {
                for name in names {
                    let written = try await admin.commitOffsets(
                        group: name, [TopicPartition(name, 0): CommittedOffset(offset: 0, metadata: "")])
                    guard written.values.allSatisfy({ $0.isDone }) else { return false }
                }
                return true
            }
            do {
                try await body(admin, HalfUser(user: user, configuration: half), prefix)
            } catch {
                try await remove(admin, user, names)
                throw error
            }
            try await remove(admin, user, names)
        }
    }

    /// Leaves a real cluster as it was.
    private func remove(_ admin: KafkaClient, _ user: ByteString, _ names: [ByteString]) async throws {
        var rules = AclFilter()
        rules.principal = "User:" + user
        _ = try await admin.deleteAcls([rules])
        _ = try await admin.alterUserScramCredentials([ScramCredentialChange(user, .sha512, .delete)])
        _ = try await admin.deleteGroups(try await admin.listGroups().value.filter { names.contains($0.id) })
        _ = try await admin.deleteTopics(names)
    }

    static func allow(
        _ admin: KafkaClient, _ user: ByteString, _ rights: [(AclOperation, AclResourceType, ByteString)]
    ) async throws {
        let rules = rights.map { operation, type, name in
            AclBinding(.allow, "User:" + user, operation, type, name, patternType: type == .group && name != "*" ? .prefixed : .literal)
        }
        for (rule, result) in try await admin.createAcls(rules) { #expect(result.isDone, "\(rule): \(result)") }
        // Brokers learn of rules one after the other.
        try await until("the rules are known") {
            var mine = AclFilter()
            mine.principal = "User:" + user
            return try await admin.describeAcls(mine)?.count == rules.count
        }
    }

    static func withClient(_ configuration: ClientConfiguration, _ body: (KafkaClient) async throws -> Void) async throws {
        try await KafkaClient.withClient(
            configuration, time: HostTime(), chance: HostChance(), eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), body: body)
    }
}
