import SnapshotModel

extension FuzzTarget {
    /// What a repository says: a document, a manifest, a page's reference, by the first byte. What was read is written to bytes
    /// that read back as the same.
    static let snapshots = FuzzTarget("snapshots", upTo: 8192) { input in
        let choice = input.byte() % 3
        let bytes = input.all()
        switch choice {
        case 0:
            guard let document = try? Document.parse(bytes) else { return }
            try hold(try Document.parse(document.canonicalBytes) == document, "the document is another one")
        case 1:
            guard let manifest = try? Manifest.parse(bytes) else { return }
            let again = try Manifest.parse(manifest.canonicalBytes)
            try hold(again.canonicalBytes == manifest.canonicalBytes, "the manifest is another one")
        default:
            guard let json = try? JSON.parse(bytes) else { return }
            if let reference = try? PageReference(json: json) {
                try hold(try PageReference(json: reference.json) == reference, "the reference is another one")
            }
            if let root = try? TreeRoot(json: json) { try hold(try TreeRoot(json: root.json) == root, "the root is another one") }
        }
    }
}
