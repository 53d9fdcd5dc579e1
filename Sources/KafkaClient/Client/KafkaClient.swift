import Bytes
import KafkaProtocol
public import Logging
public import NIOCore
public import Seams
import NIOConcurrencyHelpers

/// A client of one Kafka cluster. Safe to share; calls run concurrently and share one connection a broker.
///
/// It holds connections from its first call until ``close()``; ``withClient(_:time:chance:eventLoopGroup:logger:body:)`` closes
/// it whatever happens. The event loop group must outlive it.
public final class KafkaClient: Sendable {
    public let configuration: ClientConfiguration
    let time: any TimeSource
    let chance: any ChanceSource
    let logger: Logger
    let state = NIOLockedValueBox(ClientState())
    let tally = Tally()
    let eventLoopGroup: any EventLoopGroup
    let tls: TLSMaterial?
    let authenticator: Authenticator
    /// For what brokers say: who was given a password may say it again.
    let redaction: Redaction

    /// Connects to nothing yet. Throws where certificates or keys cannot be used, or no bootstrap server is given.
    public init(
        _ configuration: ClientConfiguration, time: any TimeSource, chance: any ChanceSource, eventLoopGroup: any EventLoopGroup,
        logger: Logger
    ) throws(KafkaError) {
        guard !configuration.bootstrap.isEmpty else {
            throw .configuration(
                "no bootstrap server is given", "Name one with --bootstrap-server HOST:PORT, or a policy with --policy FILE.")
        }
        if let settings = configuration.security.tls { tls = try TLSMaterial(settings) } else { tls = nil }
        authenticator = Authenticator(configuration, time, chance)
        redaction = configuration.security.sasl?.redaction ?? Redaction([])
        self.configuration = configuration
        self.time = time
        self.chance = chance
        self.eventLoopGroup = eventLoopGroup
        self.logger = logger
    }

    /// Runs `body` with a client that is closed when it ends, in whatever way.
    public static func withClient<Value: Sendable>(
        _ configuration: ClientConfiguration, time: any TimeSource, chance: any ChanceSource, eventLoopGroup: any EventLoopGroup,
        logger: Logger, isolation: isolated (any Actor)? = #isolation, body: (KafkaClient) async throws -> Value
    ) async throws -> Value {
        let client = try KafkaClient(configuration, time: time, chance: chance, eventLoopGroup: eventLoopGroup, logger: logger)
        do {
            let value = try await body(client)
            await client.close()
            return value
        } catch {
            await client.close()
            throw error
        }
    }

    /// Closes all connections; calls under way fail. Calling it again does nothing.
    public func close() async {
        let connections = state.withLockedValue { state in
            state.isClosed = true
            defer { state.connections = [:] }
            return Array(state.connections.values)
        }
        for connection in connections { await connection.close() }
    }

    /// What was sent and received so far.
    public var statistics: Statistics { tally.statistics }
}
