import Bytes
public import Monitoring
public import Recovery
public import Repository

extension CheckReport {
    /// What is told of a check.
    public func samples(cluster: String) -> [Sample] {
        let name = ByteString(cluster)
        return [Sample(.checkedSnapshots, [name, "whole"], whole.count), Sample(.checkedSnapshots, [name, "damaged"], damaged.count)]
            + Severity.allCases.map { Sample(.checkFindings, [name, ByteString($0.rawValue)], findings($0).count) }
    }
}

extension ForgetReport {
    public func samples(cluster: String) -> [Sample] {
        let labels = [ByteString(cluster)]
        return [Sample(.keptSnapshots, labels, kept.count), Sample(.forgottenSnapshots, labels, isRehearsal ? 0 : forgotten.count)]
    }
}

extension PruneReport {
    public func samples(cluster: String) -> [Sample] {
        let labels = [ByteString(cluster)]
        return isRehearsal
            ? [] : [Sample(.freedBytes, labels, bytesFreed + leftoverBytesFreed), Sample(.freedObjects, labels, objectsFreed)]
    }
}

extension RepositorySize {
    public func samples(cluster: String) -> [Sample] {
        let labels = [ByteString(cluster)]
        return [
            Sample(.repositoryBytes, labels, bytes), Sample(.repositoryObjects, labels, objects),
            Sample(.repositorySnapshots, labels, snapshots),
        ]
    }
}
