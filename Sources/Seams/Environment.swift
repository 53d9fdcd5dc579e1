/// Environment variables as the program sees them: read by the executable, handed in to everything else, and given by tests.
public struct Environment: Sendable, Hashable {
    private let variables: [String: String]

    public init(_ variables: [String: String] = [:]) { self.variables = variables }

    /// Nil where the variable is missing or empty.
    public subscript(name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
}
