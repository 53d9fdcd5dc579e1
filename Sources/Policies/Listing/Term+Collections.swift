import Bytes
import SnapshotModel
import Yams

extension Term {
    /// A list; where `wrapsOne`, a single one may stand without brackets.
    static func list<Item>(of item: Term<Item>, atLeast least: Int = 0) -> Term<[Item]> {
        Term<[Item]>(
            words: "list of \(item.words)",
            schema: .type("array", ["items": item.schema].merging(least > 0 ? ["minItems": .integer(least)] : [:]) { $1 }),
            records: item.records,
            read: { node, place, findings in
                guard findings.spend(node, place) else { return nil }
                guard case .sequence(let sequence) = node else {
                    findings.note(node, place, "\(node.sort) stands where a list must", "write [a, b], or lines that begin with a dash.")
                    return nil
                }
                if sequence.count < least {
                    findings.note(node, place, "the list is empty", "write at least \(least), or leave out the key.")
                }
                return sequence.enumerated().compactMap { item.read($0.element, place.item($0.offset), &findings) }
            },
            show: { .array($0.map(item.show)) })
    }

    /// Text by text, such as properties. `judge` is asked about each key and what stands at it, and notes what is wrong with the key.
    static func map<Item>(
        of item: Term<Item>, show: (@Sendable (String, Item) -> JSON)? = nil,
        judge: (@Sendable (_ key: Node, _ name: String, _ value: Item, Place, inout Findings) -> Void)? = nil
    ) -> Term<[String: Item]> {
        Term<[String: Item]>(
            words: "mapping of \(item.words)", schema: .type("object", ["additionalProperties": item.schema]), records: item.records,
            read: { node, place, findings in
                guard findings.spend(node, place) else { return nil }
                guard let pairs = MappingPairs(node, place, &findings) else { return nil }
                var values: [String: Item] = [:]
                for (name, pair) in pairs.byName {
                    guard let value = item.read(pair.value, place.key(name), &findings) else { continue }
                    judge?(pair.key, name, value, place, &findings)
                    values[name] = value
                }
                return values
            },
            show: { values in
                .object(
                    Dictionary(uniqueKeysWithValues: values.map { (ByteString($0.key), show?($0.key, $0.value) ?? item.show($0.value)) }))
            })
    }

    /// Numbers by number.
    static func numbers(_ range: ClosedRange<Int32>) -> Term<[Int32: Int32]> {
        let values = Term<Int32>.integer(range)
        let map = Term<[String: Int32]>.map(of: values)
        return Term<[Int32: Int32]>(
            words: "mapping of number", schema: map.schema,
            read: { node, place, findings in
                guard let read = map.read(node, place, &findings) else { return nil }
                var numbers: [Int32: Int32] = [:]
                for (name, value) in read {
                    if let number = Int32(name), range.contains(number) {
                        numbers[number] = value
                    } else {
                        findings.note(node, place.key(name), "the key is no number from \(range.lowerBound) on", "write a broker's id.")
                    }
                }
                return numbers
            },
            show: { .object(Dictionary(uniqueKeysWithValues: $0.map { (ByteString(String($0.key)), .integer(Int64($0.value))) })) })
    }

    /// A record.
    static func record(_ type: Value.Type) -> Term where Value: PolicyRecord {
        Term(
            words: "[\(type.title)](#\(type.title.replacing(" ", with: "-")))",
            schema: .object(["$ref": .text("#/$defs/\(SchemaWriter.name(type))")]), records: [type],
            read: { node, place, findings in
                guard findings.spend(node, place) else { return nil }
                guard let pairs = MappingPairs(node, place, &findings) else { return nil }
                var reader = RecordReader(node, pairs, place, findings)
                var record = Value()
                record.list(&reader)
                reader.refuseUnknown()
                findings = reader.findings
                return record
            },
            show: { ShownRecord.json($0) })
    }
}

extension Term {
    static func set<Item: Hashable & Sendable>(of item: Term<Item>) -> Term<Set<Item>> {
        let list = Term<[Item]>.list(of: item, atLeast: 1)
        return Term<Set<Item>>(
            words: list.words, schema: list.schema,
            read: { node, place, findings in list.read(node, place, &findings).map { Set($0) } },
            show: { set in
                guard case .array(let items) = list.show(Array(set)) else { return .null }
                return .array(items.sorted { ($0.text ?? "") < ($1.text ?? "") })
            })
    }
}
