import KafkaProtocol
import NIOCore

@testable import KafkaClient

extension FuzzTarget {
    /// What a connection receives, cut into pieces: the first byte says how long these are. However it is cut, the same frames
    /// come out, and the bytes are the same. The second byte chooses the call that the frames answer.
    static let frames = FuzzTarget("frames", upTo: 4096) { input in
        let (piece, key) = (Int(input.byte()) + 1, input.byte())
        let bytes = input.all()
        let (whole, wholeFailed) = cut(bytes, into: max(1, bytes.count))
        let (pieces, piecesFailed) = cut(bytes, into: piece)
        try hold(whole == pieces && wholeFailed == piecesFailed, "pieces of \(piece) bytes give other frames")
        let taken = whole.flatMap { frame in withUnsafeBytes(of: UInt32(frame.count).bigEndian, Array.init) + frame }
        try hold(bytes.starts(with: taken), "the frames are not the bytes that came")
        guard let type = Messages.byKey[APIKey(rawValue: Int16(key))] else { return }
        for frame in whole { try answer(to: type, frame) }
    }

    private static func cut(_ bytes: [UInt8], into length: Int) -> (frames: [[UInt8]], failed: Bool) {
        var buffer = FrameBuffer(limit: 2048)
        var frames: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            var piece = ByteBuffer(bytes: bytes[start..<min(bytes.count, start + length)])
            start += length
            buffer.append(&piece)
            do throws(ConnectionCause) {
                while let frame = try buffer.next() { frames.append(frame) }
            } catch {
                return (frames, true)
            }
        }
        return (frames, false)
    }

    private static func answer<Request: KafkaRequest>(to _: Request.Type, _ frame: [UInt8]) throws {
        for version in Set([Request.versions.lowerBound, Request.versions.upperBound]) {
            _ = try? Frame.decodeResponse(to: Request.self, version: version, from: frame)
        }
    }
}
