import AWSCredentials
import Seams

/// Tokens and keys that logins were given, for all clients of a process: a client lives as long as one run, a token for many. Each by all that
/// decides it, so that other settings are another login. In memory alone; what a broker refuses is forgotten.
public final class KeptLogins: Sendable {
    let tokens = PerishableStore<TokenEndpoint, Secret, KafkaError>()
    let keys = AWSKeyStore()

    public init() {}
}
