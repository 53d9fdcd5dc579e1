import Bytes
import Cryptography
import Seams
import Web

/// A role to take.
public struct AWSRole: Sendable, Hashable {
    public var arn: String
    /// How the session is called in audit logs; nil: `tidemark`.
    public var sessionName: String?
    /// A word that the role's owner may demand of strangers.
    public var externalID: String?
    /// Where the security token service is asked; nil: the region of the environment.
    public var region: String?

    public init(arn: String, sessionName: String? = nil, externalID: String? = nil, region: String? = nil) {
        self.arn = arn
        self.sessionName = sessionName
        self.externalID = externalID
        self.region = region
    }
}

/// AWS STS: gives keys of a role to whoever may take it.
struct SecurityTokenService {
    private let surroundings: AWSSurroundings

    init(_ surroundings: AWSSurroundings) { self.surroundings = surroundings }

    func assume(_ role: AWSRole, withWebIdentity token: String) async throws(AWSCredentialError) -> AWSKeys {
        try await ask("AssumeRoleWithWebIdentity", role, [("WebIdentityToken", token)], signedWith: nil)
    }

    func assume(_ role: AWSRole, with keys: AWSKeys) async throws(AWSCredentialError) -> AWSKeys {
        try await ask("AssumeRole", role, role.externalID.map { [("ExternalId", $0)] } ?? [], signedWith: keys)
    }

    private func ask(
        _ action: String, _ role: AWSRole, _ more: [(name: String, value: String)], signedWith keys: AWSKeys?
    ) async throws(AWSCredentialError) -> AWSKeys {
        let region = role.region ?? AWSRegion.here(surroundings.environment) ?? "us-east-1"
        let base = surroundings.environment["AWS_ENDPOINT_URL_STS"] ?? "https://sts.\(region).\(AWSRegion.domain(region))"
        let form =
            [
                ("Action", action), ("Version", "2011-06-15"), ("RoleArn", role.arn),
                ("RoleSessionName", role.sessionName ?? "tidemark"),
            ] + more
        let body = Array(Percent.form(form).utf8)
        var url = base
        while url.hasSuffix("/") { url.removeLast() }
        var request = WebRequest(
            method: "POST", url: url + "/", headers: [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")], body: body)
        if let keys {
            let host = String(url.split(separator: "/", maxSplits: 2).last ?? "")
            let signer = SigV4(keys: keys, region: region, service: "sts", moment: surroundings.time.now())
            request.headers = signer.headers(
                for: SignableRequest(
                    method: "POST", host: host, headers: request.headers, payloadHash: HashFunction.sha256.digest(body).hex))
        }
        let answer = try await surroundings.ask(request, "the security token service")
        let text = String(decoding: answer.body, as: UTF8.self)
        guard answer.isSuccess else {
            let secrets = more.map(\.value) + [keys?.secretAccessKey, keys?.sessionToken].compactMap(\.self)
            let redaction = Redaction(secrets)
            let code = Self.element("Code", in: text).map { redaction.words($0, upTo: 100) } ?? "status \(answer.status)"
            let message = Self.element("Message", in: text).map { ": \(redaction.words($0))" } ?? ""
            throw AWSCredentialError(
                "the security token service refuses \(action) of \(role.arn) (\(code)\(message))",
                hint: "Check the role's ARN and its trust policy.", isPassing: answer.isTransient)
        }
        guard let id = Self.element("AccessKeyId", in: text), let secret = Self.element("SecretAccessKey", in: text),
            let session = Self.element("SessionToken", in: text),
            let expiry = Self.element("Expiration", in: text).flatMap({ Timestamp($0) })
        else { throw AWSCredentialError("the security token service answers what are no keys", hint: "Check AWS_ENDPOINT_URL_STS.") }
        return try AWSKeys(accessKeyID: id, secretAccessKey: secret, sessionToken: session, expiry: expiry)
            .unexpired(at: surroundings.time.now(), from: "the security token service")
    }

    /// The text of the first XML element of a name. The service's answers are flat, and their values need no escapes.
    private static func element(_ name: String, in text: String) -> String? {
        guard let start = text.firstRange(of: "<\(name)>"), let end = text[start.upperBound...].firstRange(of: "</\(name)>") else {
            return nil
        }
        let value = text[start.upperBound..<end.lowerBound].trimmed
        return value.isEmpty ? nil : value
    }
}
