import Policies

/// Policies for tests.
enum PolicyTexts {
    static let small = """
        version: 1
        clusters:
          - name: a
            bootstrapServers: ["127.0.0.1:9092"]
            repository: backups
        """

    /// A small policy with more keys of its cluster.
    static func cluster(_ lines: String) -> String {
        small + "\n" + lines.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }.joined(separator: "\n") + "\n"
    }

    static func problems(_ text: String) -> [PolicyProblem] {
        do throws(PolicyError) {
            _ = try PolicyFile.parse(text, file: "/etc/p.yaml")
            return []
        } catch {
            return error.problems
        }
    }
}
