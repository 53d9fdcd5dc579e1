/// The fields of one tag section, put in order. Kafka writes them in ascending order of their tags (KIP-482), which takes one comparison a
/// field; other writers are taken as well, for what sorting takes. A peer chooses how many there are, so that none may be looked for among all
/// the others.
struct TagSection<Tag: Comparable> {
    struct Field {
        var tag: Tag
        /// Where its bytes stand in the message.
        var range: Range<Int>
    }

    private(set) var fields: [Field] = []
    private var isAscending = true

    mutating func append(_ tag: Tag, _ range: Range<Int>) {
        if let last = fields.last, last.tag >= tag { isAscending = false }
        fields.append(Field(tag: tag, range: range))
    }

    /// To be called when all are in. A tag that is there twice, nil where none is.
    mutating func putInOrder() -> Tag? {
        if isAscending { return nil }
        fields.sort { $0.tag < $1.tag }
        isAscending = true
        return zip(fields, fields.dropFirst()).first { $0.0.tag == $0.1.tag }?.0.tag
    }

    /// Where the bytes of a field stand, which is not looked for again. A definition knows a handful of tags.
    mutating func remove(_ tag: Tag) -> Range<Int>? {
        fields.firstIndex { $0.tag == tag }.map { fields.remove(at: $0).range }
    }
}
