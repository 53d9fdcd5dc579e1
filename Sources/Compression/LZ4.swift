import CLz4

/// LZ4 frames, as Kafka uses them since message format 2: one frame, blocks of 64 KiB that stand alone.
enum LZ4 {
    static func compress(_ bytes: [UInt8], level: Int32) throws(CompressionError) -> [UInt8] {
        var preferences = LZ4F_preferences_t()
        preferences.frameInfo.blockSizeID = LZ4F_max64KB
        // Java's reader knows no blocks that lean on others.
        preferences.frameInfo.blockMode = LZ4F_blockIndependent
        preferences.compressionLevel = level
        var output = [UInt8](repeating: 0, count: LZ4F_compressFrameBound(bytes.count, &preferences))
        let size = LZ4F_compressFrame(&output, output.count, bytes, bytes.count, &preferences)
        if LZ4F_isError(size) != 0 { throw .refused(name(size)) }
        output.removeLast(output.count - size)
        return output
    }

    static func decompress(_ bytes: ArraySlice<UInt8>, limit: Int) throws(CompressionError) -> [UInt8] {
        var created: OpaquePointer?
        guard LZ4F_isError(LZ4F_createDecompressionContext(&created, UInt32(LZ4F_VERSION))) == 0, let context = created else {
            throw .refused("no memory")
        }
        defer { LZ4F_freeDecompressionContext(context) }
        var output: [UInt8] = []
        var window = [UInt8](repeating: 0, count: 64 * 1024)
        var rest = bytes
        while true {
            var (taken, made) = (rest.count, window.count)
            let left = rest.withUnsafeBytes { input in
                window.withUnsafeMutableBytes { LZ4F_decompress(context, $0.baseAddress, &made, input.baseAddress, &taken, nil) }
            }
            if LZ4F_isError(left) != 0 { throw .damaged(name(left)) }
            rest = rest.dropFirst(taken)
            guard output.count + made <= limit else { throw .overLimit(limit) }
            output.append(contentsOf: window[..<made])
            // Zero bytes to come: the frame is complete, and all of it has been put out.
            if left == 0 { break }
            guard taken > 0 || made > 0 else { throw .damaged("the lz4 frame is cut short") }
        }
        guard rest.isEmpty else { throw .damaged("\(rest.count) bytes follow the frame") }
        return output
    }

    private static func name(_ code: Int) -> String { String(cString: LZ4F_getErrorName(code)) }
}
