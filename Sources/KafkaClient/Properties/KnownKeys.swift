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
        "sasl.login.refresh.buffer.seconds",
        "sasl.login.refresh.min.period.seconds", "sasl.oauthbearer.assertion.algorithm", "sasl.oauthbearer.assertion.claim.aud",
        "sasl.oauthbearer.assertion.claim.exp.seconds", "sasl.oauthbearer.assertion.claim.iss",
        "sasl.oauthbearer.assertion.claim.jti.include", "sasl.oauthbearer.assertion.claim.nbf.seconds",
        "sasl.oauthbearer.assertion.claim.sub", "sasl.oauthbearer.assertion.file", "sasl.oauthbearer.assertion.private.key.file",
        "sasl.oauthbearer.assertion.private.key.passphrase", "sasl.oauthbearer.assertion.template.file",
        "sasl.oauthbearer.clock.skew.seconds", "sasl.oauthbearer.expected.audience", "sasl.oauthbearer.expected.issuer",
        "sasl.oauthbearer.jwks.endpoint.refresh.ms", "sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms",
        "sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", "sasl.oauthbearer.jwks.endpoint.url", "sasl.oauthbearer.jwt.retriever.class",
        "sasl.oauthbearer.jwt.validator.class", "sasl.oauthbearer.scope.claim.name", "sasl.oauthbearer.sub.claim.name",
        "sasl.login.refresh.window.factor", "sasl.login.refresh.window.jitter",
        "send.buffer.bytes", "session.timeout.ms",
        "socket.connection.setup.timeout.max.ms", "ssl.keymanager.algorithm",
        "ssl.secure.random.implementation", "ssl.trustmanager.algorithm", "transaction.timeout.ms", "transactional.id",
        "transaction.two.phase.commit.enable", "value.deserializer", "value.serializer",
    ]

    /// Kafka's own keys that restrict or replace what secures connections, and are not applied here.
    static let unapplied: Set<String> = [
        "sasl.login.class", "security.providers", "ssl.cipher.suites", "ssl.engine.factory.class", "ssl.provider",
    ]

    /// Whether it could be the name of a setting at all. What a broken line leaves behind may be anything, secrets included.
    static func isName(_ key: String) -> Bool {
        !key.isEmpty && key.utf8.count <= 100
            && key.utf8.allSatisfy { unit in
                switch unit {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// Families whose members are many and irrelevant as long as the mechanism is not spoken.
    static func isIrrelevant(_ key: String) -> Bool {
        irrelevant.contains(key)
            || ["config.providers.", "schema.registry.", "basic.auth.", "bearer.auth.", "kafkastore.topic"].contains { key.hasPrefix($0) }
    }

    private static let nameable = used.union(irrelevant).union(unapplied)

    /// The known key that an unknown one was probably meant to be. Keys are long, and many differ in a word only.
    static func nearest(to key: String) -> String? { Nearest.to(key, among: nameable, lettersPerMistake: 5) }
}
