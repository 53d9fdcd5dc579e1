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
    /// Each further page is asked for from the last element of the one before on, so that a list that moved meanwhile is noticed (nothing of
    /// the page is known) and begun anew. Where in the page the known element stands is left to the registry: Apicurio cuts in one order and
    /// sorts each page in another. A registry that does not know `offset` gives the same list again. Throws kind `invalidAnswer` where the list
    /// does not come to rest.
    func list<Element: RegistryReadable & Hashable & Sendable>(
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
    private func attempt<Element: RegistryReadable & Hashable & Sendable>(
        _ path: [ByteString], _ query: [(name: String, value: ByteString)]
    ) async throws(RegistryError) -> List<Element>? {
        var list = List<Element>(elements: try await call(RegistryCall("GET", path, query: query)))
        var known = Set(list.elements)
        while !list.elements.isEmpty {
            let offset = ByteString(String(list.elements.count - 1))
            let page: [Element] = try await call(RegistryCall("GET", path, query: query + [("offset", offset)]))
            let fresh = page.filter { !known.contains($0) }
            guard !fresh.isEmpty else { return list }
            // Another whole list, of a registry without pages to which something came; or one that lost what stood before.
            let isWhole = page.count >= list.elements.count && page.count > 1 && page.first == list.elements.first
            guard !isWhole, fresh.count < page.count else { return nil }
            list.elements += fresh
            known.formUnion(fresh)
            list.isPaged = true
        }
        return list
    }
}
