import Bytes

extension SchemaRegistryClient {
    /// A whole list, and whether the registry gave it in pages.
    struct List<Element: Sendable>: Sendable {
        var elements: [Element]
        var isPaged = false
    }

    /// How often a list that changes while it is read is begun anew.
    private static let attempts = 5

    /// Reads a list that the registry may cut at a limit of its own without saying so (Confluent's: 20,000 subjects, 1,000 schemas).
    ///
    /// Each further page begins with the last element of the one before, so that a list that moved meanwhile is noticed and begun anew. A
    /// registry that does not know `offset` gives the same list again. Throws kind `invalidAnswer` where the list does not come to rest.
    func list<Element: RegistryReadable & Equatable & Sendable>(
        _ path: [ByteString], query: [(name: String, value: ByteString)]
    ) async throws(RegistryError) -> List<Element> {
        for _ in 0..<Self.attempts {
            if let list: List<Element> = try await attempt(path, query) { return list }
        }
        throw RegistryError(
            .invalidAnswer, method: "GET", url: configuration.baseURLs[0] + RegistryCall("GET", path).path,
            reason: "the list changed \(Self.attempts) times while its pages were read")
    }

    /// Nil where the list moved between two pages.
    private func attempt<Element: RegistryReadable & Equatable & Sendable>(
        _ path: [ByteString], _ query: [(name: String, value: ByteString)]
    ) async throws(RegistryError) -> List<Element>? {
        var list = List<Element>(elements: try await call(RegistryCall("GET", path, query: query)))
        while let last = list.elements.last {
            let offset = ByteString(String(list.elements.count - 1))
            let page: [Element] = try await call(RegistryCall("GET", path, query: query + [("offset", offset)]))
            guard page != list.elements else { return list }
            guard page.first == last else {
                // Another whole list, of a registry without pages to which something came; or one that lost what stood before.
                return nil
            }
            guard page.count > 1 else { return list }
            list.elements += page.dropFirst()
            list.isPaged = true
        }
        return list
    }
}
