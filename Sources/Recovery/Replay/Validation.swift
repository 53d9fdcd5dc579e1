import Bytes
import Resources
import Seams
import SnapshotModel

/// Observes the target again and compares with what was wanted.
struct Validation: Sendable {
    /// How long a change may take to be seen on every broker.
    static let patience = Duration.seconds(60)

    let target: Source
    let kinds: [any Kind]
    let settlesWithin: Duration
    let progress: @Sendable (Progress) -> Void

    struct Findings {
        /// What is still there once the target had time to settle.
        var differences: [Difference] = []
        /// What could not be read.
        var unproved: [Loss] = []
        /// What the target's topics inherit; nil where none were looked at.
        var inheritance: Inheritance?
    }

    func run(_ expected: [KindName: [Document]]) async throws -> Findings {
        var findings = Findings()
        for kind in kinds {
            guard let wanted = expected[kind.name], !wanted.isEmpty else { continue }
            progress(.validating(kind.name))
            let deadline = target.time.uptime() + settlesWithin
            var pause = Duration.milliseconds(100)
            while true {
                let observation = try await kind.observe(Sweep(target), naming: wanted.map(\.id))
                let found = Self.differences(kind, wanted, observation)
                if found.isEmpty || target.time.uptime() >= deadline {
                    findings.differences += found
                    if kind.name == .topics {
                        findings.inheritance = Inheritance(evidence: observation.evidence, desired: observation.desired)
                    }
                    if !observation.state.isComplete {
                        findings.unproved.append(
                            Loss(kind: kind.name, id: nil, why: "the target could not be read whole: \(observation.state.summary)"))
                    }
                    break
                }
                try await target.time.sleep(for: pause)
                pause = min(pause * 2, .seconds(5))
            }
        }
        return findings
    }

    static func differences(_ kind: any Kind, _ wanted: [Document], _ observation: Observation) -> [Difference] {
        let found = Dictionary(observation.desired.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return wanted.compactMap { expected in
            if let observed = found[expected.id], kind.satisfies(observed, expected) { return nil }
            return Difference(kind: kind.name, id: expected.id, expected: expected.body, observed: found[expected.id]?.body)
        }
    }
}
