import Bytes
import KafkaProtocol

extension Probe {
    /// Validated only.
    static let quotas: [Probe] =
        ([
            ("of no kind", [("zork", "x")], "producer_byte_rate", 1),
            ("an unknown key", [("user", "x")], "nokey", 1),
            ("below zero", [("user", "x")], "producer_byte_rate", -1),
            ("nothing", [("user", "x")], "producer_byte_rate", 0),
            ("no number", [("user", "x")], "producer_byte_rate", .nan),
            ("no number of percent", [("user", "x")], "request_percentage", .nan),
            ("no number of connections", [("ip", "1.1.1.1")], "connection_creation_rate", .nan),
            ("without end", [("user", "x")], "producer_byte_rate", .infinity),
            ("beyond all bounds", [("user", "x")], "producer_byte_rate", 1e300),
            ("a fraction of a byte", [("user", "x")], "producer_byte_rate", 1.5),
            ("a fraction of a percent", [("user", "x")], "request_percentage", 1.5),
            ("a fraction of a connection", [("ip", "1.2.3.4")], "connection_creation_rate", 0.5),
            ("a user without a name", [("user", "")], "producer_byte_rate", 1),
            ("bytes of an address", [("ip", "1.2.3.4")], "producer_byte_rate", 5),
            ("connections of a user", [("user", "x")], "connection_creation_rate", 5),
            ("changes of a client", [("client-id", "x")], "controller_mutation_rate", 5),
            ("of nobody", [], "producer_byte_rate", 5),
            ("of a user at an address", [("user", "x"), ("ip", "1.1.1.1")], "producer_byte_rate", 5),
            ("of two users", [("user", "x"), ("user", "y")], "producer_byte_rate", 5),
            ("of a user and any user", [("user", "x"), ("user", nil)], "producer_byte_rate", 5),
            ("of a nameless user and another", [("user", ""), ("user", "y")], "producer_byte_rate", 5),
            ("of a user and a nameless one", [("user", "y"), ("user", "")], "producer_byte_rate", 5),
            ("of two of no kind", [("zork", "y"), ("zork", "")], "producer_byte_rate", 5),
        ] as [(String, [(ByteString, ByteString?)], ByteString, Double)]).map { name, entity, key, value in
            Probe(name, v: 1, { _ in Self.alter(entity, key, value) })
        } + [
            Probe(
                "what is not there, removed", v: 1,
                { _ in make(Self.alter([("user", "x")], "producer_byte_rate", 0)) { $0.entries[0].ops[0].remove = true } }),
            Probe(
                "one key twice", v: 1,
                { _ in make(Self.alter([("user", "x")], "producer_byte_rate", 1)) { $0.entries[0].ops += $0.entries[0].ops } }),
        ]

    private static func alter(_ entity: [(ByteString, ByteString?)], _ key: ByteString, _ value: Double) -> AlterClientQuotasRequest {
        make { request in
            request.validateOnly = true
            request.entries = [
                make {
                    $0.entity = entity.map { type, name in make { ($0.entityType, $0.entityName) = (type, name) } }
                    $0.ops = [make { ($0.key, $0.value) = (key, value) }]
                }
            ]
        }
    }
}
