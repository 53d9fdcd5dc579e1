import Bytes
import KafkaProtocol

/// What one broker said it speaks (ApiVersions).
struct VersionTable: Equatable, Sendable {
    var ranges: [APIKey: ClosedRange<Int16>] = [:]
    var features = FeatureLevels()

    init() {}

    init(_ answer: ApiVersionsResponse) {
        for entry in answer.apiKeys where entry.minVersion <= entry.maxVersion {
            ranges[APIKey(rawValue: entry.apiKey)] = entry.minVersion...entry.maxVersion
        }
        for feature in answer.supportedFeatures where feature.minVersion <= feature.maxVersion {
            features.supported[feature.name] = feature.minVersion...feature.maxVersion
        }
        for feature in answer.finalizedFeatures where feature.minVersionLevel <= feature.maxVersionLevel {
            features.finalized[feature.name] = feature.minVersionLevel...feature.maxVersionLevel
        }
        features.epoch = answer.finalizedFeaturesEpoch < 0 ? nil : answer.finalizedFeaturesEpoch
    }

    /// The highest version of a call that both sides speak, or nil where there is none.
    func best<Request: KafkaRequest>(of _: Request.Type, atMost limit: Int16 = .max) -> Int16? {
        guard let theirs = ranges[Request.api] else { return nil }
        let highest = min(theirs.upperBound, Request.versions.upperBound, limit)
        return highest >= max(theirs.lowerBound, Request.versions.lowerBound) ? highest : nil
    }
}
