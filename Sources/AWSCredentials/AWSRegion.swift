public import Seams

/// Regions of AWS as host names tell them.
public enum AWSRegion {
    /// The region of an MSK broker (`b-1.name.xyz.c2.kafka.eu-west-1.amazonaws.com`, `boot-x.c1.kafka-serverless.…`); nil where the
    /// host is none of MSK's.
    public static func ofBroker(_ host: some StringProtocol) -> String? {
        let labels = host.lowercased().split(separator: ".")
        guard let service = labels.firstIndex(where: { $0 == "kafka" || $0 == "kafka-serverless" }), service + 2 < labels.count,
            labels[service + 2].hasPrefix("amazonaws")
        else { return nil }
        return String(labels[service + 1])
    }

    /// What the environment says: `AWS_REGION`, then `AWS_DEFAULT_REGION`.
    public static func here(_ environment: Environment) -> String? { environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] }

    static func domain(_ region: String) -> String { region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com" }
}
