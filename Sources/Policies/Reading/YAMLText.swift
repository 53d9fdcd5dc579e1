import Yams

/// A policy's text as YAML's tree of nodes, within bounds.
enum YAMLText {
    /// More anchors could make a tree that takes for ever to look at.
    static let mostAnchors = 16
    /// How many times a part may come to stand in the tree, at the very most.
    static let mostGrowth = 1_000_000.0

    /// Throws what is wrong; nothing of the text is in it.
    static func tree(_ text: String, file: String) throws(PolicyError) -> Node {
        func refuse(_ mark: Mark?, _ message: String, _ hint: String) -> PolicyError {
            var findings = Findings(file: file)
            findings.note(mark, Place(keyPath: ""), message, hint)
            return PolicyError(findings.problems)
        }
        guard anchors(text) <= mostAnchors else {
            throw refuse(nil, "there are more than \(mostAnchors) anchors", "write out what some of them stand for.")
        }
        guard growth(anchors: anchors(text), aliases: aliases(text)) <= mostGrowth else {
            throw refuse(nil, "the policy is too large once its aliases are followed", "write less of it as aliases.")
        }
        let parser: Parser
        let root: Node?
        do {
            parser = try Parser(yaml: text)
            root = try parser.singleRoot()
        } catch let error as YamlError {
            let syntax = "correct the line; indentation, quotes and colons are what is wrong most often."
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
                throw refuse(mark, "this is no YAML: \(problem)", syntax)
            case .composer(_, let problem, let mark, _):
                throw refuse(mark, problem, "a policy is one document, and an alias stands behind its anchor.")
            case .duplicatedKeysInMapping(let keys, let context):
                let names = keys.map { "'\($0.prefix(100))'" }.joined(separator: ", ")
                throw refuse(context.mark, "the same key stands twice in one mapping: \(names)", "leave one out.")
            case .reader(let problem, _, _, _): throw refuse(nil, "this is no text: \(problem)", "write the file as UTF-8.")
            default: throw refuse(nil, "this is no YAML: it is nested too deeply", "write it flatter.")
            }
        } catch {
            throw refuse(nil, "this is no YAML", "correct the file.")
        }
        guard let root else { throw refuse(nil, "the policy is empty", "begin with one of those in policies/.") }
        return root
    }

    /// How often a part can come to stand in the tree: an anchor that uses u aliases makes up to 1 + u of one, and the product over the
    /// anchors and the rest is greatest where they share the aliases evenly.
    private static func growth(anchors: Int, aliases: Int) -> Double {
        let shares = anchors + 1
        return (0..<shares).reduce(1.0) { product, _ in product * (1 + Double(aliases) / Double(shares)) }
    }

    /// How many aliases there are at most.
    private static func aliases(_ text: String) -> Int {
        zip(zip(text.utf8, text.utf8.dropFirst()), text.utf8.dropFirst(2)).count { pair, after in
            let isBegun = pair.0 == UInt8(ascii: " ") || pair.0 == UInt8(ascii: "[") || pair.0 == UInt8(ascii: ",")
            return isBegun && pair.1 == UInt8(ascii: "*") && after > 0x20 && after != UInt8(ascii: "*")
        }
    }

    /// How many anchors there are at most: what looks like one in a text or a comment counts as well.
    private static func anchors(_ text: String) -> Int {
        var count = 0
        var before = UInt8(ascii: "\n")
        for (byte, next) in zip(text.utf8, text.utf8.dropFirst()) {
            if byte == UInt8(ascii: "&"), next > 0x20, !(0x30...0x39).contains(before), !(0x41...0x5A).contains(before & 0xDF) {
                count += 1
            }
            before = byte
        }
        return count
    }
}
