public import Bytes
public import KafkaProtocol

/// Something that has configs.
public struct ConfigResource: Hashable, Comparable, Sendable {
    public enum Kind: Int8, Sendable, CaseIterable, Comparable {
        case topic = 2
        /// A broker id in decimal, or the empty name for the default of all brokers.
        case broker = 4
        case brokerLogger = 8
        case clientMetrics = 16
        case group = 32

        public static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
    }

    public var type: Kind
    public var name: ByteString

    public init(_ type: Kind, _ name: ByteString) {
        self.type = type
        self.name = name
    }

    public static func topic(_ name: ByteString) -> ConfigResource { ConfigResource(.topic, name) }
    public static func broker(_ id: Int32) -> ConfigResource { ConfigResource(.broker, ByteString("\(id)")) }
    public static let clusterDefault = ConfigResource(.broker, "")

    public static func < (left: ConfigResource, right: ConfigResource) -> Bool {
        (left.type, left.name) < (right.type, right.name)
    }

    /// The one broker that can answer for it, nil where all can.
    var owner: Int32? {
        switch type {
        case .broker, .brokerLogger: Int32("\(name)")
        case .topic, .clientMetrics, .group: nil
        }
    }
}

extension ConfigResource: CustomStringConvertible {
    public var description: String {
        switch type {
        case .topic: "topic \(name)"
        case .broker: name.isEmpty ? "the default of all brokers" : "broker \(name)"
        case .brokerLogger: "the loggers of broker \(name)"
        case .clientMetrics: "client metrics \(name)"
        case .group: "group \(name)"
        }
    }
}

/// Where a value comes from (DescribeConfigs' own numbers).
public struct ConfigSource: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int8
    public init(rawValue: Int8) { self.rawValue = rawValue }

    public static let dynamicTopic = ConfigSource(rawValue: 1)
    public static let dynamicBroker = ConfigSource(rawValue: 2)
    public static let dynamicDefaultBroker = ConfigSource(rawValue: 3)
    public static let staticBroker = ConfigSource(rawValue: 4)
    public static let defaultValue = ConfigSource(rawValue: 5)
    public static let dynamicBrokerLogger = ConfigSource(rawValue: 6)
    public static let dynamicClientMetrics = ConfigSource(rawValue: 7)
    public static let dynamicGroup = ConfigSource(rawValue: 8)
}

/// One value, with where it comes from and what stands behind it.
public struct ConfigEntry: Sendable, Equatable {
    public struct Synonym: Sendable, Equatable {
        public var name: ByteString
        public var value: ByteString?
        public var source: ConfigSource
    }

    public var name: ByteString
    /// Nil where the value is sensitive, or is null.
    public var value: ByteString?
    public var source: ConfigSource
    public var isReadOnly: Bool
    public var isSensitive: Bool
    /// Boolean 1, string 2, int 3, short 4, long 5, double 6, list 7, class 8, password 9; 0 where unknown.
    public var type: Int8
    /// In order of precedence, the value in force first. Empty unless asked for.
    public var synonyms: [Synonym]
}

/// What a broker answered for one resource.
public enum ConfigAnswer: Sendable, Equatable {
    /// Names ascending.
    case entries([ConfigEntry])
    case failed(ErrorCode, message: String?)
}

extension KafkaClient {
    /// Describes configs: a broker's own asked of that very broker, all others of any, 1,000 resources a call. What a dead broker
    /// owns is unread.
    public func describeConfigs(
        _ resources: [ConfigResource], includeSynonyms: Bool = false
    ) async throws(KafkaError) -> Sharded<[ConfigResource: ConfigAnswer]> {
        let parts = ConfigPart.split(Array(Set(resources)).sorted(), limit: Self.topicsPerCall)
        let answers = await each(parts) { (part) async throws(KafkaError) in
            try await self.describe(part, includeSynonyms: includeSynonyms)
        }
        var sharded = Sharded<[ConfigResource: ConfigAnswer]>([:])
        for part in parts {
            switch answers[part] {
            case .success(let entries): sharded.value.merge(entries) { first, _ in first }
            case .failure(let error):
                sharded.unread.append(Unread(broker: part.broker, subject: "the configs of \(part)", error: error))
            case nil: break
            }
        }
        return sharded
    }

    private func describe(_ part: ConfigPart, includeSynonyms: Bool) async throws(KafkaError) -> [ConfigResource: ConfigAnswer] {
        var request = DescribeConfigsRequest()
        request.includeSynonyms = includeSynonyms
        request.resources = part.resources.map {
            var resource = DescribeConfigsRequest.DescribeConfigsResource()
            resource.resourceType = $0.type.rawValue
            resource.resourceName = $0.name
            return resource
        }
        let answer = try await send(request, to: part.destination)
        var found: [ConfigResource: ConfigAnswer] = [:]
        for result in answer.results {
            guard let type = ConfigResource.Kind(rawValue: result.resourceType) else { continue }
            found[ConfigResource(type, result.resourceName)] = ConfigAnswer(result, redaction)
        }
        for resource in part.resources where found[resource] == nil {
            found[resource] = .failed(.unknownServerError, message: "the broker's answer leaves it out")
        }
        return found
    }
}

extension ConfigAnswer {
    init(_ result: DescribeConfigsResponse.DescribeConfigsResult, _ redaction: Redaction) {
        guard !result.errorCode.isError else {
            self = .failed(
                result.errorCode, message: result.errorMessage.map { redaction.words("\($0)", upTo: KafkaClient.longestMessage) })
            return
        }
        self = .entries(
            result.configs.map { config in
                ConfigEntry(
                    name: config.name, value: config.value, source: ConfigSource(rawValue: config.configSource),
                    isReadOnly: config.readOnly,
                    isSensitive: config.isSensitive, type: config.configType,
                    synonyms: config.synonyms.map {
                        ConfigEntry.Synonym(name: $0.name, value: $0.value, source: ConfigSource(rawValue: $0.source))
                    })
            }.sorted { $0.name < $1.name })
    }
}
