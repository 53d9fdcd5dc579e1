import Foundation
import Host
import KafkaProtocol
import NIOCore
import NIOPosix
import Testing

@testable import KafkaSimulator

/// A client that closes its side once it has said all still gets its answers, all of them, and then the end; so it is with a real
/// broker, which `TIDEMARK_TEST_BOOTSTRAP` may name.
@Suite("A client that has said all and listens on")
struct HalfClosedTests {
    @Test("gets what it asked for, and then the end", arguments: [1, 3])
    func simulator(requests: Int) async throws {
        try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { cluster in
            try await Self.check(cluster.bootstrapServers, requests: requests)
        }
    }

    @Test("so it is with the real cluster", .enabled(if: ProcessInfo.processInfo.environment["TIDEMARK_TEST_BOOTSTRAP"] != nil))
    func realCluster() async throws {
        try await Self.check(try #require(ProcessInfo.processInfo.environment["TIDEMARK_TEST_BOOTSTRAP"]), requests: 3)
    }

    private static func check(_ bootstrap: String, requests: Int) async throws {
        let address = try #require(bootstrap.split(separator: ",").first).split(separator: ":")
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: String(address[0]), port: try #require(Int(address[1]))) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        let received = try await channel.executeThenClose { inbound, outbound in
            var bytes = ByteBuffer()
            for correlation in 1...requests {
                let frame = try Frame.encode(ApiVersionsRequest(), version: 0, correlationID: Int32(correlation), clientID: "half")
                bytes.writeInteger(Int32(frame.count))
                bytes.writeBytes(frame)
            }
            try await outbound.write(bytes)
            outbound.finish()
            var received = ByteBuffer()
            for try await part in inbound { received.writeImmutableBuffer(part) }
            return received
        }
        var rest = received
        for correlation in 1...requests {
            let length = rest.readInteger(as: Int32.self) ?? -1
            try #require(length > 0, "the answer to request \(correlation) is missing")
            let frame = rest.readBytes(length: Int(length)) ?? []
            let answer = try Frame.decodeResponse(to: ApiVersionsRequest.self, version: 0, from: frame)
            #expect(answer.correlationID == Int32(correlation))
            #expect(!answer.response.apiKeys.isEmpty)
        }
        #expect(rest.readableBytes == 0)
    }
}
