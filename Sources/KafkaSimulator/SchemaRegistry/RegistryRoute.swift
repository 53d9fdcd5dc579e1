import Bytes

/// One call that a registry serves.
struct RegistryRoute<Registry>: Sendable {
    /// Answers a request whose path fits; gets what stood in the stars' places. Throws `RegistryFailure` only.
    typealias Handler = @Sendable (inout Registry, RegistryRequest, [ByteString]) throws -> RegistryAnswer

    let method: String
    private let pattern: [ByteString]
    let handler: Handler

    /// `pattern` is a path in which a star stands for one segment: `subjects/*/versions`.
    init(_ method: String, _ pattern: String, _ handler: @escaping Handler) {
        self.method = method
        self.pattern = pattern.split(separator: "/").map { ByteString($0) }
        self.handler = handler
    }

    /// What stands in the stars' places, or nil where the path is another.
    func match(_ path: [ByteString]) -> [ByteString]? {
        guard path.count == pattern.count else { return nil }
        var values: [ByteString] = []
        for (part, expected) in zip(path, pattern) {
            if expected == "*" {
                values.append(part)
            } else if part != expected {
                return nil
            }
        }
        return values
    }
}

extension Array {
    /// Answers by the first route that fits; the failures are those for no such path and for no such method on it.
    func answer<Registry>(
        _ registry: inout Registry, _ request: RegistryRequest, notFound: RegistryFailure, notAllowed: RegistryFailure
    ) throws -> RegistryAnswer where Element == RegistryRoute<Registry> {
        var isPathKnown = false
        for route in self {
            guard let values = route.match(request.path) else { continue }
            isPathKnown = true
            if route.method == request.method { return try route.handler(&registry, request, values) }
        }
        throw isPathKnown ? notAllowed : notFound
    }
}
