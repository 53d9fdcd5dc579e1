import NIOCore

/// Cuts what a connection receives into frames: four bytes of length, then as many bytes.
struct FrameBuffer {
    private var buffer = ByteBuffer()
    /// The longest frame that is taken, in bytes.
    var limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func append(_ bytes: inout ByteBuffer) {
        // What was read is let go once a read of the channel, not once a frame: each time moves the rest.
        buffer.discardReadBytes()
        buffer.writeBuffer(&bytes)
    }

    /// The next whole frame, nil where more bytes are needed.
    mutating func next() throws(ConnectionCause) -> [UInt8]? {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: Int32.self) else { return nil }
        guard length >= 0, Int(length) <= limit else { throw Self.notAFrame(UInt32(bitPattern: length), limit) }
        guard buffer.readableBytes >= 4 + Int(length) else { return nil }
        buffer.moveReaderIndex(forwardBy: 4)
        return buffer.readBytes(length: Int(length))
    }

    private static func notAFrame(_ head: UInt32, _ limit: Int) -> ConnectionCause {
        // 0x15 0x03: a TLS alert; "HTTP": a web server.
        if head >> 16 == 0x1503 {
            return ConnectionCause(
                code: .protocolViolation, text: "the listener speaks TLS and we do not",
                hint: "Set security.protocol to SSL or SASL_SSL, or use the port of a listener without TLS.")
        }
        if head == 0x4854_5450 {
            return ConnectionCause(
                code: .protocolViolation, text: "a web server answers there, not a broker",
                hint: "Check host and port in --bootstrap-server.")
        }
        return .malformed("a frame of \(head) bytes, above the limit of \(limit)")
    }
}
