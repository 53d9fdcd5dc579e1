extension JSON: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self = .text(value) }
}
