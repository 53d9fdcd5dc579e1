public import Seams

/// Keys that chains have found, in memory alone: one for a process, so that they are asked for once a life and not once a chain.
public typealias AWSKeyStore = PerishableStore<AWSKeyOrigin, AWSKeys, AWSCredentialError>

/// All that decides which keys a chain finds, but for what those give whom the environment and the files name. What another profile, another
/// variable or a rewritten file says is another origin, and its keys are others.
public struct AWSKeyOrigin: Hashable, Sendable {
    let choice: AWSCredentialChoice
    let environment: Environment
    /// A digest of the shared files, in which secrets may be.
    let files: [UInt8]
}
