import Web

/// Keys of an EC2 instance's role: from its metadata service, version 2, which wants a token of its own for each session.
struct InstanceMetadata {
    private let surroundings: AWSSurroundings

    init(_ surroundings: AWSSurroundings) { self.surroundings = surroundings }

    private static let folder = "/latest/meta-data/iam/security-credentials/"
    private static let whom = "the instance's metadata service"

    /// Nil where there is no such service, it is switched off, or the instance has no role.
    func keys() async throws(AWSCredentialError) -> AWSKeys? {
        let environment = surroundings.environment
        if environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" { return nil }
        var base = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? "http://169.254.169.254"
        while base.hasSuffix("/") { base.removeLast() }
        var opening = Self.request("PUT", base + "/latest/api/token")
        opening.headers = [("X-aws-ec2-metadata-token-ttl-seconds", "21600")]
        // Off AWS nobody is there: that is no error, and must not take long.
        guard let token = try? await surroundings.web.send(opening), token.isSuccess else { return nil }
        let header = [(name: "X-aws-ec2-metadata-token", value: String(decoding: token.body, as: UTF8.self).trimmed)]
        var request = Self.request("GET", base + Self.folder)
        request.headers = header
        let roles = try await surroundings.ask(request, Self.whom)
        if roles.status == 404 { return nil }
        guard roles.isSuccess, let role = String(decoding: roles.body, as: UTF8.self).split(separator: "\n").first?.trimmed, !role.isEmpty,
            role.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw Self.odd(roles) }
        request.url = base + Self.folder + role
        let answer = try await surroundings.ask(request, Self.whom)
        guard answer.isSuccess else { throw Self.odd(answer) }
        return try KeysAnswer.keys(answer.body, from: Self.whom)
    }

    private static func request(_ method: String, _ url: String) -> WebRequest {
        var request = WebRequest(method: method, url: url)
        request.connectTimeout = .seconds(1)
        request.timeout = .seconds(2)
        return request
    }

    private static func odd(_ answer: WebAnswer) -> AWSCredentialError {
        AWSCredentialError(
            "\(whom) answers \(answer.status)", hint: "Check the instance's role, or set AWS_EC2_METADATA_DISABLED=true.",
            isPassing: answer.isTransient)
    }
}
