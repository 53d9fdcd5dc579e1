import Bytes
import SchemaRegistryClient
import SnapshotModel

/// The registry's JSON as documents hold it. An integer beyond ±(2^53 − 1), which many readers round, is `{"$integer":"…"}` there: as plain
/// text it would come back as text. A member that is itself called so gets one more `$` in front.
enum ExactInteger {
    static let key: ByteString = "$integer"
    static let exact: ClosedRange<Int64> = -(1 << 53) + 1...(1 << 53) - 1

    static func escape(_ name: ByteString) -> ByteString { isMarked(name) ? "$" + name : name }

    static func unescape(_ name: ByteString) -> ByteString {
        name != key && isMarked(name) ? ByteString(bytes: Array(name.bytes.dropFirst())) : name
    }

    /// One or more `$`, then `integer`.
    private static func isMarked(_ name: ByteString) -> Bool {
        let rest = name.bytes.drop { $0 == UInt8(ascii: "$") }
        return rest.count < name.count && rest.elementsEqual("integer".utf8)
    }
}

extension JSON {
    init(_ json: RegistryJSON) {
        switch json {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .integer(let number):
            self =
                ExactInteger.exact.contains(number) ? .integer(number) : .object([ExactInteger.key: .text(ByteString(String(number)))])
        case .number(let number): self = .number(number)
        case .string(let text): self = .text(ByteString(text))
        case .array(let elements): self = .array(elements.map { JSON($0) })
        case .object(let members):
            self = .object(
                Dictionary(
                    members.map { (ExactInteger.escape(ByteString($0.key)), JSON($0.value)) }, uniquingKeysWith: { first, _ in first }))
        }
    }
}

extension RegistryJSON {
    init(_ json: JSON) {
        switch json {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .integer(let number): self = .integer(number)
        case .number(let number): self = .number(number)
        case .text(let text): self = .string(text.description)
        case .array(let elements): self = .array(elements.map { RegistryJSON($0) })
        case .object(let members):
            if members.count == 1, let text = members[ExactInteger.key]?.text?.validText, let number = Int64(text) {
                self = .integer(number)
                return
            }
            self = .object(
                Dictionary(
                    members.map { (ExactInteger.unescape($0.key).description, RegistryJSON($0.value)) },
                    uniquingKeysWith: { first, _ in first }))
        }
    }
}
