import Bytes
public import Resources
public import SnapshotModel

/// Which kinds and resources a command is about: `--only` and `--except`, each `kind` or `kind:glob`.
public struct Selection: Sendable, Hashable {
    public struct Rule: Sendable, Hashable, CustomStringConvertible {
        public var kind: KindName
        /// Over the name that operators use: a topic's, a group's, a subject's, a broker's number; with a slash in it also over a group and a
        /// topic, `GROUP/TOPIC`. Nil takes the whole kind.
        public var glob: Glob?

        public init(kind: KindName, glob: Glob? = nil) {
            self.kind = kind
            self.glob = glob
        }

        /// Reads `kind` or `kind:glob`; throws where there is no such kind.
        public init(_ text: String) throws(RecoveryError) {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let kind = KindName(String(parts[0]))
            guard Kinds.named(kind) != nil else {
                let known = Kinds.all.map(\.name.rawValue).joined(separator: ", ")
                throw RecoveryError(.usage, "there is no kind named '\(parts[0])'", hint: "the kinds are \(known).")
            }
            self.init(kind: kind, glob: parts.count == 2 ? Glob(ByteString(parts[1])) : nil)
        }

        /// - Parameter isTaking: whether what belongs to the resource as a whole comes with a part of it that the rule names.
        func matches(_ kind: any Kind, _ id: ResourceID, isTaking: Bool = false) -> Bool {
            guard kind.name == self.kind else { return false }
            guard let glob else { return true }
            let name = kind.operatorName(of: id)
            if glob.matches(name) { return true }
            // A pattern without a slash is about names alone: `*-test` takes no positions because of the topic that they are on.
            guard kind.hasParts, let (whole, part) = glob.parts, whole.matches(name) else { return false }
            return kind.operatorPart(of: id).map(part.matches) ?? isTaking
        }

        public var description: String { glob.map { "\(kind.rawValue):\($0.pattern)" } ?? kind.rawValue }
    }

    public var only: [Rule]
    public var except: [Rule]

    public init(only: [Rule] = [], except: [Rule] = []) {
        self.only = only
        self.except = except
    }

    public static let everything = Selection()
    public var isEverything: Bool { only.isEmpty && except.isEmpty }

    /// Whether anything of the kind can be selected.
    public func includes(_ kind: any Kind) -> Bool {
        (only.isEmpty || only.contains { $0.kind == kind.name }) && !except.contains { $0.kind == kind.name && $0.glob == nil }
    }

    public func includes(_ kind: any Kind, _ id: ResourceID) -> Bool {
        (only.isEmpty || only.contains { $0.matches(kind, id, isTaking: true) }) && !except.contains { $0.matches(kind, id) }
    }

    public func filter(_ documents: [Document], of kind: any Kind) -> [Document] {
        isEverything ? documents : documents.filter { includes(kind, $0.id) }
    }

    /// Rules of `--only` and `--except` that fit none of the resources: a typo must not look like success.
    public func unmatched(in resources: [(kind: any Kind, ids: [ResourceID])]) -> [Rule] {
        (only + except).filter { rule in
            rule.glob != nil && !resources.contains { kind, ids in ids.contains { rule.matches(kind, $0) } }
        }
    }
}

extension Selection: CustomStringConvertible {
    public var description: String { (only.map { "+\($0)" } + except.map { "-\($0)" }).joined(separator: " ") }
}
