import KafkaProtocol
import Seams

extension KafkaUUID {
    /// A random id in the form of RFC 9562's version 4, as brokers draw them.
    static func drawn(_ chance: any ChanceSource) -> KafkaUUID {
        let bytes = chance.bytes(16)
        let high = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let low = bytes.dropFirst(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return KafkaUUID(high: high & ~0xF000 | 0x4000, low: low & ~(3 << 62) | 2 << 62)
    }
}
