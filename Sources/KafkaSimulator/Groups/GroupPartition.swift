import Bytes

/// Which partition of `__consumer_offsets` a group lives in; that partition's leader is the group's coordinator.
enum GroupPartition {
    /// `abs(hashCode(group)) % partitions`, where the hash is that of a Java string: over UTF-16 code units, 31 at a time,
    /// in 32 bits that wrap. The least number has no absolute value and counts as zero.
    static func index(of group: ByteString, partitions: Int32) -> Int32 {
        let hash = String(decoding: group.bytes, as: UTF8.self).utf16.reduce(Int32(0)) { $0 &* 31 &+ Int32($1) }
        return (hash == .min ? 0 : abs(hash)) % partitions
    }
}
