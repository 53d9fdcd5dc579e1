import Bytes

/// A subject with its context, as `:.context:subject` spells it; without that prefix the default context is meant.
struct QualifiedSubject: Hashable {
    static let defaultContext: ByteString = "."

    /// Begins with a dot.
    var context: ByteString
    /// Empty where the whole context is meant.
    var name: ByteString

    static let everything = QualifiedSubject(context: defaultContext, name: "")

    init(context: ByteString, name: ByteString) {
        self.context = context
        self.name = name
    }

    init(_ text: ByteString) {
        let colon = UInt8(ascii: ":")
        guard text.hasPrefix(":."), let end = text.bytes.dropFirst().firstIndex(of: colon) else {
            self.init(context: Self.defaultContext, name: text)
            return
        }
        self.init(context: ByteString(bytes: text.bytes[1..<end]), name: ByteString(bytes: text.bytes[(end + 1)...]))
    }

    /// A reference's subject: in the context of the schema that refers, where it names none.
    init(_ text: ByteString, in context: ByteString) {
        self.init(text)
        if !text.hasPrefix(":.") { self.context = context }
    }

    /// As listings show it.
    var text: ByteString { contextText + name }

    /// `:.context:`, or nothing for the default one.
    var contextText: ByteString { context == Self.defaultContext ? "" : ":" + context + ":" }
}

/// Which subjects a `subjectPrefix` means.
struct SubjectPrefix {
    private let context: ByteString?
    private let name: ByteString

    /// `:*:` stands for every context.
    init(_ text: ByteString) {
        if text.hasPrefix(":*:") {
            context = nil
            name = ByteString(bytes: text.bytes.dropFirst(3))
        } else {
            let subject = QualifiedSubject(text)
            context = subject.context
            name = subject.name
        }
    }

    func matches(_ subject: QualifiedSubject) -> Bool { (context == nil || context == subject.context) && subject.name.hasPrefix(name) }
}
