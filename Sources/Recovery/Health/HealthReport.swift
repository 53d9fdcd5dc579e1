public import SnapshotModel
import Bytes

/// One check and what it found.
public struct Finding: Sendable, Hashable {
    public enum Severity: String, Sendable, Comparable {
        case ok
        /// Works, but not as it should.
        case warning
        case failure

        public static func < (left: Severity, right: Severity) -> Bool { left.order < right.order }
        private var order: Int { self == .ok ? 0 : self == .warning ? 1 : 2 }
    }

    /// What kind of trouble it is, for exit codes.
    public enum Cause: Sendable, Hashable {
        /// The cluster's own state.
        case state
        /// Nobody answered, or in another language.
        case noContact
        /// Credentials, a certificate or rights were refused.
        case refused
    }

    /// `contact`, `brokers`, `metadata`, `controller`, `leaders`, `in-sync`, `quorum`, `groups`, `registry`, `schemas-topic`.
    public var check: String
    public var severity: Severity
    public var detail: String
    /// The things concerned, in the order of their names; at most ``HealthCheck/listed``.
    public var subjects: [String]
    public var cause: Cause

    public init(check: String, severity: Severity, detail: String, subjects: [String] = [], cause: Cause = .state) {
        self.cause = cause
        self.check = check
        self.severity = severity
        self.detail = detail
        self.subjects = subjects
    }
}

/// What all checks found.
public struct HealthReport: Sendable {
    public var findings: [Finding]

    public init(findings: [Finding]) { self.findings = findings }

    public var worst: Finding.Severity { findings.map(\.severity).max() ?? .ok }
    public var isHealthy: Bool { worst < .failure }

    /// Whether a failure has this cause.
    public func hasFailed(for cause: Finding.Cause) -> Bool { findings.contains { $0.severity == .failure && $0.cause == cause } }

    public var json: JSON {
        .object([
            "schema": "tidemark.health/1", "healthy": .bool(isHealthy), "worst": .text(ByteString(worst.rawValue)),
            "findings": .array(
                findings.map {
                    .object([
                        "check": .text(ByteString($0.check)), "severity": .text(ByteString($0.severity.rawValue)),
                        "detail": .text(ByteString($0.detail)), "subjects": .array($0.subjects.map { .text(ByteString($0)) }),
                    ])
                }),
        ])
    }
}
