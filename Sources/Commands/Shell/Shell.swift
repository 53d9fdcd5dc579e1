import Access
import KafkaClient
public import Seams

/// All that a command may know of the world it runs in. Commands read no clock, no environment and no stream of their own.
public struct Shell: Sendable {
    public var time: any TimeSource
    public var chance: any ChanceSource
    /// Environment variables by name.
    public var variables: [String: String]
    public var input: any TextSource
    public var output: any TextSink
    public var errors: any TextSink
    public var signals: any SignalSource

    public init(
        time: any TimeSource, chance: any ChanceSource, variables: [String: String], input: any TextSource, output: any TextSink,
        errors: any TextSink, signals: any SignalSource = NoSignals()
    ) {
        self.time = time
        self.chance = chance
        self.variables = variables
        self.input = input
        self.output = output
        self.errors = errors
        self.signals = signals
    }

    /// Nil where the variable is missing or empty.
    func variable(_ name: String) -> String? {
        guard let value = variables[name], !value.isEmpty else { return nil }
        return value
    }

    /// What clusters and repositories are opened with. What an operator must know comes as errors, warnings and reports; nothing is
    /// logged beside.
    var world: World { World(time: time, chance: chance, environment: Environment(variables), logins: logins) }

    /// Of all that the command opens.
    private let logins = KeptLogins()

    func style(for sink: any TextSink) -> Style {
        Style(isColoured: sink.isTerminal && variable("NO_COLOR") == nil && variables["TERM"] != "dumb")
    }

    /// A line of the answer.
    func say(_ line: String = "") { output.write(line + "\n") }

    /// A line beside the answer.
    func remark(_ line: String) { errors.write(line + "\n") }

    func warn(_ message: String) { remark(style(for: errors)("warning:", .warning) + " " + Printable.escape(message)) }
}
