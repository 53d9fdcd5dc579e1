import Bytes
import KafkaProtocol

/// Sets the error codes of a response: the topmost one that its version has, else each one below.
struct ErrorPainter: FieldVisitor {
    private let code: ErrorCode
    private let version: Int16
    private var painted = false

    private init(code: ErrorCode, version: Int16) {
        self.code = code
        self.version = version
    }

    static func paint<Response: WireStruct>(_ response: Response, code: ErrorCode, version: Int16) -> Response {
        var response = response
        var painter = ErrorPainter(code: code, version: version)
        // This visitor reads and writes nothing, so there is nothing that it could throw for.
        try? response.visit(&painter)
        return response
    }

    /// Sets the topmost code alone; nil where the response has none.
    static func paintTop<Response: WireStruct>(_ response: Response, code: ErrorCode, version: Int16) -> Response? {
        var response = response
        var painter = ErrorPainter(code: code, version: version)
        try? response.visit(&painter)
        return painter.painted ? response : nil
    }

    mutating func field<Value: WireValue>(
        _ name: StaticString, _ value: inout Value, _ presence: Presence, initial: Value
    ) throws(WireError) {
        guard presence.versions.contains(version) else { return }
        if Value.self == ErrorCode.self {
            if let code = code as? Value { value = code }
            painted = true
        } else if value.isNull, !(presence.nullable?.contains(version) ?? false), let empty = ByteString() as? Value {
            // A call that would have been answered later has no answer to paint, only an empty one.
            value = empty
        } else if var array = value as? any PaintableArray {
            // Where the whole answer failed, its lists are empty, as a broker's are.
            if painted { array.empty() } else { array.paint(code: code, version: version) }
            if let array = array as? Value { value = array }
        }
    }

    mutating func tagged<Value: WireValue>(
        _ tag: UInt32, _ name: StaticString, _ value: inout Value, _ presence: Presence, initial: Value
    ) throws(WireError) {}
}

private protocol PaintableArray {
    mutating func paint(code: ErrorCode, version: Int16)
    mutating func empty()
}

extension Array: PaintableArray where Element: WireStruct {
    fileprivate mutating func paint(code: ErrorCode, version: Int16) {
        for index in indices { self[index] = ErrorPainter.paint(self[index], code: code, version: version) }
    }
    fileprivate mutating func empty() { removeAll() }
}
