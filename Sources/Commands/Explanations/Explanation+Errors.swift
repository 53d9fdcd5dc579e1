import Agent
import Catalog
import KafkaClient
import KafkaSimulator
import Policies
import Recovery
import Repository
import Resources
import SchemaRegistryClient
import SnapshotModel
import Storage

extension Explanation {
    /// Every error of the project in an operator's words; what is none of them is reported as a fault of Tidemark.
    init(of error: any Error) {
        switch error {
        case let error as KafkaError: self.init(message: error.message, hint: error.hint, exitCode: error.exitCode)
        case let error as RegistryError: self.init(message: error.message, hint: error.hint, exitCode: error.exitCode)
        case let error as StorageError:
            self.init(message: error.message, hint: error.hint, exitCode: error.code == .corrupt ? .repositoryDamaged : .repositoryUnusable)
        case let error as RecoveryError: self.init(message: error.message, hint: error.hint, exitCode: error.exitCode)
        case let error as PolicyError:
            self.init(message: error.message, hint: error.hint, exitCode: .usage)
            if error.problems.count > 1 {
                message = "the policy has \(Units.count(error.problems.count, "problem"))"
                details = error.listing
            }
        case let error as UsageError: self.init(message: error.message, hint: error.hint, exitCode: .usage)
        case let error as ListenError: self.init(message: error.message, hint: error.hint, exitCode: .usage)
        case let error as MonitoringServerError: self.init(message: error.message, hint: error.hint, exitCode: .cannotListen)
        case let error as RegistryServerError: self.init(message: error.message, hint: error.hint, exitCode: .usage)
        case let error as OutputLostError:
            switch error.failure {
            case .refused(let why): self = OutputLoss.explain(why, done: error.standing)
            case .closed:
                self.init(
                    message: "whoever read standard output went away; \(error.standing)", hint: "run the command without `| head`.",
                    exitCode: .readerGone)
            }
        case let error as ManifestError: self.init(message: error.message, hint: error.hint, exitCode: .repositoryDamaged)
        case let error as MalformedDocument:
            self.init(
                message: error.description, hint: "run `tidemark check --read-data`, and use another snapshot.",
                exitCode: .repositoryDamaged)
        case let error as RepositoryError: self.init(message: error.message, hint: error.hint, exitCode: error.exitCode)
        case let error as CatalogError: self.init(message: error.message, hint: error.hint, exitCode: error.exitCode)
        default:
            self.init(
                message: "\(error)", hint: "this should not happen: report it with the command line and `tidemark version`.",
                exitCode: .unexpected)
        }
    }
}

extension RecoveryError {
    var exitCode: ExitCode {
        switch code {
        case .usage: .usage
        case .conflict, .drift: .conflict
        case .rights: .denied
        }
    }
}

extension KafkaError {
    var exitCode: ExitCode {
        if isAuthorizationRefused { return .denied }
        switch code {
        case .authenticationFailed, .tls: return .denied
        case .configuration: return .usage
        case .cancelled: return .interrupted
        // What answers in another language is no broker, or one that wants TLS.
        case .cannotConnect, .timedOut, .connectionLost, .closed, .protocolViolation, .brokerError(.mismatchedEndpointType):
            return .cannotConnect
        default: return .unexpected
        }
    }

    private var isAuthorizationRefused: Bool { code.isNotAuthorized }
}

extension RegistryError {
    var exitCode: ExitCode {
        switch kind {
        case .configuration: .usage
        // What does not know the call is no registry, or not at this path.
        case .connect, .interrupted, .timeout, .server, .invalidAnswer, .unsupported: .cannotConnect
        case .tls, .authentication, .forbidden: .denied
        case .conflict, .refused: .conflict
        case .cancelled: .interrupted
        case .notFound: .unexpected
        }
    }
}
