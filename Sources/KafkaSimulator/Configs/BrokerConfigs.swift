import Bytes

extension ConfigTable {
    /// Configs of brokers in Kafka 4.1: name, type (DescribeConfigs' number), r(ead-only) or w(ritable), s(ensitive), h(idden
    /// where nobody has set it), and the default, which is left out for null and `""` for the empty string.
    static let broker = ConfigTable(
        brokerLines.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 2)
            guard parts.count >= 2, let digit = parts[1].first?.wholeNumberValue, let kind = ConfigDefinition.Kind(rawValue: Int8(digit))
            else { return nil }
            return ConfigDefinition(
                name: ByteString(parts[0]), kind: kind, isReadOnly: parts[1].contains("r"), isSensitive: parts[1].contains("s"),
                isHiddenWhereUnset: parts[1].contains("h"),
                initial: parts.count < 3 ? nil : parts[2] == "\"\"" ? ByteString() : ByteString(parts[2]))
        })

    private static let brokerLines = """
        add.partitions.to.txn.retry.backoff.max.ms 3r 100
        add.partitions.to.txn.retry.backoff.ms 3r 20
        advertised.listeners 2r
        alter.config.policy.class.name 8r
        alter.log.dirs.replication.quota.window.num 3r 11
        alter.log.dirs.replication.quota.window.size.seconds 3r 1
        authorizer.class.name 2r ""
        auto.create.topics.enable 1r true
        auto.leader.rebalance.enable 1r true
        background.threads 3w 10
        broker.heartbeat.interval.ms 3r 2000
        broker.id 3r -1
        broker.rack 2r
        broker.session.timeout.ms 3r 9000
        client.quota.callback.class 8r
        compression.gzip.level 3w -1
        compression.lz4.level 3w 9
        compression.type 2w producer
        compression.zstd.level 3w 3
        connection.failed.authentication.delay.ms 3r 100
        connections.max.idle.ms 5r 600000
        connections.max.reauth.ms 5r 0
        controlled.shutdown.enable 1r true
        controller.listener.names 2r
        controller.quorum.append.linger.ms 3r 25
        controller.quorum.bootstrap.servers 7r ""
        controller.quorum.election.backoff.max.ms 3r 1000
        controller.quorum.election.timeout.ms 3r 1000
        controller.quorum.fetch.timeout.ms 3r 2000
        controller.quorum.request.timeout.ms 3r 2000
        controller.quorum.retry.backoff.ms 3r 20
        controller.quorum.voters 7r ""
        controller.quota.window.num 3r 11
        controller.quota.window.size.seconds 3r 1
        controller.socket.timeout.ms 3r 30000
        create.topic.policy.class.name 8r
        default.replication.factor 3r 1
        delegation.token.expiry.check.interval.ms 5r 3600000
        delegation.token.expiry.time.ms 5r 86400000
        delegation.token.max.lifetime.ms 5r 604800000
        delegation.token.secret.key 9rs
        delete.records.purgatory.purge.interval.requests 3r 1
        delete.topic.enable 1r true
        early.start.listeners 2r
        fetch.max.bytes 3r 57671680
        fetch.purgatory.purge.interval.requests 3r 1000
        follower.replication.throttled.rate 5wh
        group.consumer.assignors 7r uniform,range
        group.consumer.heartbeat.interval.ms 3r 5000
        group.consumer.max.heartbeat.interval.ms 3r 15000
        group.consumer.max.session.timeout.ms 3r 60000
        group.consumer.max.size 3r 2147483647
        group.consumer.migration.policy 2r bidirectional
        group.consumer.min.heartbeat.interval.ms 3r 5000
        group.consumer.min.session.timeout.ms 3r 45000
        group.consumer.session.timeout.ms 3r 45000
        group.coordinator.append.linger.ms 3r 5
        group.coordinator.rebalance.protocols 7r classic,consumer,streams
        group.coordinator.threads 3r 4
        group.initial.rebalance.delay.ms 3r 3000
        group.max.session.timeout.ms 3r 1800000
        group.max.size 3r 2147483647
        group.min.session.timeout.ms 3r 6000
        group.share.assignors 7r simple
        group.share.delivery.count.limit 3r 5
        group.share.heartbeat.interval.ms 3r 5000
        group.share.max.heartbeat.interval.ms 3r 15000
        group.share.max.record.lock.duration.ms 3r 60000
        group.share.max.session.timeout.ms 3r 60000
        group.share.max.share.sessions 3r 2000
        group.share.max.size 3r 200
        group.share.min.heartbeat.interval.ms 3r 5000
        group.share.min.record.lock.duration.ms 3r 15000
        group.share.min.session.timeout.ms 3r 45000
        group.share.partition.max.record.locks 3r 2000
        group.share.record.lock.duration.ms 3r 30000
        group.share.session.timeout.ms 3r 45000
        group.streams.heartbeat.interval.ms 3r 5000
        group.streams.max.heartbeat.interval.ms 3r 15000
        group.streams.max.session.timeout.ms 3r 60000
        group.streams.max.size 3r 2147483647
        group.streams.max.standby.replicas 3r 2
        group.streams.min.heartbeat.interval.ms 3r 5000
        group.streams.min.session.timeout.ms 3r 45000
        group.streams.num.standby.replicas 3r 0
        group.streams.session.timeout.ms 3r 45000
        initial.broker.registration.timeout.ms 3r 60000
        inter.broker.listener.name 2r
        kafka.metrics.polling.interval.secs 3r 10
        kafka.metrics.reporters 7r ""
        leader.imbalance.check.interval.seconds 5r 300
        leader.replication.throttled.rate 5wh
        listener.security.protocol.map 2w SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT
        listeners 2w PLAINTEXT://:9092
        log.cleaner.backoff.ms 5w 15000
        log.cleaner.dedupe.buffer.size 5w 134217728
        log.cleaner.delete.retention.ms 5w 86400000
        log.cleaner.enable 1r true
        log.cleaner.io.buffer.load.factor 6w 0.9
        log.cleaner.io.buffer.size 3w 524288
        log.cleaner.io.max.bytes.per.second 6w 1.7976931348623157E308
        log.cleaner.max.compaction.lag.ms 5w 9223372036854775807
        log.cleaner.min.cleanable.ratio 6w 0.5
        log.cleaner.min.compaction.lag.ms 5w 0
        log.cleaner.threads 3w 1
        log.cleanup.policy 7w delete
        log.dir 2r /tmp/kafka-logs
        log.dir.failure.timeout.ms 5r 30000
        log.dirs 2r
        log.flush.interval.messages 5w 9223372036854775807
        log.flush.interval.ms 5w
        log.flush.offset.checkpoint.interval.ms 3r 60000
        log.flush.scheduler.interval.ms 5r 9223372036854775807
        log.flush.start.offset.checkpoint.interval.ms 3r 60000
        log.index.interval.bytes 3w 4096
        log.index.size.max.bytes 3w 10485760
        log.local.retention.bytes 5w -2
        log.local.retention.ms 5w -2
        log.message.timestamp.after.max.ms 5w 3600000
        log.message.timestamp.before.max.ms 5w 9223372036854775807
        log.message.timestamp.type 2w CreateTime
        log.preallocate 1w false
        log.retention.bytes 5w -1
        log.retention.check.interval.ms 5r 300000
        log.retention.hours 3r 168
        log.retention.minutes 3r
        log.retention.ms 5w
        log.roll.hours 3r 168
        log.roll.jitter.hours 3r 0
        log.roll.jitter.ms 5w
        log.roll.ms 5w
        log.segment.bytes 3w 1073741824
        log.segment.delete.delay.ms 5w 60000
        max.connection.creation.rate 3w 2147483647
        max.connections 3w 2147483647
        max.connections.per.ip 3w 2147483647
        max.connections.per.ip.overrides 2w ""
        max.incremental.fetch.session.cache.slots 3r 1000
        max.request.partition.size.limit 3r 2000
        message.max.bytes 3w 1048588
        metadata.log.dir 2r
        metadata.log.max.record.bytes.between.snapshots 5r 20971520
        metadata.log.max.snapshot.interval.ms 5r 3600000
        metadata.log.segment.bytes 3r 1073741824
        metadata.log.segment.ms 5r 604800000
        metadata.max.idle.interval.ms 3r 500
        metadata.max.retention.bytes 5r 104857600
        metadata.max.retention.ms 5r 604800000
        metric.reporters 7w org.apache.kafka.common.metrics.JmxReporter
        metrics.num.samples 3r 2
        metrics.recording.level 2r INFO
        metrics.sample.window.ms 5r 30000
        min.insync.replicas 3w 1
        node.id 3r -1
        num.io.threads 3w 8
        num.network.threads 3w 3
        num.partitions 3r 1
        num.recovery.threads.per.data.dir 3w 2
        num.replica.alter.log.dirs.threads 3r
        num.replica.fetchers 3w 1
        offset.metadata.max.bytes 3r 4096
        offsets.commit.timeout.ms 3r 5000
        offsets.load.buffer.size 3r 5242880
        offsets.retention.check.interval.ms 5r 600000
        offsets.retention.minutes 3r 10080
        offsets.topic.compression.codec 3r 0
        offsets.topic.num.partitions 3r 50
        offsets.topic.replication.factor 4r 3
        offsets.topic.segment.bytes 3r 104857600
        principal.builder.class 8w org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder
        process.roles 7r ""
        producer.id.expiration.ms 3w 86400000
        producer.purgatory.purge.interval.requests 3r 1000
        queued.max.request.bytes 5r -1
        queued.max.requests 3r 500
        quota.window.num 3r 11
        quota.window.size.seconds 3r 1
        remote.fetch.max.wait.ms 3w 500
        remote.list.offsets.request.timeout.ms 5w 30000
        remote.log.index.file.cache.total.size.bytes 5w 1073741824
        remote.log.manager.copier.thread.pool.size 3w 10
        remote.log.manager.copy.max.bytes.per.second 5w 9223372036854775807
        remote.log.manager.copy.quota.window.num 3r 11
        remote.log.manager.copy.quota.window.size.seconds 3r 1
        remote.log.manager.expiration.thread.pool.size 3w 10
        remote.log.manager.fetch.max.bytes.per.second 5w 9223372036854775807
        remote.log.manager.fetch.quota.window.num 3r 11
        remote.log.manager.fetch.quota.window.size.seconds 3r 1
        remote.log.manager.task.interval.ms 5r 30000
        remote.log.manager.thread.pool.size 3r 2
        remote.log.metadata.custom.metadata.max.bytes 3r 128
        remote.log.metadata.manager.class.name 2r org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager
        remote.log.metadata.manager.class.path 2r
        remote.log.metadata.manager.impl.prefix 2r rlmm.config.
        remote.log.metadata.manager.listener.name 2r
        remote.log.reader.max.pending.tasks 3r 100
        remote.log.reader.threads 3w 10
        remote.log.storage.manager.class.name 2r
        remote.log.storage.manager.class.path 2r
        remote.log.storage.manager.impl.prefix 2r rsm.config.
        remote.log.storage.system.enable 1r false
        replica.alter.log.dirs.io.max.bytes.per.second 5wh
        replica.fetch.backoff.ms 3r 1000
        replica.fetch.max.bytes 3r 1048576
        replica.fetch.min.bytes 3r 1
        replica.fetch.response.max.bytes 3r 10485760
        replica.fetch.wait.max.ms 3r 500
        replica.high.watermark.checkpoint.interval.ms 5r 5000
        replica.lag.time.max.ms 5r 30000
        replica.selector.class 2r
        replica.socket.receive.buffer.bytes 3r 65536
        replica.socket.timeout.ms 3r 30000
        replication.quota.window.num 3r 11
        replication.quota.window.size.seconds 3r 1
        request.timeout.ms 3r 30000
        sasl.client.callback.handler.class 8r
        sasl.enabled.mechanisms 7w GSSAPI
        sasl.jaas.config 9ws
        sasl.kerberos.kinit.cmd 2w /usr/bin/kinit
        sasl.kerberos.min.time.before.relogin 5w 60000
        sasl.kerberos.principal.to.local.rules 7w DEFAULT
        sasl.kerberos.service.name 2w
        sasl.kerberos.ticket.renew.jitter 6w 0.05
        sasl.kerberos.ticket.renew.window.factor 6w 0.8
        sasl.login.callback.handler.class 8r
        sasl.login.class 8r
        sasl.login.connect.timeout.ms 3r
        sasl.login.read.timeout.ms 3r
        sasl.login.refresh.buffer.seconds 4w 300
        sasl.login.refresh.min.period.seconds 4w 60
        sasl.login.refresh.window.factor 6w 0.8
        sasl.login.refresh.window.jitter 6w 0.05
        sasl.login.retry.backoff.max.ms 5r 10000
        sasl.login.retry.backoff.ms 5r 100
        sasl.mechanism.controller.protocol 2r GSSAPI
        sasl.mechanism.inter.broker.protocol 2w GSSAPI
        sasl.oauthbearer.assertion.algorithm 2r RS256
        sasl.oauthbearer.assertion.claim.aud 2r
        sasl.oauthbearer.assertion.claim.exp.seconds 3r 300
        sasl.oauthbearer.assertion.claim.iss 2r
        sasl.oauthbearer.assertion.claim.jti.include 1r false
        sasl.oauthbearer.assertion.claim.nbf.seconds 3r 60
        sasl.oauthbearer.assertion.claim.sub 2r
        sasl.oauthbearer.assertion.file 2r
        sasl.oauthbearer.assertion.private.key.file 2r
        sasl.oauthbearer.assertion.private.key.passphrase 9rs
        sasl.oauthbearer.assertion.template.file 2r
        sasl.oauthbearer.client.credentials.client.id 2r
        sasl.oauthbearer.client.credentials.client.secret 9rs
        sasl.oauthbearer.clock.skew.seconds 3r 30
        sasl.oauthbearer.expected.audience 7r
        sasl.oauthbearer.expected.issuer 2r
        sasl.oauthbearer.jwks.endpoint.refresh.ms 5r 3600000
        sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms 5r 10000
        sasl.oauthbearer.jwks.endpoint.retry.backoff.ms 5r 100
        sasl.oauthbearer.jwks.endpoint.url 2r
        sasl.oauthbearer.jwt.retriever.class 8r org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever
        sasl.oauthbearer.jwt.validator.class 8r org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator
        sasl.oauthbearer.scope 2r
        sasl.oauthbearer.scope.claim.name 2r scope
        sasl.oauthbearer.sub.claim.name 2r sub
        sasl.oauthbearer.token.endpoint.url 2r
        sasl.server.callback.handler.class 8r
        sasl.server.max.receive.size 3r 524288
        security.inter.broker.protocol 2r PLAINTEXT
        security.providers 2r
        share.coordinator.append.linger.ms 3r 5
        share.coordinator.load.buffer.size 3r 5242880
        share.coordinator.snapshot.update.records.per.snapshot 3r 500
        share.coordinator.state.topic.compression.codec 3r 0
        share.coordinator.state.topic.min.isr 4r 2
        share.coordinator.state.topic.num.partitions 3r 50
        share.coordinator.state.topic.replication.factor 4r 3
        share.coordinator.state.topic.segment.bytes 3r 104857600
        share.coordinator.threads 3r 1
        share.coordinator.write.timeout.ms 3r 5000
        share.fetch.purgatory.purge.interval.requests 3r 1000
        socket.connection.setup.timeout.max.ms 5r 30000
        socket.connection.setup.timeout.ms 5r 10000
        socket.listen.backlog.size 3r 50
        socket.receive.buffer.bytes 3r 102400
        socket.request.max.bytes 3r 104857600
        socket.send.buffer.bytes 3r 102400
        ssl.allow.dn.changes 1r false
        ssl.allow.san.changes 1r false
        ssl.cipher.suites 7w ""
        ssl.client.auth 2w none
        ssl.enabled.protocols 7w TLSv1.2,TLSv1.3
        ssl.endpoint.identification.algorithm 2w https
        ssl.engine.factory.class 8w
        ssl.key.password 9ws
        ssl.keymanager.algorithm 2w SunX509
        ssl.keystore.certificate.chain 9ws
        ssl.keystore.key 9ws
        ssl.keystore.location 2w
        ssl.keystore.password 9ws
        ssl.keystore.type 2w JKS
        ssl.principal.mapping.rules 2r DEFAULT
        ssl.protocol 2w TLSv1.3
        ssl.provider 2w
        ssl.secure.random.implementation 2w
        ssl.trustmanager.algorithm 2w PKIX
        ssl.truststore.certificates 9ws
        ssl.truststore.location 2w
        ssl.truststore.password 9ws
        ssl.truststore.type 2w JKS
        telemetry.max.bytes 3r 1048576
        transaction.abort.timed.out.transaction.cleanup.interval.ms 3r 10000
        transaction.max.timeout.ms 3r 900000
        transaction.partition.verification.enable 1w true
        transaction.remove.expired.transaction.cleanup.interval.ms 3r 3600000
        transaction.state.log.load.buffer.size 3r 5242880
        transaction.state.log.min.isr 3r 2
        transaction.state.log.num.partitions 3r 50
        transaction.state.log.replication.factor 4r 3
        transaction.state.log.segment.bytes 3r 104857600
        transaction.two.phase.commit.enable 1r false
        transactional.id.expiration.ms 3r 604800000
        unclean.leader.election.enable 1w false
        """
}
