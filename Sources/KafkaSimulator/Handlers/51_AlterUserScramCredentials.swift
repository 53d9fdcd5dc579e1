import Bytes
import Cryptography
import KafkaProtocol

/// Sets and deletes SCRAM credentials; they hold for the next login, and connections that are open stay so.
///
/// One user may stand in a request once, whatever the mechanism: else error 92, and nothing of that user is done. An unknown
/// mechanism is error 33; iterations outside 4,096 to 16,384 and an empty user 93; deleting what is not there 91.
enum AlterUserScramCredentialsHandler: CallHandler {
    typealias Request = AlterUserScramCredentialsRequest
    typealias Result = AlterUserScramCredentialsResponse.AlterUserScramCredentialsResult

    static func answer(
        _ request: AlterUserScramCredentialsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<AlterUserScramCredentialsResponse> {
        var refusals: [ByteString: ConfigRefusal] = [:]
        var changes: [ByteString: Change] = [:]
        func take(_ user: ByteString, _ change: () throws(ConfigRefusal) -> Change) {
            if refusals[user] != nil { return }
            do throws(ConfigRefusal) {
                if changes.removeValue(forKey: user) != nil {
                    throw ConfigRefusal(.duplicateResource, "A user credential cannot be altered twice in the same request")
                }
                if user.isEmpty { throw ConfigRefusal(.unacceptableCredential, "Username must not be empty") }
                changes[user] = try change()
            } catch {
                refusals[user] = error
            }
        }
        for deletion in request.deletions {
            take(deletion.name) { () throws(ConfigRefusal) in
                let mechanism = try mechanism(deletion.mechanism)
                if state.scramUsers.scram[mechanism]?[deletion.name] == nil {
                    throw ConfigRefusal(.resourceNotFound, "Attempt to delete a user credential that does not exist")
                }
                return Change(mechanism: mechanism, credential: nil)
            }
        }
        for upsertion in request.upsertions {
            take(upsertion.name) { () throws(ConfigRefusal) in
                Change(mechanism: try mechanism(upsertion.mechanism), credential: try credential(upsertion))
            }
        }
        for (user, change) in changes { state.scramUsers.set(user, change.mechanism, change.credential) }
        state.metadataOffset += Int64(changes.count)
        var response = AlterUserScramCredentialsResponse()
        response.results = Set(changes.keys).union(refusals.keys).sorted().map { user in
            var result = Result()
            result.user = user
            result.errorCode = refusals[user]?.code ?? .none
            result.errorMessage = refusals[user]?.message.map { ByteString($0) }
            return result
        }
        return .now(response)
    }

    private struct Change {
        var mechanism: SimulatedUser.Mechanism
        /// Nil to delete it.
        var credential: Credentials.Scram?
    }

    private static func mechanism(_ number: Int8) throws(ConfigRefusal) -> SimulatedUser.Mechanism {
        switch number {
        case 1: return .scramSHA256
        case 2: return .scramSHA512
        default: throw ConfigRefusal(.unsupportedSaslMechanism, "Unknown SCRAM mechanism")
        }
    }

    private static func credential(
        _ asked: AlterUserScramCredentialsRequest.ScramCredentialUpsertion
    ) throws(ConfigRefusal) -> Credentials.Scram {
        if asked.iterations < 4096 { throw ConfigRefusal(.unacceptableCredential, "Too few iterations") }
        if asked.iterations > 16_384 { throw ConfigRefusal(.unacceptableCredential, "Too many iterations") }
        let keys = ScramKeys(function: asked.mechanism == 1 ? .sha256 : .sha512, saltedPassword: asked.saltedPassword.bytes)
        return Credentials.Scram(
            salt: asked.salt.bytes, iterations: Int(asked.iterations), storedKey: keys.storedKey, serverKey: keys.serverKey)
    }
}
