import Bytes
import KafkaProtocol

/// Mechanisms and iterations of SCRAM users, never their secrets. Null and an empty list ask for all; an unknown user is error 91, one that is
/// named twice 92.
enum DescribeUserScramCredentialsHandler: CallHandler {
    typealias Request = DescribeUserScramCredentialsRequest
    typealias Row = DescribeUserScramCredentialsResponse.DescribeUserScramCredentialsResult

    static func answer(
        _ request: DescribeUserScramCredentialsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DescribeUserScramCredentialsResponse> {
        var response = DescribeUserScramCredentialsResponse()
        response.errorMessage = ""
        let scram = state.scramUsers.scram
        var counts: [ByteString: Int] = [:]
        let asked = request.users ?? []
        for user in asked { counts[user.name, default: 0] += 1 }
        var seen: Set<ByteString> = []
        let users = asked.isEmpty ? Set(scram.values.flatMap(\.keys)).sorted() : asked.map(\.name).filter { seen.insert($0).inserted }
        response.results = users.map { user in
            var row = Row()
            row.user = user
            row.errorMessage = ""
            if counts[user, default: 0] > 1 {
                row.errorCode = .duplicateResource
                row.errorMessage = "Cannot describe SCRAM credentials for the same user twice in a single request: " + user
                return row
            }
            for (number, mechanism) in [(Int8(2), SimulatedUser.Mechanism.scramSHA512), (1, .scramSHA256)] {
                guard let credential = scram[mechanism]?[user] else { continue }
                var entry = Row.CredentialInfo()
                entry.mechanism = number
                entry.iterations = Int32(clamping: credential.iterations)
                row.credentialInfos.append(entry)
            }
            if row.credentialInfos.isEmpty {
                row.errorCode = .resourceNotFound
                row.errorMessage = "Attempt to describe a user credential that does not exist: " + user
            }
            return row
        }
        return .now(response)
    }
}
