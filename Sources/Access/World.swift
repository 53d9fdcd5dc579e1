public import Logging
public import Seams

/// What is needed beside settings to open something: time, chance, the environment that references and login chains read.
public struct World: Sendable {
    public var time: any TimeSource
    public var chance: any ChanceSource
    public var environment: Environment
    public var logger: Logger

    /// Without a logger nothing is logged.
    public init(
        time: any TimeSource, chance: any ChanceSource, environment: Environment,
        logger: Logger = Logger(label: "tidemark") { _ in SwiftLogNoOpLogHandler() }
    ) {
        self.time = time
        self.chance = chance
        self.environment = environment
        self.logger = logger
    }
}
