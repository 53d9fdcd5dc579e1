import Bytes
import SchemaRegistryClient
import SnapshotModel

/// Numbers as documents hold them. What documents write in just the digits that the registry gave is a plain number there; any other, such as an
/// integer beyond ±(2^53 − 1), which many readers round, or `1.50`, is `{"$integer":"…"}` with these digits: as plain text it would come
/// back as text. A member that is itself called so gets one more `$` in front.
enum ExactNumber {
    static let key: ByteString = "$integer"
    private static let exact: ClosedRange<Int64> = -JSON.largestExactInteger...JSON.largestExactInteger

    static func document(_ number: RegistryNumber) -> JSON {
        if let integer = number.int64, exact.contains(integer) { return .integer(integer) }
        // Whole numbers of any other form are marked too, so that a plain number without a fraction is an integer.
        if let double = Double(number.literal), double.isFinite, double != 0, number.int64 == nil {
            let plain = JSON.number(double)
            if String(decoding: plain.canonicalBytes, as: UTF8.self) == number.literal { return plain }
        }
        return .object([key: .text(number.literal)])
    }

    /// Nil where it stands for no number.
    static func number(_ json: JSON) -> RegistryNumber? {
        switch json {
        case .integer(let integer): RegistryNumber(integer)
        case .number: RegistryNumber(literal: String(decoding: json.canonicalBytes, as: UTF8.self))
        case .object(let members):
            members.count == 1 ? members[key]?.text?.validText.flatMap { RegistryNumber(literal: $0) } : nil
        default: nil
        }
    }

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
        case .number(let number): self = ExactNumber.document(number)
        case .string(let text): self = .text(text)
        case .array(let elements): self = .array(elements.map { JSON($0) })
        case .object(let members): self = .object(members.exact { (ExactNumber.escape($0), JSON($1)) })
        }
    }
}

extension RegistryJSON {
    init(_ json: JSON) {
        if let number = ExactNumber.number(json) {
            self = .number(number)
            return
        }
        switch json {
        case .bool(let flag): self = .bool(flag)
        case .text(let text): self = .string(text)
        case .array(let elements): self = .array(elements.map { RegistryJSON($0) })
        case .object(let members): self = .object(members.exact { (ExactNumber.unescape($0), RegistryJSON($1)) })
        // A number that is not finite has no JSON form and is in no document.
        case .null, .integer, .number: self = .null
        }
    }
}

extension Dictionary {
    /// The members under other names; no two get the same.
    fileprivate func exact<Name, Other>(_ member: (Key, Value) -> (Name, Other)) -> [Name: Other] {
        var members: [Name: Other] = [:]
        for (key, value) in self {
            let (name, other) = member(key, value)
            members[name] = other
        }
        return members
    }
}
