import Web

/// Keys of a container's role (ECS, EKS Pod Identity): from a server on the machine that the environment names.
struct ContainerKeys {
    private let surroundings: AWSSurroundings

    init(_ surroundings: AWSSurroundings) { self.surroundings = surroundings }

    /// Where plain HTTP is allowed to go: the machine itself, ECS, EKS Pod Identity.
    private static let near = ["127.0.0.1", "localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"]

    /// Nil where the environment names no such server.
    func keys() async throws(AWSCredentialError) -> AWSKeys? {
        let environment = surroundings.environment
        let url: String
        if let relative = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            url = "http://169.254.170.2" + relative
        } else if let full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
            guard full.hasPrefix("https://") || Self.isNear(full) else {
                throw AWSCredentialError(
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https:// nor on this machine",
                    hint: "Use https://, a loopback address, or the address of ECS or EKS.")
            }
            url = full
        } else {
            return nil
        }
        var request = WebRequest(url: url, headers: [("Accept", "application/json")])
        request.connectTimeout = .seconds(2)
        request.timeout = .seconds(5)
        if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            request.headers.append(
                ("Authorization", try surroundings.word(in: path, named: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")))
        } else if let token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] {
            request.headers.append(("Authorization", token))
        }
        guard request.headers.allSatisfy({ !$0.value.contains { $0.isNewline } }) else {
            throw AWSCredentialError(
                "the container's authorization token has a line break", hint: "Check the file or variable it comes from.")
        }
        let answer = try await surroundings.ask(request, "the container's credentials server")
        guard answer.status == 200 else {
            throw AWSCredentialError(
                "the container's credentials server answers \(answer.status)", hint: "Check the role of the task or the pod.",
                isPassing: answer.isTransient)
        }
        return try KeysAnswer.keys(answer.body, from: "the container's credentials server", at: surroundings.time.now())
    }

    private static func isNear(_ url: String) -> Bool {
        guard url.hasPrefix("http://") else { return false }
        let authority = url.dropFirst(7).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return near.contains { host in
            authority == host || (authority.hasPrefix(host + ":") && authority.dropFirst(host.count + 1).allSatisfy(\.isNumber))
        }
    }
}
