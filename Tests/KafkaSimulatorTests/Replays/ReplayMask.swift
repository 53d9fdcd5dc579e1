import KafkaProtocol

/// Something of an answer that is not compared with the recording, and why.
struct ReplayMask: Sendable {
    /// Names from the answer down, lists passed through.
    let path: [String]
    let because: String
    /// For a list: which of its elements are left out. Nil leaves out the field.
    private let isLeftOut: (@Sendable (WireTree) -> Bool)?

    static func field(_ path: String, because: String) -> ReplayMask {
        ReplayMask(path: path.split(separator: ".").map(String.init), because: because, isLeftOut: nil)
    }

    static func rows(
        _ path: String, because: String, where isLeftOut: @escaping @Sendable (WireTree) -> Bool
    ) -> ReplayMask {
        ReplayMask(path: path.split(separator: ".").map(String.init), because: because, isLeftOut: isLeftOut)
    }

    func applied(to tree: WireTree) -> WireTree { applied(to: tree, path[...]) }

    private func applied(to tree: WireTree, _ rest: ArraySlice<String>) -> WireTree {
        switch tree {
        case .array(let elements):
            if rest.isEmpty, let isLeftOut { return .array(elements.filter { !isLeftOut($0) }) }
            return .array(elements.map { applied(to: $0, rest) })
        case .object(let fields):
            guard let name = rest.first else { return tree }
            return .object(
                fields.compactMap { field in
                    guard field.name == name else { return field }
                    if rest.count == 1, isLeftOut == nil { return nil }
                    var field = field
                    field.value = applied(to: field.value, rest.dropFirst())
                    return field
                })
        case .null, .bool, .integer, .float, .text, .hex: return tree
        }
    }
}

extension WireTree {
    /// A field of an object.
    subscript(name: String) -> WireTree? {
        if case .object(let fields) = self { fields.first { $0.name == name }?.value } else { nil }
    }
}
