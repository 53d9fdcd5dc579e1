import KafkaClient
import SchemaRegistryClient

extension Finding.Cause {
    /// - Parameter other: where the error says nothing of credentials or rights.
    init(of error: any Error, else other: Finding.Cause = .state) {
        switch error {
        case let error as KafkaError where error.code == .authenticationFailed || error.code == .tls || error.code.isNotAuthorized:
            self = .refused
        case let error as RegistryError where [.tls, .authentication, .forbidden].contains(error.kind): self = .refused
        default: self = other
        }
    }
}
