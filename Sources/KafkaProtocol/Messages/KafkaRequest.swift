/// The number that leads a request and says which call it is.
public struct APIKey: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: Int16
    public init(rawValue: Int16) { self.rawValue = rawValue }
    public static func < (left: APIKey, right: APIKey) -> Bool { left.rawValue < right.rawValue }
}

/// A call: the request, and with it the answer. One struct stands for all versions.
public protocol KafkaRequest: WireStruct {
    associatedtype Response: WireStruct
    static var api: APIKey { get }
    /// The versions that are defined here, both ends included. Unstable ones are left out: no released broker offers them.
    static var versions: ClosedRange<Int16> { get }
    /// The first version with compact lengths and tagged fields (KIP-482), nil where there is none.
    static var flexibleSince: Int16? { get }
}

extension KafkaRequest {
    public static func isFlexible(_ version: Int16) -> Bool { flexibleSince.map { version >= $0 } ?? false }
    public static var requestName: String { "\(Self.self)" }
    public static var responseName: String { "\(Response.self)" }
}

extension APIKey: CustomStringConvertible {
    /// Kafka's name of the call (`CreateTopics`), or `API <number>` for one that is not defined here.
    public var description: String { Messages.named[self] ?? "API \(rawValue)" }
}
