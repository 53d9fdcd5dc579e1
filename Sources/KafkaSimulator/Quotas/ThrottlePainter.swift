import KafkaProtocol

/// Writes into an answer how long its client is to be still.
struct ThrottlePainter: FieldVisitor {
    let milliseconds: Int32

    static func paint<Response: WireStruct>(_ response: inout Response, _ pause: Duration) {
        let (seconds, attoseconds) = pause.components
        // Rounded up: a client that came back earlier would be too early.
        let milliseconds = seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        var painter = ThrottlePainter(milliseconds: Int32(clamping: milliseconds))
        // This visitor reads and writes nothing, so there is nothing that it could throw for.
        try? response.visit(&painter)
    }

    mutating func field<Value: WireValue>(
        _ name: StaticString, _ value: inout Value, _ presence: Presence, initial: Value
    ) throws(WireError) {
        guard name.description == "throttleTimeMs", let painted = milliseconds as? Value else { return }
        value = painted
    }

    mutating func tagged<Value: WireValue>(
        _ tag: UInt32, _ name: StaticString, _ value: inout Value, _ presence: Presence, initial: Value
    ) throws(WireError) {}
}
