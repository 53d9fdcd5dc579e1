import Bytes
import KafkaClient
import NIOPosix
public import Resources
import SchemaRegistryClient
public import Recovery

extension ClusterSettings {
    /// Runs `body` with the cluster and its registry; connections are closed whatever happens. Nothing is contacted before `body`
    /// asks for something.
    ///
    /// `warn` gets a sentence for each setting that has no effect. `callLimit` bounds a call to a broker, where the settings do not bound it
    /// more tightly. Throws `KafkaError`, `RegistryError`, `PolicyError` or `RecoveryError` (all
    /// with a hint) where settings cannot be used, and what `body` throws.
    public func withSource<Value: Sendable>(
        _ world: World, callLimit: Duration? = nil, warn: (String) -> Void = { _ in }, _ body: (Source) async throws -> Value
    ) async throws -> Value {
        // In a policy's own words: a properties file is told no more of its value than the key.
        for (key, value) in properties.sorted(by: { $0.key < $1.key }) { _ = try value.resolve("properties.\(key)", world.environment) }
        var client = try clientConfiguration(world, warn)
        client.surroundings.kept = world.logins
        if let callLimit { client.apiTimeout = min(client.apiTimeout, callLimit) }
        let registry = try registryConfiguration(world, warn)
        let topic = try registrySettings(world)["kafkastore.topic"].map { ByteString($0) } ?? Source.usualSchemasTopic
        return try await KafkaClient.withClient(
            client, time: world.time, chance: world.chance, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: world.logger
        ) { client in
            guard let registry else { return try await body(Source(client: client, registry: nil, time: world.time)) }
            return try await SchemaRegistryClient.withClient(registry, time: world.time, chance: world.chance) { registry in
                try await body(Source(client: client, registry: registry, schemasTopic: topic, time: world.time))
            }
        }
    }

    /// A sentence for each setting of the client that has no effect, as ``withSource(_:warn:_:)`` tells them; nothing is contacted.
    public func warnings(_ world: World) throws -> [String] {
        var warnings: [String] = []
        _ = try clientConfiguration(world) { warnings.append($0) }
        return warnings
    }

    private func clientConfiguration(_ world: World, _ warn: (String) -> Void) throws(KafkaError) -> ClientConfiguration {
        let (text, fileLines) = try propertiesText()
        let place = commandConfig.map { "\($0): " } ?? ""
        do throws(KafkaError) {
            // A policy's own properties were judged when it was read, by its own lines.
            return try ClientProperties(
                text, bootstrap: bootstrap, environment: world.environment, warningsOf: fileLines, warn: { warn(place + $0) }
            ).configuration
        } catch {
            throw KafkaError(error.code, outcome: error.outcome, cause: place + error.cause, hint: error.hint)
        }
    }

    private func registrySettings(_ world: World) throws -> RegistrySettings {
        try RegistrySettings(try registry?.config.map { try ConfigurationFile.read($0) } ?? propertiesText().text, world.environment)
    }

    /// Nil where no registry is named.
    func registryConfiguration(_ world: World, _ warn: (String) -> Void = { _ in }) throws -> RegistryConfiguration? {
        let place = registry
        let settings = try registrySettings(world)
        // The client's own file has been warned of.
        if let path = place?.config { for warning in settings.warnings { warn("\(path): \(warning)") } }
        var urls = place?.urls ?? []
        if urls.isEmpty, let list = settings["schema.registry.url"] {
            urls = list.split { $0 == "," || $0.isWhitespace }.map { String($0) }
        }
        guard !urls.isEmpty else {
            guard let place else { return nil }
            throw RecoveryError(
                .usage, place.config.map { "'\($0)' names no schema registry" } ?? "the schema registry has no URL",
                hint: "set schema.registry.url in it, or give --schema-registry.")
        }
        var credentials = try settings.credentials()
        if let token = place?.token {
            credentials = .bearer(RegistrySecret(try token.resolve("schemaRegistry.token", world.environment).revealed))
        } else if let user = place?.user {
            let password = try place?.password?.resolve("schemaRegistry.password", world.environment).revealed ?? ""
            credentials = .basic(
                user: try user.resolve("schemaRegistry.user", world.environment).revealed, password: RegistrySecret(password))
        }
        var tls = try settings.tls()
        if let path = place?.authorities { tls.authoritiesPEM = try RegistrySettings.pem(path, of: "schemaRegistry.authorities") }
        if let path = place?.certificate { tls.certificateChainPEM = try RegistrySettings.pem(path, of: "schemaRegistry.certificate") }
        if let path = place?.key ?? place?.certificate {
            tls.privateKeyPEM = RegistrySecret(try RegistrySettings.pem(path, of: "schemaRegistry.key"))
        }
        return try RegistryConfiguration(baseURLs: urls, credentials: credentials, tls: tls)
    }
}

extension Source {
    /// What this cluster is asked for: schemas only where a registry is named. A snapshot then has no section of them, which is not
    /// the same as an empty one.
    public var kinds: [any Kind] { registry == nil ? Kinds.all.filter { $0.name != .schemas } : Kinds.all }

    /// Throws where schemas are asked for by name and there is nobody to ask.
    public func refuseSchemasWithoutRegistry(_ selection: Selection) throws(RecoveryError) {
        guard registry == nil, selection.only.contains(where: { $0.kind == .schemas }) else { return }
        throw RecoveryError(
            .usage, "schemas are asked for, and no schema registry is named", hint: "give --schema-registry, or set schema.registry.url.")
    }
}
