extension ProtectedCluster: PolicyRecord {
    static let title = "cluster"
    static let summary =
        "One cluster: how to reach it, where its snapshots go, and what is done unattended. Of `backup`, `retention` and `check` the agent does what stands there."

    mutating func list(_ keys: inout some KeyVisitor) {
        keys.required("name", &name, .name, "What it is called in `--cluster`, logs, metrics and notifications. Unique.")
        keys.key(
            "bootstrapServers", &bootstrapServers, .list(of: .text),
            "Brokers to begin with, `host:port` each; some may be dead. Else `bootstrap.servers` of the properties.")
        keys.optional("commandConfig", &commandConfig, .path, "A `client.properties` as Kafka's own tools read it.")
        keys.key(
            "properties", &properties, ClientProperty.map,
            "Client properties on top of those of the file. Values may be, or contain, references to secrets. A key that nobody knows is an error "
                + "where it is nearly a known one, or begins with `security.`, `sasl.` or `ssl.`, and else a warning.")
        keys.optional(
            "schemaRegistry", &schemaRegistry, .record(RegistryPlace.self),
            "The schema registry. Without one schemas are not in the snapshots.")
        keys.required(
            "repository", &repository, .repository,
            "Where its snapshots go, as `--repo` takes it. One repository is for one cluster, under all ids that it ever had; several entries may "
                + "name it where they are about the same cluster.")
        keys.optional("backup", &backup, .record(BackupRules.self), "How and when snapshots are taken.")
        keys.optional("retention", &retention, .record(RetentionPlan.self), "Which snapshots are kept. Without it all are.")
        keys.optional("check", &check, .record(CheckRules.self), "When the repository is proved whole.")
        keys.key(
            "notifications", &notifications, .list(of: .record(Notification.self)),
            "Who is told about this cluster, beside those of the policy.")
        keys.key("restore", &restore, .record(RestoreDefaults.self), "What `plan` and `restore` take for granted of this cluster.")
        keys.demand(
            "bootstrapServers",
            bootstrapServers.isEmpty && commandConfig == nil && properties["bootstrap.servers"] == nil
                ? Remark(message: "no broker is named", hint: "add bootstrapServers: [host:port].") : nil)
    }
}

extension RegistryPlace: PolicyRecord {
    static let title = "schema registry"
    static let summary = "One registry, at one or several URLs."

    mutating func list(_ keys: inout some KeyVisitor) {
        keys.key("urls", &urls, .list(of: .url), "`http://` or `https://`, tried in turn. Else `schema.registry.url` of `config`.")
        keys.optional(
            "config", &config, .path,
            "A properties file with the registry's settings, as `--registry-config` takes it; the keys here go before.")
        keys.optional("user", &user, .secret, "For basic authentication. May be a reference, as clouds change it with the password.")
        keys.optional("password", &password, .secret, "Of the user.")
        keys.optional("token", &token, .secret, "A bearer token.")
        keys.optional("authorities", &authorities, .path, "A PEM file of the authorities to trust. Else those of the system.")
        keys.optional("certificate", &certificate, .path, "A PEM file of the own certificate and those that vouch for it.")
        keys.optional("key", &key, .path, "A PEM file of the own certificate's key. Else it stands in `certificate`.")
        keys.oneOf(["user", "token"], isRequired: false)
        keys.demand(
            "urls",
            urls.isEmpty && config == nil ? Remark(message: "the registry has no URL", hint: "add urls: [https://registry:8081].") : nil)
        keys.demand(
            "password",
            (user == nil) == (password == nil) ? nil : Remark(message: "user and password go together", hint: "write both, or neither."))
        keys.demand(
            "key", key != nil && certificate == nil ? Remark(message: "a key without a certificate", hint: "add certificate.") : nil)
    }
}
