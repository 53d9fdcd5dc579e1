import Bytes

/// Where a schema registry is and how it is to be spoken to.
public struct RegistryConfiguration: Sendable {
    /// One or more base URLs of the same registry, tried in turn: `https://registry:8081`, a path allowed behind it.
    public let baseURLs: [String]
    public var credentials: RegistryCredentials
    public var tls: RegistryTLS
    /// From the request's first byte to the answer's last, for each attempt.
    public var timeout: Duration
    /// How often all URLs are gone through before a passing failure becomes a lasting one; 1 or more.
    public var rounds: Int
    /// Pause before the second round; doubled for each further one up to `longestPause`, and shortened by chance to between half and all of it.
    public var firstPause: Duration
    public var longestPause: Duration
    /// Longer answers are refused, in bytes.
    public var largestAnswer: Int

    /// Throws `RegistryError` of kind `configuration` where a URL is not one of http or https with a host, or holds a user or password.
    public init(
        baseURLs: [String], credentials: RegistryCredentials = .none, tls: RegistryTLS = RegistryTLS(), timeout: Duration = .seconds(30),
        rounds: Int = 4, firstPause: Duration = .milliseconds(200), longestPause: Duration = .seconds(5), largestAnswer: Int = 64 << 20
    ) throws(RegistryError) {
        guard !baseURLs.isEmpty else {
            throw .configuration("no URL of a schema registry is given", hint: "Give one, such as http://registry:8081.")
        }
        var checked: [String] = []
        for url in baseURLs { checked.append(try Self.check(url)) }
        self.baseURLs = checked
        self.credentials = credentials
        self.tls = tls
        self.timeout = timeout
        self.rounds = max(1, rounds)
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.largestAnswer = largestAnswer
    }

    /// One spelling of what is the same URL: scheme and host in small letters, without the scheme's own port, the root's dot and a slash at the end. Names
    /// are not resolved: two registries may be behind one address.
    public static func normal(url: String) -> String {
        let trimmed = String(url.reversed().drop { $0 == "/" }.reversed())
        guard let mark = trimmed.firstRange(of: "://") else { return trimmed }
        let scheme = trimmed[..<mark.lowerBound].lowercased()
        let rest = trimmed[mark.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var host = rest[..<slash].lowercased()
        if let port = ["http": ":80", "https": ":443"][scheme], host.hasSuffix(port) { host.removeLast(port.count) }
        // An address of IPv6 ends in a bracket; a port may stand behind the dot.
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]"), host[..<colon].hasSuffix(".") {
            host = String(host[..<colon].dropLast()) + host[colon...]
        } else if host.hasSuffix(".") {
            host.removeLast()
        }
        return "\(scheme)://\(host)\(rest[slash...])"
    }

    /// The URL without a slash at its end.
    private static func check(_ url: String) throws(RegistryError) -> String {
        var rest = url[...]
        guard let scheme = ["http://", "https://"].first(where: { rest.lowercased().hasPrefix($0) }) else {
            throw .configuration(
                "a URL of the schema registry is neither http:// nor https://", hint: "Write it like https://registry:8081.")
        }
        rest = rest.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        // Not shown: what stands before the sign may be a password.
        guard !authority.contains("@") else {
            throw .configuration(
                "a URL of the schema registry holds a user or password",
                hint:
                    "Take it out of the URL, so that it does not end up in logs, and give it as basic.auth.user.info in the file of --registry-config."
            )
        }
        guard !authority.isEmpty, !authority.hasPrefix(":"), url.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 }) else {
            throw .configuration("the schema registry's URL '\(url)' names no host", hint: "Write it like https://registry:8081.")
        }
        guard !rest.contains("?"), !rest.contains("#") else {
            throw .configuration(
                "the schema registry's URL '\(url)' has a query or fragment", hint: "End it with the host, port or a path.")
        }
        return String(url.reversed().drop { $0 == "/" }.reversed())
    }
}

/// Who the client says it is.
public enum RegistryCredentials: Sendable, Equatable {
    case none
    /// HTTP basic authentication (RFC 7617).
    case basic(user: String, password: RegistrySecret)
    /// A bearer token (RFC 6750).
    case bearer(RegistrySecret)

    var redaction: Redaction {
        switch self {
        case .none: Redaction([])
        case .basic(let user, let password): Redaction([password.value, "\(user):\(password.value)"])
        case .bearer(let token): Redaction([token.value, token.value.split(separator: ".").last.map(String.init) ?? ""])
        }
    }

    /// The value of the `Authorization` header.
    var header: String? {
        switch self {
        case .none: nil
        case .basic(let user, let password): "Basic \(Base64.encode(Array("\(user):\(password.value)".utf8)))"
        case .bearer(let token): "Bearer \(token.value)"
        }
    }
}

/// How the other side is verified, and the own certificate. All in PEM.
public struct RegistryTLS: Sendable, Equatable {
    /// The authorities that a server's certificate must come from; nil: those that the system trusts.
    public var authoritiesPEM: String?
    /// The own certificate and those that vouch for it, for mutual TLS.
    public var certificateChainPEM: String?
    public var privateKeyPEM: RegistrySecret?

    public init(authoritiesPEM: String? = nil, certificateChainPEM: String? = nil, privateKeyPEM: RegistrySecret? = nil) {
        self.authoritiesPEM = authoritiesPEM
        self.certificateChainPEM = certificateChainPEM
        self.privateKeyPEM = privateKeyPEM
    }
}

/// A text that never shows in descriptions, dumps or mirrors.
public struct RegistrySecret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let value: String

    public init(_ value: String) { self.value = value }

    public var description: String { "***" }
    public var debugDescription: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
