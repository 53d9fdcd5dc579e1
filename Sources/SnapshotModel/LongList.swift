import Bytes

/// Lists of a manifest that may have thousands of entries: gaps, unread parts, what moved. A manifest has the first few, and says how many more
/// there are; where there are more, all of the kind stand in a section of their own, part `gaps`, whose pages an unchanged snapshot shares with the one before.
///
/// Ids there: `gap`, what, then the id's parts; `unread`, the section's part, what, why; `moved`, the section's part, then the id's parts.
public enum LongList {
    /// How many entries a manifest lists.
    public static let longest = 16

    static let gap: ByteString = "gap"
    static let unread: ByteString = "unread"
    static let moved: ByteString = "moved"

    /// Everything of a kind that is too much for a manifest, sorted, each once; nothing where nothing is.
    public static func documents(_ gaps: [Gap], _ states: [Part: SectionState]) -> [Document] {
        var documents: [ResourceID: Document] = [:]
        func add(_ id: [ByteString], _ body: JSON) {
            let id = ResourceID(parts: id)
            documents[id] = Document(id: id, body: body)
        }
        if gaps.count > longest {
            for gap in gaps { add([Self.gap, ByteString(gap.what)] + (gap.id?.parts ?? []), gap.json) }
        }
        for (part, state) in states {
            let name = ByteString(part.rawValue)
            if state.unread.count > longest {
                for part in state.unread { add([unread, name, ByteString(part.what), ByteString(part.why)], part.json) }
            }
            if state.moved.count > longest {
                for id in state.moved { add([moved, name] + id.parts, .object(["id": id.json])) }
            }
        }
        return documents.values.sorted { $0.id < $1.id }
    }

    /// The gap that a document of the section is; nil where it is something else.
    public static func gap(in document: Document) throws(ManifestError) -> Gap? {
        document.id.parts.first == gap ? try Gap(json: document.body) : nil
    }
}

extension SectionState {
    /// As a manifest has it.
    public var cut: SectionState {
        var state = self
        state.moreUnread += max(0, unread.count - LongList.longest)
        state.moreMoved += max(0, moved.count - LongList.longest)
        state.unread = Array(unread.prefix(LongList.longest))
        state.moved = Array(moved.prefix(LongList.longest))
        return state
    }

    /// As it was before it was cut.
    ///
    /// - Parameter documents: those of the kind's section of gaps.
    public func whole(_ part: Part, _ documents: [Document]) throws(ManifestError) -> SectionState {
        var state = self
        let name = ByteString(part.rawValue)
        let ours = documents.filter { $0.id.parts.count > 2 && $0.id.parts[1] == name }
        if moreUnread > 0 {
            let bodies = ours.filter { $0.id.parts[0] == LongList.unread }.map(\.body)
            (state.unread, state.moreUnread) = (try UnreadPart.read(bodies, of: "an unread part"), 0)
        }
        if moreMoved > 0 {
            (state.moved, state.moreMoved) = ([], 0)
            for document in ours where document.id.parts[0] == LongList.moved {
                state.moved.append(ResourceID(parts: Array(document.id.parts.dropFirst(2))))
            }
        }
        return state
    }
}
