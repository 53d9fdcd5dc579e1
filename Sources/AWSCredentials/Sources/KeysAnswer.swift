import FoundationEssentials
import Seams

/// What the container's and the instance's metadata answer.
struct KeysAnswer: Decodable {
    var AccessKeyId: String
    var SecretAccessKey: String
    var Token: String?
    var Expiration: String?

    /// Throws where the body is not this, without quoting it, or the keys are over.
    static func keys(_ body: [UInt8], from whom: String, at now: Timestamp) throws(AWSCredentialError) -> AWSKeys {
        guard let answer = try? JSONDecoder().decode(KeysAnswer.self, from: Data(body)), !answer.AccessKeyId.isEmpty,
            !answer.SecretAccessKey.isEmpty
        else {
            throw AWSCredentialError(
                "\(whom) answers what are no keys", hint: "Check its address, and that a role is given to this machine.")
        }
        let expiry = answer.Expiration.flatMap { Timestamp($0) }
        guard answer.Expiration == nil || expiry != nil else {
            throw AWSCredentialError("\(whom) answers keys whose expiration is no time", hint: "Check its address.")
        }
        return try AWSKeys(
            accessKeyID: answer.AccessKeyId, secretAccessKey: answer.SecretAccessKey, sessionToken: answer.Token, expiry: expiry
        ).unexpired(at: now, from: whom)
    }
}
