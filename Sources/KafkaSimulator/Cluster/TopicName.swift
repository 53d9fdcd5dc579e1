import Bytes

/// Kafka's rules for names of topics.
enum TopicName {
    /// Why `name` is refused, in the broker's words; nil where it is fine.
    static func flaw(in name: ByteString) -> String? {
        if name.isEmpty { return "Topic name is invalid: the empty string is not allowed" }
        if name == "." { return "Topic name is invalid: '.' is not allowed" }
        if name == ".." { return "Topic name is invalid: '..' is not allowed" }
        if name.count > 249 {
            return "Topic name is invalid: the length of '\(name)' is longer than the max allowed length 249"
        }
        guard name.bytes.allSatisfy(isLegal) else {
            return "Topic name is invalid: '\(name)' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
        }
        return nil
    }

    private static func isLegal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Names that differ only in `.` and `_` would have the same metrics, so Kafka allows only one of them.
    static func collisionKey(_ name: ByteString) -> ByteString {
        ByteString(bytes: name.bytes.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 })
    }
}
