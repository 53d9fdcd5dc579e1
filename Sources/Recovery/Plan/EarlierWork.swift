import Bytes
import Resources
import SnapshotModel

/// What earlier restores left of one kind: on the target, and where nobody can tell whether it is the target.
struct EarlierWork: Sendable, Hashable {
    var unfinished = Unfinished()
    /// Registries at which restores left something that may be the target's under another name: one of the two does not say who it is.
    var undecided: [TargetRegistry] = []

    /// As a run's plan keeps it: ``Unfinished``'s, and `"undecided":[{"registries":["<url>",…],"registryId":{…}},…]`.
    var json: JSON {
        var fields = unfinished.json.object ?? [:]
        fields["undecided"] = .array(
            undecided.map { registry in
                var named: [ByteString: JSON] = ["registries": .array(registry.urls.map { .text($0) })]
                if let identity = registry.identity { named["registryId"] = identity.json }
                return .object(named)
            })
        return .object(fields)
    }

    /// Of one kind's part of a run's plan; nil where it does not say, as older versions do not.
    static func undecided(in json: JSON?) -> [TargetRegistry]? { json?["undecided"]?.array?.map { TargetRegistry(plan: $0) } }

    /// A sentence for each registry that may be `registry`.
    func doubts(_ registry: TargetRegistry) -> [String] {
        func list(_ registry: TargetRegistry) -> String { registry.urls.map { "\($0)" }.joined(separator: ", ") }
        return undecided.map {
            "a restore to the registry at \(list($0)) did not finish; whether that is the one at \(list(registry)) cannot be told, as not both "
                + "say who they are, so that what it left there counts as somebody else's. If it is the same, give the URL that was given then"
        }.sorted()
    }
}
