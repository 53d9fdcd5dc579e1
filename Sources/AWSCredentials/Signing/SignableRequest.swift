/// What of an HTTP request AWS's signature covers.
public struct SignableRequest: Sendable {
    public var method: String
    /// With the port where the `Host` header has one.
    public var host: String
    /// As it is meant, not encoded; begins with a slash.
    public var path: String
    /// As they are meant, not encoded, in any order.
    public var query: [(name: String, value: String)]
    /// Those to be signed, without `Host`.
    public var headers: [(name: String, value: String)]
    /// The hexadecimal SHA-256 of the body, or `UNSIGNED-PAYLOAD`.
    public var payloadHash: String
    /// Object storage encodes a path once; every other service twice.
    public var encodesPathTwice = true

    /// The SHA-256 of nothing.
    public static let emptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    public init(
        method: String = "GET", host: String, path: String = "/", query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], payloadHash: String = Self.emptyPayload
    ) {
        self.method = method
        self.host = host
        self.path = path
        self.query = query
        self.headers = headers
        self.payloadHash = payloadHash
    }
}
