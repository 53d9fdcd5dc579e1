import Bytes
import KafkaProtocol

/// Sets levels of features (KIP-584). An unknown feature or a level beyond what brokers support is error 95; a lower level than
/// the one in force needs `allowDowngrade` (version 0) or a downgrade type (2 or 3).
enum UpdateFeaturesHandler: CallHandler {
    typealias Request = UpdateFeaturesRequest

    static func answer(
        _ request: UpdateFeaturesRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<UpdateFeaturesResponse> {
        var response = UpdateFeaturesResponse()
        var features = state.features
        for update in request.featureUpdates {
            var row = UpdateFeaturesResponse.UpdatableFeatureResult()
            row.feature = update.feature
            row.errorMessage = "NONE"
            if let refusal = apply(update, to: &features, context) {
                row.errorCode = .invalidUpdateVersion
                row.errorMessage = ByteString(refusal)
            }
            response.results.append(row)
        }
        let failed = response.results.first { $0.errorCode.isError }
        if let failed, context.version >= 2 {
            response.errorCode = failed.errorCode
            response.errorMessage = ByteString(
                "The update failed for all features since the following feature had an error: \(failed.errorMessage?.description ?? "")")
        }
        if failed == nil, !request.validateOnly || context.version == 0 {
            let hadEligibleLeaders = state.hasEligibleLeaders
            state.features = features
            state.featuresEpoch += 1
            if state.hasEligibleLeaders, !hadEligibleLeaders { state.fixMinimumInSync() }
        }
        return .now(response)
    }

    private static func apply(
        _ update: UpdateFeaturesRequest.FeatureUpdateKey, to features: inout [Feature], _ context: CallContext
    ) -> String? {
        let prefix = "Invalid update version \(update.maxVersionLevel) for feature \(update.feature)."
        guard let index = features.firstIndex(where: { $0.name == update.feature }) else {
            return "\(prefix) Local controller \(context.broker) does not support this feature."
        }
        let supported = features[index].supported
        guard supported.contains(update.maxVersionLevel) else {
            return
                "\(prefix) Local controller \(context.broker) only supports versions \(supported.lowerBound)-\(supported.upperBound)"
        }
        let mayLower = context.version == 0 ? update.allowDowngrade : update.upgradeType == 2 || update.upgradeType == 3
        if update.maxVersionLevel < features[index].level, !mayLower {
            return
                "\(prefix) Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade."
        }
        if update.feature == "metadata.version", update.maxVersionLevel < features[index].level {
            return update.upgradeType == 3
                ? "Invalid metadata.version \(update.maxVersionLevel). Unsafe metadata downgrade is not supported in this version."
                : "Invalid metadata.version \(update.maxVersionLevel). Refusing to perform the requested downgrade because it might delete metadata information."
        }
        features[index].level = update.maxVersionLevel
        return nil
    }
}
