import Bytes

/// The keys of `client.properties` by what they mean to us.
enum KnownKeys {
    /// What is put to use.
    static let used: Set<String> = [
        "bootstrap.servers", "client.id", "connections.max.idle.ms", "default.api.timeout.ms", "request.timeout.ms", "retry.backoff.max.ms",
        "retry.backoff.ms", "sasl.jaas.config", "sasl.mechanism", "config.providers", "sasl.client.callback.handler.class",
        "sasl.login.callback.handler.class", "sasl.login.connect.timeout.ms", "sasl.login.read.timeout.ms",
        "sasl.login.retry.backoff.max.ms", "sasl.login.retry.backoff.ms", "sasl.oauthbearer.client.credentials.client.id",
        "sasl.oauthbearer.client.credentials.client.secret", "sasl.oauthbearer.header.urlencode", "sasl.oauthbearer.scope",
        "sasl.oauthbearer.token.endpoint.url", "security.protocol", "socket.connection.setup.timeout.ms",
        "ssl.enabled.protocols", "ssl.endpoint.identification.algorithm", "ssl.key.password", "ssl.keystore.certificate.chain",
        "ssl.keystore.key", "ssl.keystore.location", "ssl.keystore.password", "ssl.keystore.type", "ssl.protocol",
        "ssl.truststore.certificates", "ssl.truststore.location", "ssl.truststore.password", "ssl.truststore.type",
    ]

    /// Kafka's own keys that have no meaning here: accepted, so that one file serves all tools.
    static let irrelevant: Set<String> = [
        "acks", "allow.auto.create.topics", "auto.commit.interval.ms", "auto.include.jmx.reporter", "auto.offset.reset", "batch.size",
        "bootstrap.controllers", "buffer.memory", "check.crcs", "client.dns.lookup", "client.rack", "compression.gzip.level",
        "compression.lz4.level", "compression.type", "compression.zstd.level", "delivery.timeout.ms",
        "enable.auto.commit",
        "enable.idempotence", "enable.metrics.push", "exclude.internal.topics", "fetch.max.bytes", "fetch.max.wait.ms", "fetch.min.bytes",
        "group.id", "group.instance.id", "group.protocol", "group.remote.assignor", "heartbeat.interval.ms", "interceptor.classes",
        "isolation.level", "key.deserializer", "key.serializer", "linger.ms", "max.block.ms", "max.in.flight.requests.per.connection",
        "max.partition.fetch.bytes", "max.poll.interval.ms", "max.poll.records", "max.request.size", "metadata.max.age.ms",
        "metadata.max.idle.ms", "metadata.recovery.rebootstrap.trigger.ms", "metadata.recovery.strategy", "metric.reporters",
        "metrics.num.samples", "metrics.recording.level", "metrics.sample.window.ms", "partition.assignment.strategy",
        "partitioner.adaptive.partitioning.enable", "partitioner.availability.timeout.ms", "partitioner.class", "partitioner.ignore.keys",
        "receive.buffer.bytes", "reconnect.backoff.max.ms", "reconnect.backoff.ms", "retries",
        "sasl.kerberos.kinit.cmd", "sasl.kerberos.min.time.before.relogin", "sasl.kerberos.service.name",
        "sasl.kerberos.ticket.renew.jitter", "sasl.kerberos.ticket.renew.window.factor",
        "sasl.login.class", "sasl.login.refresh.buffer.seconds",
        "sasl.login.refresh.min.period.seconds", "sasl.login.refresh.window.factor", "sasl.login.refresh.window.jitter",
        "security.providers", "send.buffer.bytes", "session.timeout.ms",
        "socket.connection.setup.timeout.max.ms", "ssl.cipher.suites", "ssl.engine.factory.class", "ssl.keymanager.algorithm",
        "ssl.provider", "ssl.secure.random.implementation", "ssl.trustmanager.algorithm", "transaction.timeout.ms", "transactional.id",
        "transaction.two.phase.commit.enable", "value.deserializer", "value.serializer",
    ]

    /// Families whose members are many and irrelevant as long as the mechanism is not spoken.
    static func isIrrelevant(_ key: String) -> Bool {
        irrelevant.contains(key)
            || ["sasl.oauthbearer.", "config.providers.", "schema.registry.", "basic.auth.", "bearer.auth."].contains { key.hasPrefix($0) }
    }

    /// The known key that an unknown one was probably meant to be. Keys are long, and many differ in a word only.
    static func nearest(to key: String) -> String? { Nearest.to(key, among: used.union(irrelevant), lettersPerMistake: 5) }
}
