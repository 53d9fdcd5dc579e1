import Bytes
import Glibc
import Host
import KafkaProtocol
import NIOCore
import NIOPosix
import Testing
import Waiting

@testable import KafkaClient

/// Connections through load balancers that forget those that stand idle.
@Suite struct IdleConnectionTests {
    private func configuration(_ address: BrokerAddress) -> ClientConfiguration {
        var configuration = ClientConfiguration(bootstrap: [address])
        // A pause would be seen: the call has less time than it takes.
        configuration.retryBackoff = .seconds(60)
        configuration.retryBackoffMax = .seconds(60)
        configuration.apiTimeout = .seconds(50)
        return configuration
    }

    /// Answers; where a Metadata is the second one, hangs up instead.
    private static let script: ScriptedBroker.Script = { api, frame, before in
        switch api {
        case .apiVersions: try .versions(to: frame)
        case .metadata where before == 1: .hangUp
        default: try .metadata(to: frame, [(1, 9092)])
        }
    }

    @Test func aReadOnAConnectionThatHadDiedIsSentAgainAtOnce() async throws {
        try await ScriptedBroker.run(Self.script) { broker async throws in
            try await TestCluster.withClient(configuration(broker.address)) { client async throws in
                _ = try await client.metadata(topics: [])
                // What the client now knows of would take it elsewhere.
                client.state.withLockedValue { $0.view = ClusterView() }
                _ = try await client.metadata(topics: [])
                #expect(broker.count(.metadata) == 3)
                #expect(client.statistics.connectionsOpened == 2)
                #expect(client.statistics.retries == 1)
            }
        }
    }

    @Test func aWriteOnAConnectionThatHadDiedIsNotSentAgain() async throws {
        let script: ScriptedBroker.Script = { api, frame, before in
            switch api {
            case .apiVersions: try .versions(to: frame)
            case .metadata: try .metadata(to: frame, [(1, 9092)])
            default: .hangUp
            }
        }
        try await ScriptedBroker.run(script) { broker async throws in
            try await TestCluster.withClient(configuration(broker.address)) { client async throws in
                _ = try await client.metadata(topics: [])
                client.state.withLockedValue { $0.view = ClusterView() }
                await #expect {
                    _ = try await client.send(CreateTopicsRequest(), to: .anyBroker)
                } throws: { ($0 as? KafkaError)?.outcome == .unknown }
                #expect(broker.count(.createTopics) == 1)
            }
        }
    }

    @Test func theSystemAsksAfterSilentPeers() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).keepingAlive()
            .connect(host: "127.0.0.1", port: server.localAddress?.port ?? 0).get()
        #expect(try await client.getOption(.socketOption(.so_keepalive)).get() == 1)
        for (option, value) in [(TCP_KEEPIDLE, 60), (TCP_KEEPINTVL, 10), (TCP_KEEPCNT, 6), (TCP_USER_TIMEOUT, 20_000)] {
            let set = try await client.getOption(.tcpOption(NIOBSDSocket.Option(rawValue: option))).get()
            #expect(Int(set) == value)
        }
        try await client.close()
        try await server.close()
    }

    @Test func anIdleConnectionIsClosedByUsAndTheNextCallHasANewOne() async throws {
        let script: ScriptedBroker.Script = { api, frame, _ in
            api == .apiVersions ? try .versions(to: frame) : try .metadata(to: frame, [])
        }
        try await ScriptedBroker.run(script) { broker async throws in
            var configuration = configuration(broker.address)
            configuration.connectionsMaxIdle = .milliseconds(50)
            try await TestCluster.withClient(configuration) { client async throws in
                for calls in 1...3 {
                    _ = try await client.metadata(topics: [])
                    try await until("the connection was closed") {
                        client.state.withLockedValue { $0.connections.values.allSatisfy { !$0.isOpenForCalls } }
                    }
                    #expect(broker.count(.metadata) == calls)
                    #expect(client.statistics.connectionsOpened >= calls)
                }
            }
        }
    }

    @Test func aConnectionIsRetiredBeforeLoadBalancersForgetIt() {
        #expect(ClientConfiguration(bootstrap: []).connectionsMaxIdle < .seconds(300))
    }
}
