import Bytes

/// OAUTHBEARER as `sasl.oauthbearer.*` keys and the options of OAuthBearerLoginModule set it.
extension PropertyValues {
    func bearer(_ options: JaasOptions) throws(KafkaError) -> BearerLogin {
        for key in ["sasl.login.callback.handler.class", "sasl.client.callback.handler.class"] where values[key]?.isEmpty == false {
            // MSK's own handler signs; Kafka's own is what is done here; any other is Java that cannot be run.
            let name = values[key]?.split(separator: ".").last.map(String.init) ?? ""
            if name == "IAMOAuthBearerLoginCallbackHandler" { return BearerLogin(.aws(try aws(options))) }
            guard name.hasPrefix("OAuthBearer") else {
                throw .configuration(
                    "\(key): \(name) is a Java class that cannot be run here",
                    "Use sasl.oauthbearer.token.endpoint.url, or token=\"${file:/path}\" in sasl.jaas.config.")
            }
        }
        if let key = values.keys.filter({ $0.hasPrefix("sasl.oauthbearer.assertion.") }).min() {
            throw .configuration(
                "\(key): the grant jwt-bearer is not supported, client credentials are",
                "Use a client id and secret, or a token file (sasl.oauthbearer.token.endpoint.url=file:///path).")
        }
        let retriever = values["sasl.oauthbearer.jwt.retriever.class"]?.split(separator: ".").last.map(String.init)
        guard [nil, "DefaultJwtRetriever", "ClientCredentialsJwtRetriever", "FileJwtRetriever"].contains(retriever) else {
            throw .configuration(
                "sasl.oauthbearer.jwt.retriever.class: \(retriever ?? "") is not supported",
                "Leave it out: client credentials and token files need no class.")
        }
        return BearerLogin(try bearerSource(options), extensions: try extensions(options))
    }

    private func bearerSource(_ options: JaasOptions) throws(KafkaError) -> BearerLogin.Source {
        if let token = options["token"] { return .fixed(Secret(token)) }
        if let url = values["sasl.oauthbearer.token.endpoint.url"], !url.isEmpty {
            if url.lowercased().hasPrefix("file:") { return .file(try path(url)) }
            guard ["https://", "http://"].contains(where: { url.lowercased().hasPrefix($0) && url.count > $0.count }) else {
                throw .configuration(
                    "sasl.oauthbearer.token.endpoint.url is none of https://, http:// and file://",
                    "Write it such as https://HOST/oauth/token.")
            }
            return .endpoint(try endpoint(url, options))
        }
        if let claims = try unsecured(options) { return .unsecured(claims) }
        throw .configuration(
            "OAUTHBEARER has no token and no place to get one",
            "Set sasl.oauthbearer.token.endpoint.url to https://… (with clientId and clientSecret) or file:///path, or give "
                + "token=\"${env:NAME}\" or, for test clusters, unsecuredLoginStringClaim_sub=\"USER\" in sasl.jaas.config.")
    }

    /// `file:///path`, and `file:/path` as Java takes it too.
    private func path(_ url: String) throws(KafkaError) -> String {
        let rest = url.dropFirst("file:".count)
        let path = rest.hasPrefix("//") ? rest.dropFirst(2) : rest
        guard path.hasPrefix("/"), path.count > 1 else {
            throw .configuration("sasl.oauthbearer.token.endpoint.url: \(url) names no file", "Write it as file:///path/to/token.")
        }
        return String(path)
    }

    private func endpoint(_ url: String, _ options: JaasOptions) throws(KafkaError) -> TokenEndpoint {
        let authority = url.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else {
            throw .configuration("sasl.oauthbearer.token.endpoint.url holds a user or password", "Put them into clientId and clientSecret.")
        }
        let id = values["sasl.oauthbearer.client.credentials.client.id"].flatMap { $0.isEmpty ? nil : $0 } ?? options["clientId"]
        let secret =
            values["sasl.oauthbearer.client.credentials.client.secret"].flatMap { $0.isEmpty ? nil : $0 } ?? options["clientSecret"]
        guard let id, let secret else {
            throw .configuration(
                "OAUTHBEARER has no \(id == nil ? "clientId" : "clientSecret") for the token endpoint",
                "Set sasl.oauthbearer.client.credentials.client.id and .secret, or clientId and clientSecret in sasl.jaas.config.")
        }
        let scope = values["sasl.oauthbearer.scope"].flatMap { $0.isEmpty ? nil : $0 } ?? options["scope"]
        var endpoint = TokenEndpoint(url: url, clientID: id, clientSecret: Secret(secret), scope: scope)
        endpoint.encodesHeader = values["sasl.oauthbearer.header.urlencode"]?.lowercased() == "true"
        try milliseconds("sasl.login.connect.timeout.ms") { endpoint.connectTimeout = $0 }
        try milliseconds("sasl.login.read.timeout.ms") { endpoint.readTimeout = $0 }
        try milliseconds("sasl.login.retry.backoff.ms", from: 0) { endpoint.retryBackoff = $0 }
        try milliseconds("sasl.login.retry.backoff.max.ms", from: 0) { endpoint.retryBackoffMax = $0 }
        var ssl: [String: String] = [:]
        for (name, value) in options.family("ssl.") { ssl["ssl." + name] = value }
        endpoint.authorities = try PropertyValues(ssl, of: self).truststore()
        return endpoint
    }

    private func extensions(_ options: JaasOptions) throws(KafkaError) -> [String: String] {
        let all = options.family("unsecuredLoginExtension_").merging(options.family("extension_")) { $1 }
        for (name, value) in all {
            let isName = name.utf8.allSatisfy { (0x41...0x5A).contains($0 & 0xDF) } && name != "auth"
            guard isName, value.utf8.allSatisfy({ (0x20...0x7E).contains($0) || [9, 10, 13].contains($0) }) else {
                throw .configuration(
                    "sasl.jaas.config: the SASL extension \(KnownKeys.isName(name) ? name : "") has a name or a value that RFC 7628 does not allow",
                    "Names are letters and not auth; values are printable ASCII.")
            }
        }
        return all
    }

    private func unsecured(_ options: JaasOptions) throws(KafkaError) -> UnsecuredClaims? {
        var claims = UnsecuredClaims()
        claims.texts = options.family("unsecuredLoginStringClaim_")
        for (name, text) in options.family("unsecuredLoginNumberClaim_") {
            guard let number = Double(text), number.isFinite else {
                throw .configuration("sasl.jaas.config: the claim \(name) is no number", "Correct unsecuredLoginNumberClaim_\(name).")
            }
            claims.numbers[name] = number
        }
        for (name, text) in options.family("unsecuredLoginListClaim_") {
            // The first character is what separates the elements.
            let separator = text.first ?? ","
            claims.lists[name] =
                text.isEmpty ? [] : text.dropFirst().split(separator: separator, omittingEmptySubsequences: false).map(String.init)
        }
        guard !(claims.texts.isEmpty && claims.numbers.isEmpty && claims.lists.isEmpty) else { return nil }
        let principal = options["unsecuredLoginPrincipalClaimName"] ?? "sub"
        guard claims.texts[principal]?.isEmpty == false else {
            throw .configuration(
                "sasl.jaas.config: the unsecured token has no claim \(principal), which names the user",
                "Add unsecuredLoginStringClaim_\(principal)=\"USER\".")
        }
        if let text = options["unsecuredLoginLifetimeSeconds"] {
            guard let seconds = Int(text), (1...1_000_000_000).contains(seconds) else {
                throw .configuration("unsecuredLoginLifetimeSeconds: \(text) is no number of seconds", "Write a whole number from 1 on.")
            }
            claims.lifetime = seconds
        }
        return claims
    }
}
