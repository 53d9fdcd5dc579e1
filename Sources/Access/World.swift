public import KafkaClient
public import Logging
public import Seams

/// What is needed beside settings to open something: time, chance, the environment that references and login chains read, and what logins
/// were given before.
public struct World: Sendable {
    public var time: any TimeSource
    public var chance: any ChanceSource
    public var environment: Environment
    /// One for a process: who opens the same cluster again has a token that is still good.
    public var logins: KeptLogins
    public var logger: Logger

    /// Without a logger nothing is logged.
    public init(
        time: any TimeSource, chance: any ChanceSource, environment: Environment, logins: KeptLogins = KeptLogins(),
        logger: Logger = Logger(label: "tidemark") { _ in SwiftLogNoOpLogHandler() }
    ) {
        self.time = time
        self.chance = chance
        self.environment = environment
        self.logins = logins
        self.logger = logger
    }
}
