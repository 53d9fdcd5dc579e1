import ArgumentParser
import Policies

/// `--policy` and `--cluster`: a file in place of flags.
struct PolicyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A policy that says what other options do not (docs/policy.md).", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var policy: String?
    @Option(help: ArgumentHelp("Which of the policy's clusters; may be left out where it has one.", valueName: "name"))
    var cluster: String?

    func validate() throws {
        if cluster != nil && policy == nil { throw ValidationError("--cluster needs --policy.") }
    }

    /// The cluster that is meant; nil without a policy.
    func chosen() throws(PolicyError) -> ProtectedCluster? {
        guard let policy else { return nil }
        return try PolicyFile.read(policy).cluster(cluster)
    }
}
