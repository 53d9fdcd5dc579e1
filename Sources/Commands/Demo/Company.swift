import Bytes

/// What the demo's cluster holds: a small web shop's topics, groups and schemas. Values only; ``Seeding`` makes them real.
enum Company {
    struct Topic: Sendable {
        var name: ByteString
        var partitions: Int32
        var replicationFactor: Int16 = 3
        var configs: [ByteString: ByteString] = [:]
        /// How many records each partition gets.
        var records = 0
    }

    struct Group: Sendable {
        var name: ByteString
        var topics: [ByteString]
        /// How many records of each partition it has left to read.
        var lag: Int64 = 0
        /// Kept beside each position, as Kafka Streams does.
        var metadata: ByteString?
        /// Members came and went without ever committing.
        var isWithoutCommits = false
    }

    private static let compacted: [ByteString: ByteString] = ["cleanup.policy": "compact"]
    private static let hour: [ByteString: ByteString] = ["retention.ms": "3600000"]
    private static let durable: [ByteString: ByteString] = ["min.insync.replicas": "2", "retention.ms": "-1"]

    static let topics: [Topic] =
        [
            Topic(name: "orders", partitions: 12, configs: durable, records: 20),
            Topic(name: "orders.cancelled", partitions: 3, configs: durable, records: 4),
            Topic(name: "orders.v2", partitions: 12, configs: durable.merging(["compression.type": "zstd"]) { $1 }, records: 10),
            Topic(name: "payments", partitions: 6, configs: durable.merging(["max.message.bytes": "2097152"]) { $1 }, records: 20),
            Topic(name: "payments.refunds", partitions: 3, configs: durable, records: 3),
            Topic(name: "payments.fraud-scores", partitions: 6, configs: hour),
            Topic(name: "customers", partitions: 6, configs: compacted, records: 15),
            Topic(name: "customers.addresses", partitions: 6, configs: compacted, records: 8),
            Topic(name: "customers.consents", partitions: 3, configs: compacted.merging(["min.cleanable.dirty.ratio": "0.1"]) { $1 }),
            Topic(name: "products", partitions: 6, configs: compacted, records: 10),
            Topic(name: "products.prices", partitions: 6, configs: ["cleanup.policy": "compact,delete", "retention.ms": "604800000"]),
            Topic(name: "inventory", partitions: 6, configs: compacted, records: 10),
            Topic(name: "inventory.movements", partitions: 6, configs: ["retention.ms": "2592000000"], records: 12),
            Topic(name: "shipping.labels", partitions: 3, configs: ["max.message.bytes": "5242880"]),
            Topic(name: "shipping.events", partitions: 6, records: 9),
            Topic(name: "web.clicks", partitions: 24, configs: hour.merging(["segment.ms": "600000"]) { $1 }, records: 5),
            Topic(name: "web.sessions", partitions: 12, configs: hour, records: 5),
            Topic(name: "web.search-terms", partitions: 6, replicationFactor: 2, configs: hour),
            Topic(name: "mail.outbox", partitions: 3, configs: ["retention.ms": "86400000"], records: 6),
            Topic(name: "mail.bounced", partitions: 1),
            Topic(name: "audit", partitions: 1, configs: durable, records: 30),
            Topic(name: "audit.access", partitions: 3, configs: durable.merging(["message.timestamp.type": "LogAppendTime"]) { $1 }),
            Topic(name: "metrics", partitions: 12, replicationFactor: 1, configs: ["retention.bytes": "1073741824"]),
            Topic(name: "logs.application", partitions: 12, replicationFactor: 2, configs: ["retention.ms": "172800000"]),
            Topic(name: "logs.dead-letters", partitions: 1, configs: ["retention.ms": "-1"]),
            Topic(name: "_connect-configs", partitions: 1, configs: compacted),
            Topic(name: "_connect-offsets", partitions: 25, configs: compacted),
            Topic(name: "_connect-status", partitions: 5, configs: compacted),
            Topic(name: "billing-stream-totals-changelog", partitions: 6, configs: compacted.merging(["segment.bytes": "52428800"]) { $1 }),
            Topic(
                name: "billing-stream-by-customer-repartition", partitions: 6, configs: ["retention.ms": "-1", "segment.bytes": "52428800"]),
            Topic(name: "UPPER_Case-and.dots", partitions: 1, replicationFactor: 2),
            Topic(name: "tmp", partitions: 1, replicationFactor: 1, configs: ["retention.ms": "60000"]),
        ]
        + ["be", "de", "es", "fr", "it", "nl", "pl", "se"].map {
            Topic(name: ByteString("shop.\($0).baskets"), partitions: 3, configs: ["retention.ms": "259200000"], records: 2)
        }

    static let groups: [Group] = [
        Group(name: "billing", topics: ["orders", "payments", "payments.refunds"], lag: 2),
        Group(name: "billing-stream", topics: ["orders", "customers"], metadata: "AgAAAYxH"),
        Group(name: "warehouse", topics: ["orders", "inventory.movements"], lag: 5),
        Group(name: "shipping", topics: ["orders.v2", "shipping.events"], lag: 1),
        Group(name: "fraud", topics: ["payments"], lag: 7),
        Group(name: "search-index", topics: ["products", "customers"]),
        Group(name: "recommendations", topics: ["web.clicks", "web.sessions"], lag: 3),
        Group(name: "mailer", topics: ["mail.outbox"], metadata: "sent up to message 6, müller"),
        Group(name: "connect-warehouse-sink", topics: ["orders", "inventory", "shop.de.baskets", "shop.fr.baskets"]),
        Group(name: "auditor", topics: ["audit"], lag: 12),
        Group(name: "baskets_Zürich", topics: ["shop.de.baskets", "shop.it.baskets", "shop.fr.baskets"], lag: 1),
        Group(name: "canary", topics: ["tmp"], isWithoutCommits: true),
    ]
}
