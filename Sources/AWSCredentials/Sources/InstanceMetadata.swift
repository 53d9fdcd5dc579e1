import Web

/// Keys of an EC2 instance's role: from its metadata service, version 2, which wants a token of its own for each session.
struct InstanceMetadata {
    private let surroundings: AWSSurroundings

    init(_ surroundings: AWSSurroundings) { self.surroundings = surroundings }

    private static let folder = "/latest/meta-data/iam/security-credentials/"
    static let whom = "the instance's metadata service"

    enum Found {
        case keys(AWSKeys)
        /// Why there are none, behind the service's name.
        case none(String)
    }

    /// None where the service is switched off, has no role, or this is no instance. Throws where there should be keys and the service does not
    /// answer, or has trouble.
    func keys() async throws(AWSCredentialError) -> Found {
        let environment = surroundings.environment
        if environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" {
            return .none("is not to be asked (AWS_EC2_METADATA_DISABLED)")
        }
        let named = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
        let isExpected = named != nil || isInstance
        var base = named ?? "http://169.254.169.254"
        while base.hasSuffix("/") { base.removeLast() }
        var opening = Self.request("PUT", base + "/latest/api/token")
        opening.headers = [("X-aws-ec2-metadata-token-ttl-seconds", "21600")]
        let token: WebAnswer
        do throws(WebFailure) {
            // Off AWS nobody is there: that is no error, and must not take long.
            token = try await WebRetry(attempts: isExpected ? 4 : 2)
                .send(opening, by: surroundings.web, surroundings.time, surroundings.chance)
        } catch {
            guard isExpected else { return .none("gives no answer: \(error.reason)") }
            throw AWSCredentialError(
                "\(Self.whom) gives no answer: \(error.reason)",
                hint:
                    "Check that it is switched on; from within a container it answers only with a hop limit of 2 or more. Or give keys otherwise, "
                    + "and set AWS_EC2_METADATA_DISABLED=true.", isPassing: error.isTransient)
        }
        if token.isTransient { throw Self.odd(token) }
        guard token.isSuccess else { return .none("answers \(token.status)") }
        let header = [(name: "X-aws-ec2-metadata-token", value: String(decoding: token.body, as: UTF8.self).trimmed)]
        var request = Self.request("GET", base + Self.folder)
        request.headers = header
        let roles = try await surroundings.ask(request, Self.whom)
        if roles.status == 404 { return .none("knows no role of this instance") }
        guard roles.isSuccess, let role = String(decoding: roles.body, as: UTF8.self).split(separator: "\n").first?.trimmed, !role.isEmpty,
            role.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw Self.odd(roles) }
        request.url = base + Self.folder + role
        let answer = try await surroundings.ask(request, Self.whom)
        guard answer.isSuccess else { throw Self.odd(answer) }
        return .keys(try KeysAnswer.keys(answer.body, from: Self.whom, at: surroundings.time.now()))
    }

    /// Whether the machine says that it is one of EC2, as Linux shows it to everybody: then the service should be there.
    private var isInstance: Bool {
        func text(_ path: String) -> String? { (try? surroundings.file(path)).map { String(decoding: $0, as: UTF8.self) } }
        return text("/sys/class/dmi/id/sys_vendor")?.hasPrefix("Amazon EC2") ?? false
            // Of the older kinds, which Xen runs.
            || text("/sys/hypervisor/uuid")?.lowercased().hasPrefix("ec2") ?? false
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
