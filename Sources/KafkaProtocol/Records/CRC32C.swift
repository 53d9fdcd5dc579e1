import CCRC32C

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4): what record batches are checked with. The value of "123456789" is e3069283.
public enum CRC32C {
    /// Whether the processor's own instruction is used.
    public static let usesHardware = tidemark_crc32c_has_hardware()

    public static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        usesHardware
            ? tidemark_crc32c_hardware(0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count) : tableChecksum(bytes)
    }

    public static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.withUnsafeBytes { checksum($0) } }

    /// Without the instruction: four tables, four bytes a step.
    static func tableChecksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var crc = ~UInt32(0)
        var index = 0
        while index + 4 <= bytes.count {
            crc ^= UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
            crc =
                tables[3][Int(crc & 255)] ^ tables[2][Int(crc >> 8 & 255)] ^ tables[1][Int(crc >> 16 & 255)] ^ tables[0][Int(crc >> 24)]
            index += 4
        }
        while index < bytes.count {
            crc = crc >> 8 ^ tables[0][Int((crc ^ UInt32(bytes[index])) & 255)]
            index += 1
        }
        return ~crc
    }

    /// `tables[k][b]` is the checksum's change by byte `b` with `k` zero bytes after it.
    private static let tables: [[UInt32]] = {
        let polynomial: UInt32 = 0x82f6_3b78
        let first = (0..<256).map { byte in
            (0..<8).reduce(UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? polynomial : 0) }
        }
        var all = [first]
        for _ in 1..<4 { all.append((all.last ?? first).map { $0 >> 8 ^ first[Int($0 & 255)] }) }
        return all
    }()
}
