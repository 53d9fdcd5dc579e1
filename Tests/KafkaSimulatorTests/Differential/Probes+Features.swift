import Bytes
import KafkaProtocol

extension Probe {
    /// All of them only look: version 1 and 2 say so, version 0 asks for what cannot be.
    static let features: [Probe] = updates + before

    private static let updates: [Probe] =
        ([
            ("an unknown one", [("zork", 1, 1)]),
            ("an unknown one, to nothing", [("zork", 0, 1)]),
            ("an unknown one, below zero", [("zork", -1, 2)]),
            ("one without a name", [("", 1, 1)]),
            ("beyond what is supported", [("metadata.version", 99, 1)]),
            ("before what is supported", [("metadata.version", 6, 3)]),
            ("as it is", [("metadata.version", 27, 1)]),
            ("lower as an upgrade", [("metadata.version", 20, 1)]),
            ("lower, safely", [("metadata.version", 23, 2)]),
            ("lower than is safe", [("metadata.version", 22, 2)]),
            ("lower, unsafely", [("metadata.version", 20, 3)]),
            ("another lower as an upgrade", [("group.version", 0, 1)]),
            ("another lower, safely", [("group.version", 0, 2)]),
            ("another below zero", [("group.version", -1, 2)]),
            ("an upgrade type that is not there", [("group.version", 1, 9)]),
            ("no upgrade type", [("group.version", 1, 0)]),
            ("no upgrade type, of an unknown one", [("zork", 1, 0)]),
            ("no upgrade type, below zero", [("group.version", -1, 0)]),
            ("the quorum's own, as it is", [("kraft.version", 0, 1)]),
            ("the quorum's own, higher", [("kraft.version", 1, 1)]),
            ("the quorum's own, beyond what is supported", [("kraft.version", 2, 1)]),
            ("the quorum's own, below zero", [("kraft.version", -1, 1)]),
            ("eligible leader replicas off", [("eligible.leader.replicas.version", 0, 2)]),
            ("none", []),
            ("two as they are", [("group.version", 1, 1), ("transaction.version", 2, 1)]),
            ("a good one before a bad one", [("group.version", 1, 1), ("zork", 1, 1)]),
            ("one twice", [("group.version", 1, 1), ("group.version", 5, 1)]),
        ] as [(String, [(ByteString, Int16, Int8)])]).flatMap { name, updates in
            [Int16(1), 2].map { version in Probe(name, v: version, { _ in Self.update(updates) }) }
        }

    private static let before: [Probe] = [
        Probe("an unknown one", v: 0, { _ in make(Self.update([("zork", 1, 1)])) { $0.validateOnly = false } }),
        Probe("lower without leave", v: 0, { _ in make(Self.update([("group.version", 0, 1)])) { $0.validateOnly = false } }),
    ]

    private static func update(_ updates: [(ByteString, Int16, Int8)]) -> UpdateFeaturesRequest {
        make { request in
            request.timeoutMs = 10_000
            request.validateOnly = true
            request.featureUpdates = updates.map { feature, level, type in
                make { ($0.feature, $0.maxVersionLevel, $0.upgradeType) = (feature, level, type) }
            }
        }
    }
}
