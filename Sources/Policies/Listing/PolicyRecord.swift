/// A mapping of a policy. It lists its keys once; what reads, describes, documents and shows it are visitors of that listing.
protocol PolicyRecord: Sendable {
    /// What its section of the reference is called, in lower case.
    static var title: String { get }
    /// Sentences above its keys in the reference.
    static var summary: String { get }

    /// With every default in its place.
    init()

    mutating func list(_ keys: inout some KeyVisitor)
}

/// Goes through the keys of a record. `doc` is a sentence or more, without a line break.
protocol KeyVisitor {
    /// A key that may be left out: what the value is then, it is already.
    mutating func key<Value>(_ name: String, _ value: inout Value, _ term: Term<Value>, _ doc: String)
    /// A key that may be left out: the value is nil then.
    mutating func optional<Value>(_ name: String, _ value: inout Value?, _ term: Term<Value>, _ doc: String)
    mutating func required<Value>(_ name: String, _ value: inout Value, _ term: Term<Value>, _ doc: String)
    /// At most one of these keys stands in the record; exactly one where it is required.
    mutating func oneOf(_ names: [String], isRequired: Bool)
    /// What must hold between keys that were read, and no schema can say: nil where it does. `name`: of the key to be blamed.
    mutating func demand(_ name: String, _ problem: @autoclosure () -> Remark?)
}

/// What is wrong, and a sentence that says what to do.
struct Remark: Error {
    var message: String
    var hint: String
}
