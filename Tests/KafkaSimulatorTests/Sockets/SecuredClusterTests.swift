import Bytes
import Host
import KafkaProtocol
import Testing

@testable import KafkaSimulator

@Suite("Rights and quotas on real sockets", .timeLimit(.minutes(2)))
struct SecuredClusterTests {
    static let everyRule: DescribeAclsRequest = {
        var request = DescribeAclsRequest()
        (request.resourceTypeFilter, request.patternTypeFilter, request.operation, request.permissionType) = (1, 1, 1, 1)
        return request
    }()

    @Test("A client of mutual TLS is its certificate's subject; without one, and without SASL, it is anonymous")
    func subjects() async throws {
        for superUser in ["User:CN=client", "User:ANONYMOUS"] {
            var configuration = TLSTests.configuration(mutual: true)
            configuration.authorizer = SimulatedAuthorizer(superUsers: [superUser])
            try await SocketTests.withCluster(configuration) { cluster in
                try await WireClient.connect(port: try #require(cluster.port(of: 1)), tls: try TLSTests.client(withCertificate: true)) {
                    client in
                    let answer = try await client.ask(Self.everyRule, version: 3)
                    #expect(answer.errorCode == (superUser == "User:CN=client" ? .none : .clusterAuthorizationFailed))
                }
            }
        }
        var open = SimulatorConfiguration()
        open.brokerIDs = [1]
        open.authorizer = SimulatedAuthorizer(superUsers: ["User:ANONYMOUS"])
        try await SocketTests.withCluster(open) { cluster in
            try await WireClient.connect(port: try #require(cluster.port(of: 1))) { client in
                let answer = try await client.ask(Self.everyRule, version: 3)
                #expect(answer.errorCode == .none)
            }
        }
    }

    @Test("A SASL user is who has logged in, whatever its certificate says")
    func saslUsers() async throws {
        var configuration = SaslTests.configuration
        configuration.authorizer = SimulatedAuthorizer(superUsers: ["User:alice"])
        try await SocketTests.withCluster(configuration) { cluster in
            try await WireClient.connect(port: try #require(cluster.port(of: 1))) { client in
                _ = try await client.ask(SaslTests.handshake("PLAIN"), version: 1)
                _ = try await client.ask(SaslTests.token("\0alice\0alice-secret"), version: 2)
                let answer = try await client.ask(Self.everyRule, version: 3)
                #expect(answer.errorCode == .none)
            }
        }
    }

    @Test("Over a quota the answer comes at once, and what is sent on is not read before the time is up")
    func muted() async throws {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        try await SocketTests.withCluster(configuration) { cluster in
            cluster.withState { $0.quotas.set(.requestPercentage, 0.001, of: QuotaEntity([.user: nil])) }
            let time = HostTime()
            try await WireClient.connect(port: try #require(cluster.port(of: 1))) { client in
                let first = try await client.ask(MetadataRequest.all, version: 12)
                #expect(first.throttleTimeMs == 1000)
                let answered = time.uptime()
                _ = try await client.ask(MetadataRequest.all, version: 12)
                // A pause begins when the answer is on its way, a little before it is here.
                #expect(time.uptime() - answered > .milliseconds(900))
            }
        }
    }
}
