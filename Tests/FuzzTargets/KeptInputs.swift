import Compression
import Foundation

/// The inputs of a target that are kept: what the recordings hold, and what reached code that nothing else did. One file a target:
/// each input led by its length as a big-endian uint32, all of it one zstd frame.
public enum Corpus {
    public struct Damaged: Error {}

    /// Of the corpus that comes with the tests.
    public static func inputs(of target: FuzzTarget) throws -> [[UInt8]] {
        let file = Bundle.module.bundleURL.appendingPathComponent("Corpus/\(target.name).zst")
        return try unpack([UInt8](try Data(contentsOf: file)))
    }

    public static func pack(_ inputs: [[UInt8]]) throws -> [UInt8] {
        let plain = inputs.flatMap { input in withUnsafeBytes(of: UInt32(input.count).bigEndian, Array.init) + input }
        return try Codec.zstd.compress(plain, level: 19)
    }

    public static func unpack(_ packed: [UInt8]) throws -> [[UInt8]] {
        var rest = try Codec.zstd.decompress(packed, limit: 64 << 20)[...]
        var inputs: [[UInt8]] = []
        while !rest.isEmpty {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard length <= rest.count else { throw Damaged() }
            inputs.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return inputs
    }
}
