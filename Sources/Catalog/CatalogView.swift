/// A view for auditors' own queries: stable, whatever becomes of the tables.
public struct CatalogView: Sendable {
    public let name: String
    /// What a row is.
    public let purpose: String
    /// Each column and what it holds.
    public let columns: [(name: String, meaning: String)]
    let definition: String

    public static let all: [CatalogView] = [
        CatalogView(
            name: "snapshot_list", purpose: "one row a snapshot",
            columns: [
                ("repository", "the repository's id"), ("location", "where the repository was when it was last indexed"),
                ("snapshot", "the snapshot's id"), ("parent", "the snapshot before it, or null"), ("cluster", "the cluster's id"),
                ("brokers", "how many brokers it had"), ("started", "when the sweep began, RFC 3339, UTC"), ("finished", "when it ended"),
                ("grade", "stable, moved, partial or suspect"), ("reasons", "why, a JSON array of sentences"), ("tags", "a JSON array"),
                ("tool", "what took it"), ("gaps", "how many gaps it has"),
                ("selection", "the rules that narrowed it, empty where none did; null where an older version indexed it"),
            ],
            definition: """
                SELECT repository, location, snapshot, parent, cluster, brokers, started, finished, grade, reasons, tags, tool,
                    (SELECT count(*) FROM gaps WHERE gaps.number = snapshots.number) AS gaps, selection
                FROM snapshots JOIN repositories USING (repository) WHERE complete = 1 ORDER BY finished, snapshot
                """),
        CatalogView(
            name: "section_list", purpose: "one row a snapshot, kind and part",
            columns: [
                ("repository", "the repository's id"), ("snapshot", "the snapshot's id"), ("finished", "when the snapshot ended"),
                ("kind", "such as topics"), ("part", "desired or evidence"), ("documents", "how many"),
                ("outcome", "captured, unsupported, forbidden, disabled or unread"), ("reason", "why not captured, or null"),
                ("limited", "why some may be hidden, or null"), ("moved", "how many changed during the sweep"),
                ("unread", "how many parts could not be read"),
                ("blind_spots", "what no look could tell, a JSON array of sentences; null where an older version indexed it"),
            ],
            definition: """
                SELECT repository, snapshot, finished, kind, part, documents, outcome, reason, limited, moved, unread, blind_spots
                FROM sections JOIN snapshots USING (number) WHERE complete = 1 ORDER BY finished, snapshot, kind, part
                """),
        CatalogView(
            name: "gap_list", purpose: "one row for each thing that could not be captured",
            columns: [
                ("repository", "the repository's id"), ("snapshot", "the snapshot's id"), ("finished", "when the snapshot ended"),
                ("kind", "such as scram-users"), ("resource", "which, or null for the whole kind"), ("what", "what is missing"),
                ("why", "why it is"), ("resolver", "what could supply it at a restore, or null"),
            ],
            definition: """
                SELECT repository, snapshot, finished, kind, resource, what, why, resolver
                FROM gaps JOIN snapshots USING (number) WHERE complete = 1 ORDER BY finished, snapshot, kind, resource
                """),
        CatalogView(
            name: "resource_history", purpose: "one row for each time that a snapshot saw a resource appear, change or vanish",
            columns: [
                ("repository", "the repository's id"), ("kind", "such as topics"), ("part", "desired or evidence"),
                ("resource", "its name; parts with / between them, control characters escaped"), ("id", "its exact id, bytes"),
                ("snapshot", "the snapshot that saw it first"), ("finished", "when that ended"), ("change", "added, changed or removed"),
                ("body", "the document from then on, as JSON; null where removed"),
            ],
            definition: """
                SELECT repository, kind, part, resource, id, snapshot, finished, change, body
                FROM changes JOIN snapshots USING (number) WHERE complete = 1 ORDER BY kind, part, id, number
                """),
        CatalogView(
            name: "resource_latest",
            purpose: "one row a resource as the snapshot indexed last that touched it saw it, vanished ones left out",
            columns: [
                ("repository", "the repository's id"), ("cluster", "the cluster's id"), ("kind", "such as topics"),
                ("part", "desired or evidence"), ("resource", "its name"), ("id", "its exact id, bytes"),
                ("snapshot", "the snapshot that saw it change last"), ("finished", "when that ended"), ("body", "the document as JSON"),
            ],
            definition: """
                SELECT repository, cluster, kind, part, resource, id, snapshot, finished, body FROM (
                    SELECT repository, cluster, kind, part, resource, id, snapshot, finished, body, change,
                        row_number() OVER (PARTITION BY repository, cluster, kind, part, id ORDER BY number DESC) AS age
                    FROM changes JOIN snapshots USING (number) WHERE complete = 1)
                WHERE age = 1 AND change <> 'removed' ORDER BY kind, part, id
                """),
    ]
}
