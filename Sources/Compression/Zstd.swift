import CZstd

enum Zstd {
    static func compress(_ bytes: [UInt8], level: Int32) throws(CompressionError) -> [UInt8] {
        guard let context = ZSTD_createCCtx() else { throw .refused("no memory") }
        defer { ZSTD_freeCCtx(context) }
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1)
        var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
        let size = ZSTD_compress2(context, &output, output.count, bytes, bytes.count)
        if ZSTD_isError(size) != 0 { throw .refused(name(size)) }
        output.removeLast(output.count - size)
        return output
    }

    static func decompress(_ bytes: [UInt8], limit: Int) throws(CompressionError) -> [UInt8] {
        let declared = ZSTD_getFrameContentSize(bytes, bytes.count)
        // The two largest values mean "not a frame" and "size not said"; our own frames always say it.
        if declared > UInt64.max - 2 { throw .damaged("not a zstd frame that says its content's size") }
        guard declared <= UInt64(limit) else { throw .overLimit(limit) }
        let frame = ZSTD_findFrameCompressedSize(bytes, bytes.count)
        if ZSTD_isError(frame) != 0 { throw .damaged(name(frame)) }
        guard frame == bytes.count else { throw .damaged("\(bytes.count - frame) bytes follow the frame") }
        var output = [UInt8](repeating: 0, count: Int(declared))
        let size = ZSTD_decompress(&output, output.count, bytes, bytes.count)
        if ZSTD_isError(size) != 0 { throw .damaged(name(size)) }
        guard size == output.count else { throw .damaged("the frame holds fewer bytes than it says") }
        return output
    }

    /// All frames of `bytes`, whether they say their content's size or not. What they say is no reason to reserve: room
    /// doubles as content really comes.
    static func decompressFrames(_ bytes: ArraySlice<UInt8>, limit: Int) throws(CompressionError) -> [UInt8] {
        guard let context = ZSTD_createDCtx() else { throw .refused("no memory") }
        defer { ZSTD_freeDCtx(context) }
        var room = min(limit, max(64 * 1024, bytes.count * 4))
        while true {
            var code = 0
            let output = bytes.withUnsafeBytes { input in
                [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                    code = ZSTD_decompressDCtx(context, buffer.baseAddress, buffer.count, input.baseAddress, input.count)
                    count = ZSTD_isError(code) == 0 ? code : 0
                }
            }
            if ZSTD_isError(code) == 0 { return output }
            guard ZSTD_getErrorCode(code) == ZSTD_error_dstSize_tooSmall else { throw .damaged(name(code)) }
            guard room < limit else { throw .overLimit(limit) }
            room = min(limit, room * 2)
        }
    }

    private static func name(_ code: Int) -> String { String(cString: ZSTD_getErrorName(code)) }
}
