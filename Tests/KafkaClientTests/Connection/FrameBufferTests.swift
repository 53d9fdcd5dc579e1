import NIOCore
import Testing

@testable import KafkaClient

@Suite struct FrameBufferTests {
    @Test func framesAreCutWhateverThePieces() throws {
        let stream: [UInt8] = [0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 1, 9]
        for size in 1...stream.count {
            var buffer = FrameBuffer(limit: 100)
            var frames: [[UInt8]] = []
            for start in stride(from: 0, to: stream.count, by: size) {
                var piece = ByteBuffer(bytes: stream[start..<min(start + size, stream.count)])
                buffer.append(&piece)
                while let frame = try buffer.next() { frames.append(frame) }
            }
            #expect(frames == [[1, 2, 3], [], [9]])
        }
    }

    @Test(arguments: [
        ([0, 0, 0, 101], "above the limit of 100"), ([0xff, 0xff, 0xff, 0xff], "above the limit"),
        ([0x15, 0x03, 0x03, 0x00], "speaks TLS"), (Array("HTTP/1.1 400".utf8), "web server"),
    ])
    func whatIsNoFrameIsRefusedBeforeAnythingIsReserved(bytes: [UInt8], words: String) {
        var buffer = FrameBuffer(limit: 100)
        var piece = ByteBuffer(bytes: bytes)
        buffer.append(&piece)
        #expect { try buffer.next() } throws: { ($0 as? ConnectionCause).map { $0.text.contains(words) && !$0.hint.isEmpty } ?? false }
    }
}
