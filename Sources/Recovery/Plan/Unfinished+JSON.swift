import Bytes
import Resources
import SnapshotModel

/// As a run's plan keeps it: `{"begun":[id,…],"due":[{"body":…,"id":id},…],"former":[{"body":…,"id":id,"observed":true},…],
/// "suspected":{"<name>":"<run>"}}`. Older versions have no `due`.
extension Unfinished {
    var json: JSON {
        .object([
            "begun": .array(begun.sorted().map(\.json)),
            "due": .array(due.sorted { $0.key < $1.key }.map { .object(["id": $0.key.json, "body": $0.value]) }),
            "former": .array(
                former.values.sorted { $0.id < $1.id }.map {
                    .object(["id": $0.id.json, "body": $0.body ?? .null, "observed": .bool($0.isObserved)])
                }),
            "suspected": .object(suspected.mapValues { .text($0) }),
        ])
    }

    init?(json: JSON?) {
        guard let begun = json?["begun"]?.array, let former = json?["former"]?.array else { return nil }
        self.init()
        self.begun = Set(begun.compactMap { ResourceID(json: $0) })
        for item in former {
            guard let setting = FormerSetting(json: item) else { continue }
            self.former[setting.id] = setting
        }
        for item in json?["due"]?.array ?? [] {
            if let id = item["id"].flatMap({ ResourceID(json: $0) }) { due[id] = item["body"] }
        }
        suspected = (json?["suspected"]?.object ?? [:]).compactMapValues { $0.text?.description }
    }
}

extension FormerSetting {
    init?(json: JSON) {
        guard let id = json["id"].flatMap({ ResourceID(json: $0) }) else { return nil }
        self.init(id: id, body: json["body"].flatMap { $0 == .null ? nil : $0 }, isObserved: json["observed"]?.bool ?? false)
    }
}
