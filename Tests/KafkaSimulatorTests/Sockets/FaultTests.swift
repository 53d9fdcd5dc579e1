import Bytes
import Host
import KafkaProtocol
import Seams
import Testing

@testable import KafkaSimulator

@Suite("Faults on demand", .timeLimit(.minutes(2)))
struct FaultTests {
    @Test("An injected error code is answered without any effect, as often as asked for, and no longer")
    func errorCode() async throws {
        try await SocketTests.withCluster { cluster in
            try await WireClient.connect(port: try #require(cluster.port(of: 1))) { client in
                cluster.inject(Fault(.error(.notController), of: .createTopics, times: 2))
                for _ in 0..<2 {
                    let refused = try await client.ask(SocketTests.create("orders"), version: 7)
                    #expect(refused.topics[0].errorCode == .notController)
                }
                #expect(cluster.withState { $0.topics.isEmpty })
                let made = try await client.ask(SocketTests.create("orders"), version: 7)
                #expect(made.topics[0].errorCode == .none)
                #expect(cluster.callCounts[.createTopics] == 3)
            }
        }
    }

    @Test("An answer that belies what was done: all of CreateTopics is -1, and the topics are there")
    func belied() async throws {
        try await SocketTests.withCluster { cluster in
            try await WireClient.connect(port: try #require(cluster.port(of: 1))) { client in
                cluster.inject(Fault(.belie(.unknownServerError), of: .createTopics))
                let said = try await client.ask(LimitTests.creation(3, partitions: 1), version: 7)
                #expect(said.topics.map(\.errorCode) == Array(repeating: .unknownServerError, count: 3))
                #expect(cluster.withState { $0.topics.count } == 3)
                let again = try await client.ask(LimitTests.creation(3, partitions: 1), version: 7)
                #expect(again.topics.allSatisfy { $0.errorCode == .topicAlreadyExists })
            }
        }
    }

    @Test("A top-level error leaves the lists of the answer empty")
    func topLevelError() async throws {
        try await SocketTests.withCluster { cluster in
            try await WireClient.connect(port: try #require(cluster.port(of: 1))) { client in
                cluster.inject(Fault(.error(.clusterAuthorizationFailed), of: .describeCluster))
                let refused = try await client.ask(DescribeClusterRequest(), version: 1)
                #expect(refused.errorCode == .clusterAuthorizationFailed)
                #expect(refused.brokers.isEmpty)
            }
        }
    }

    @Test("A dropped request has no answer, and the connection goes on")
    func drop() async throws {
        try await SocketTests.withCluster { cluster in
            try await WireClient.connect(port: try #require(cluster.port(of: 1))) { client in
                cluster.inject(Fault(.drop, of: .metadata))
                try await client.send(MetadataRequest.all, version: 12)
                let answer = try await client.ask(DescribeClusterRequest(), version: 0)
                #expect(answer.brokers.count == 3)
            }
        }
    }

    @Test("A closed and a cut connection end; a refused one never answers", arguments: [0, 1, 7])
    func cut(after count: Int) async throws {
        try await SocketTests.withCluster { cluster in
            let port = try #require(cluster.port(of: 1))
            for effect in [Fault.Effect.close, .cut(afterBytes: count)] {
                cluster.inject(Fault(effect, of: .metadata, on: 1))
                try await WireClient.connect(port: port) { client in
                    try await client.send(MetadataRequest.all, version: 12)
                    await #expect(throws: (any Error).self) { _ = try await client.receive() }
                }
            }
            cluster.inject(Fault(.refuse, on: 1))
            // The connection may be gone before it is wrapped, or after.
            await #expect(throws: (any Error).self) {
                try await WireClient.connect(port: port) { client in _ = try await client.ask(MetadataRequest.all, version: 12) }
            }
            try await WireClient.connect(port: port) { client in _ = try await client.ask(MetadataRequest.all, version: 12) }
        }
    }

    @Test(
        "A connection that is hung up ends within its first bytes, those of TLS too, and the next one is served", arguments: [0, 1, 7, 900])
    func hangUp(after count: Int) async throws {
        for tls in [false, true] {
            try await SocketTests.withCluster(tls ? TLSTests.configuration(mutual: false) : SimulatorConfiguration()) { cluster in
                let port = try #require(cluster.port(of: 1))
                let settings = tls ? try TLSTests.client(withCertificate: false) : nil
                let before = cluster.callCounts[.apiVersions] ?? 0
                cluster.inject(Fault(.hangUp(afterBytes: count), on: 1))
                await #expect(throws: (any Error).self) {
                    try await WireClient.connect(port: port, tls: settings) { client in
                        // The whole answer of ApiVersions may be shorter than the limit.
                        for _ in 0..<9 { _ = try await client.ask(ApiVersionsRequest(), version: 0) }
                    }
                }
                if tls, count < 900 { #expect(cluster.callCounts[.apiVersions] ?? 0 == before) }
                try await WireClient.connect(port: port, tls: settings) { client in
                    _ = try await client.ask(ApiVersionsRequest(), version: 0)
                }
            }
        }
    }

    @Test("Latency delays an answer, and only of the named call")
    func latency() async throws {
        try await SocketTests.withCluster { cluster in
            try await WireClient.connect(port: try #require(cluster.port(of: 1))) { client in
                cluster.inject(Fault(.delay(.milliseconds(200)), of: .metadata, times: nil))
                let start = HostTime().uptime()
                for _ in 0..<2 { _ = try await client.ask(MetadataRequest.all, version: 12) }
                #expect(HostTime().uptime() - start >= .milliseconds(400))
                cluster.clearFaults()
            }
        }
    }

    @Test("A Fetch that waits learns at once that the leader has moved (where to, only since version 16)")
    func waitingFetch() async throws {
        try await SocketTests.withCluster { cluster in
            try await WireClient.connect(port: try #require(cluster.port(of: 1))) { client in
                _ = try await client.ask(SocketTests.create("orders"), version: 7)
                try await client.send(SocketTests.fetch("orders", wait: 60_000), version: 12)
                while cluster.withState({ $0.parkedFetches.isEmpty }) { await Task.yield() }
                #expect(cluster.moveLeader(of: 0, ofTopic: "orders", to: 3))
                let frame = try await client.receive()
                let answer = try Frame.decodeResponse(to: FetchRequest.self, version: 12, from: frame).response
                #expect(answer.responses[0].partitions[0].errorCode == .notLeaderOrFollower)
                #expect(answer.responses[0].partitions[0].currentLeader.leaderId == -1)
            }
        }
    }

    @Test("A moved leader refuses on the old broker with error 6 and serves on the new one")
    func moveLeader() async throws {
        try await SocketTests.withCluster { cluster in
            let (first, second) = (try #require(cluster.port(of: 1)), try #require(cluster.port(of: 2)))
            let offsets: @Sendable (inout WireClient.Conversation) async throws -> ErrorCode = {
                (client: inout WireClient.Conversation) async throws -> ErrorCode in
                var partition = ListOffsetsRequest.ListOffsetsTopic.ListOffsetsPartition()
                partition.timestamp = -1
                var topic = ListOffsetsRequest.ListOffsetsTopic()
                topic.name = "orders"
                topic.partitions = [partition]
                var request = ListOffsetsRequest()
                request.topics = [topic]
                return try await client.ask(request, version: 7).topics[0].partitions[0].errorCode
            }
            try await WireClient.connect(port: first) { client in
                _ = try await client.ask(SocketTests.create("orders"), version: 7)
                #expect(cluster.moveLeader(of: 0, ofTopic: "orders", to: 2))
                let code = try await offsets(&client)
                #expect(code == .notLeaderOrFollower)
            }
            try await WireClient.connect(port: second) { client in
                let code = try await offsets(&client)
                #expect(code == .none)
            }
            #expect(!cluster.moveLeader(of: 0, ofTopic: "orders", to: 9))
            #expect(!cluster.moveLeader(of: 5, ofTopic: "orders", to: 2))
        }
    }
}
