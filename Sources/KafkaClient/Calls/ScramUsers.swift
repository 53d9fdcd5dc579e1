public import Bytes
import Cryptography
import KafkaProtocol

/// A change of one user's credential for one mechanism.
public struct ScramCredentialChange: Sendable, Equatable {
    public enum Operation: Sendable, Equatable {
        /// A new password, sent salted, never as it is; iterations from 4,096 to 16,384.
        case set(password: Secret, iterations: Int32)
        case delete
    }

    public var user: ByteString
    public var mechanism: ScramMechanism
    public var operation: Operation

    public init(_ user: ByteString, _ mechanism: ScramMechanism, _ operation: Operation) {
        self.user = user
        self.mechanism = mechanism
        self.operation = operation
    }

    /// What a change is about.
    public struct Key: Hashable, Sendable {
        public var user: ByteString
        public var mechanism: ScramMechanism
        public init(_ user: ByteString, _ mechanism: ScramMechanism) {
            self.user = user
            self.mechanism = mechanism
        }
    }

    public var key: Key { Key(user, mechanism) }
}

extension KafkaClient {
    /// Iterations by mechanism of every user with SCRAM credentials. Secrets cannot be read. Needs cluster DESCRIBE.
    public func describeUserScramCredentials() async throws(KafkaError) -> [ByteString: [ScramMechanism: Int32]] {
        let answer = try await send(DescribeUserScramCredentialsRequest(), to: .controller, failure: { $0.errorCode })
        let users = answer.results.filter { !$0.errorCode.isError }.map { user in
            let infos = user.credentialInfos.map { (ScramMechanism(rawValue: $0.mechanism), $0.iterations) }
            return (user.user, Dictionary(infos) { first, _ in first })
        }
        return Dictionary(users) { first, _ in first }
    }

    /// Sets and deletes SCRAM credentials, one mechanism of a user in a call, because brokers refuse two (92). Salting a password
    /// is slow on purpose: some milliseconds each. Needs cluster ALTER.
    public func alterUserScramCredentials(
        _ changes: [ScramCredentialChange]
    ) async throws(KafkaError) -> [ScramCredentialChange.Key: WriteResult] {
        let byUser = Dictionary(grouping: changes, by: \.user).sorted { $0.key < $1.key }.map(\.value)
        let rounds = (0..<(byUser.map(\.count).max() ?? 0)).flatMap { round in
            byUser.compactMap { round < $0.count ? $0[round] : nil }.batches(of: Self.topicsPerCall)
        }
        return try await write(rounds, key: \.key) { (batch) async throws(KafkaError) in
            let request = AlterUserScramCredentialsRequest(batch) { chance.bytes(16) }
            let answer = try await send(request, to: .controller, failure: { $0.results.map(\.errorCode).notController })
            let mechanisms = Dictionary(batch.map { ($0.user, $0.mechanism) }) { first, _ in first }
            return answer.results.filter { mechanisms[$0.user] != nil }.results {
                (ScramCredentialChange.Key($0.user, mechanisms[$0.user] ?? .sha256), $0.errorCode, $0.errorMessage)
            }
        }
    }
}

extension AlterUserScramCredentialsRequest {
    fileprivate init(_ changes: [ScramCredentialChange], salt: () -> [UInt8]) {
        self.init()
        for change in changes {
            switch change.operation {
            case .delete:
                var deletion = ScramCredentialDeletion()
                deletion.name = change.user
                deletion.mechanism = change.mechanism.rawValue
                deletions.append(deletion)
            case .set(let password, let iterations):
                var upsertion = ScramCredentialUpsertion()
                upsertion.name = change.user
                upsertion.mechanism = change.mechanism.rawValue
                upsertion.iterations = iterations
                let salt = salt()
                // A number that brokers refuse is sent as it is; only our own work is bounded.
                let keys = ScramKeys(
                    function: change.mechanism.function, password: ByteString(password.revealed), salt: salt,
                    iterations: min(max(1, Int(iterations)), 1_000_000))
                upsertion.salt = Blob(salt)
                upsertion.saltedPassword = Blob(keys.saltedPassword)
                upsertions.append(upsertion)
            }
        }
    }
}
