import Bytes

/// What an answer's JSON is read as.
protocol RegistryReadable {
    init(_ json: RegistryJSON) throws(Mismatch)
}

/// An answer that is not what was due.
struct Mismatch: Error {
    /// The members on the way to it, from the outside.
    var path: [ByteString]
    var isMissing: Bool

    var reason: String {
        let name = path.map(\.description).joined(separator: ".")
        if isMissing { return "the answer lacks '\(name)'" }
        return path.isEmpty ? "the answer is of another type than due" : "the answer's '\(name)' is of another type than due"
    }
}

extension RegistryJSON {
    /// The member of that name. Whatever is no object has none.
    func read<Value: RegistryReadable>(_ name: ByteString, as type: Value.Type = Value.self) throws(Mismatch) -> Value {
        guard let value: Value = try readIfPresent(name) else { throw Mismatch(path: [name], isMissing: true) }
        return value
    }

    /// Nil where it is not there, or is null.
    func readIfPresent<Value: RegistryReadable>(_ name: ByteString, as type: Value.Type = Value.self) throws(Mismatch) -> Value? {
        guard case .object(let members) = self else { throw Mismatch(path: [], isMissing: false) }
        guard let member = members[name], member != .null else { return nil }
        do throws(Mismatch) {
            return try Value(member)
        } catch {
            throw Mismatch(path: [name] + error.path, isMissing: error.isMissing)
        }
    }
}

extension RegistryJSON: RegistryReadable {
    init(_ json: RegistryJSON) { self = json }
}

extension ByteString: RegistryReadable {
    init(_ json: RegistryJSON) throws(Mismatch) {
        guard case .string(let text) = json else { throw Mismatch(path: [], isMissing: false) }
        self = text
    }
}

extension String: RegistryReadable {
    init(_ json: RegistryJSON) throws(Mismatch) { self = try ByteString(json).description }
}

extension Bool: RegistryReadable {
    init(_ json: RegistryJSON) throws(Mismatch) {
        guard case .bool(let flag) = json else { throw Mismatch(path: [], isMissing: false) }
        self = flag
    }
}

extension Int64: RegistryReadable {
    init(_ json: RegistryJSON) throws(Mismatch) {
        guard case .number(let number) = json, let value = number.int64 else { throw Mismatch(path: [], isMissing: false) }
        self = value
    }
}

extension Int32: RegistryReadable {
    init(_ json: RegistryJSON) throws(Mismatch) {
        guard let value = Int32(exactly: try Int64(json)) else { throw Mismatch(path: [], isMissing: false) }
        self = value
    }
}

extension Array: RegistryReadable where Element: RegistryReadable {
    init(_ json: RegistryJSON) throws(Mismatch) {
        guard case .array(let elements) = json else { throw Mismatch(path: [], isMissing: false) }
        self = []
        reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            do throws(Mismatch) {
                append(try Element(element))
            } catch {
                throw Mismatch(path: [ByteString("\(index)")] + error.path, isMissing: error.isMissing)
            }
        }
    }
}
