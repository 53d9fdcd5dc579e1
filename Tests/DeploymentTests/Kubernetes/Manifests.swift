import Foundation
import Testing
import Yams

/// The manifests of docs/kubernetes, read.
enum Manifests {
    static let folder = "docs/kubernetes"

    static func all() throws -> [[String: Any]] {
        try Shipped.names(in: folder, ending: ".yaml").flatMap { name in
            try Yams.load_all(yaml: Shipped.text("\(folder)/\(name)")).compactMap { $0 as? [String: Any] }
        }
    }

    static func kind(_ kind: String) throws -> [String: Any] {
        try #require(try all().first { $0["kind"] as? String == kind }, "no \(kind)")
    }

    /// What every pod of them is made of: of the Deployment, the CronJob and the Job.
    static func pods() throws -> [(kind: String, spec: [String: Any])] {
        try all().compactMap { manifest in
            guard let kind = manifest["kind"] as? String else { return nil }
            let path: [String] =
                switch kind {
                case "Deployment", "Job": ["spec", "template", "spec"]
                case "CronJob": ["spec", "jobTemplate", "spec", "template", "spec"]
                default: []
                }
            guard !path.isEmpty, let spec = value(manifest, path) as? [String: Any] else { return nil }
            return (kind, spec)
        }
    }

    static func value(_ tree: Any?, _ path: [String]) -> Any? {
        path.reduce(tree) { ($0 as? [String: Any])?[$1] }
    }
}
