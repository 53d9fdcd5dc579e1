/// Keys for a token that somebody else vouches for, such as a pod's service account (EKS): the token's file is read anew each time.
struct WebIdentity {
    private let surroundings: AWSSurroundings

    init(_ surroundings: AWSSurroundings) { self.surroundings = surroundings }

    /// Nil where `AWS_WEB_IDENTITY_TOKEN_FILE` is not set.
    func keys() async throws(AWSCredentialError) -> AWSKeys? {
        let environment = surroundings.environment
        guard let path = environment["AWS_WEB_IDENTITY_TOKEN_FILE"] else { return nil }
        guard let role = environment["AWS_ROLE_ARN"] else {
            throw AWSCredentialError(
                "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not", hint: "Set AWS_ROLE_ARN to the role to take.")
        }
        return try await keys(
            AWSRole(arn: role, sessionName: environment["AWS_ROLE_SESSION_NAME"]), tokenFile: path, named: "AWS_WEB_IDENTITY_TOKEN_FILE")
    }

    func keys(_ role: AWSRole, tokenFile: String, named name: String) async throws(AWSCredentialError) -> AWSKeys {
        let token = try surroundings.word(in: tokenFile, named: name)
        return try await SecurityTokenService(surroundings).assume(role, withWebIdentity: token)
    }
}
