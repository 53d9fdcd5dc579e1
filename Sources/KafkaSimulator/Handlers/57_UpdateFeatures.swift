import Bytes
import KafkaProtocol

/// Sets levels of features (KIP-584), all or none: the first update that cannot be made is error 95 for the whole, in any version.
///
/// A level beyond what brokers support cannot be set, nor one below zero, nor of an upgrade type that does not exist; one that is
/// lower than the one in force needs `allowDowngrade` (version 0) or a downgrade type (2 or 3). Before version 2 each feature has a row
/// where all went well.
enum UpdateFeaturesHandler: CallHandler {
    typealias Request = UpdateFeaturesRequest
    private typealias Update = UpdateFeaturesRequest.FeatureUpdateKey

    /// What a change of level is meant as; the numbers are the protocol's.
    private enum UpgradeType: Int8 {
        case upgrade = 1
        case safeDowngrade, unsafeDowngrade
    }

    static func answer(
        _ request: UpdateFeaturesRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<UpdateFeaturesResponse> {
        var response = UpdateFeaturesResponse()
        var features = state.features
        let controller = state.controller
        for update in eachOnce(request.featureUpdates) {
            if let refusal = apply(update, to: &features, controller: controller, version: context.version) {
                response.errorCode = .invalidUpdateVersion
                response.errorMessage = ByteString(
                    "The update failed for all features since the following feature had an error: \(refusal)")
                response.results = []
                return .now(response)
            }
            var row = UpdateFeaturesResponse.UpdatableFeatureResult()
            row.feature = update.feature
            row.errorMessage = "NONE"
            response.results.append(row)
        }
        if !request.validateOnly || context.version == 0 {
            let hadEligibleLeaders = state.hasEligibleLeaders
            state.features = features
            state.featuresEpoch += 1
            if state.hasEligibleLeaders, !hadEligibleLeaders { state.fixMinimumInSync() }
        }
        return .now(response)
    }

    /// A feature that stands twice, in the place of the first as the last one has it.
    private static func eachOnce(_ updates: [Update]) -> [Update] {
        updates.reduce(into: []) { rows, update in
            if let row = rows.firstIndex(where: { $0.feature == update.feature }) { rows[row] = update } else { rows.append(update) }
        }
    }

    /// Why the update cannot be made, in the controller's words.
    private static func apply(_ update: Update, to features: inout [Feature], controller: Int32, version: Int16) -> String? {
        let level = update.maxVersionLevel
        let prefix = "Invalid update version \(level) for feature \(update.feature)."
        let asked = version == 0 ? (update.allowDowngrade ? .safeDowngrade : .upgrade) : UpgradeType(rawValue: update.upgradeType)
        guard let type = asked else { return "\(prefix) The controller does not support the given upgrade type." }
        if level < 0 { return "\(prefix) A feature version cannot be less than 0." }
        guard let index = features.firstIndex(where: { $0.name == update.feature }) else {
            return level == 0
                ? "\(prefix) Feature \(update.feature) not found."
                : "\(prefix) Local controller \(controller) does not support this feature."
        }
        let supported = features[index].supported
        guard supported.contains(level) else {
            return "\(prefix) Local controller \(controller) only supports versions \(supported.lowerBound)-\(supported.upperBound)"
        }
        if level < features[index].level {
            switch (type, update.feature) {
            case (.upgrade, _):
                return
                    "\(prefix) Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade."
            case (.unsafeDowngrade, "metadata.version"):
                return "Invalid metadata.version \(level). Unsafe metadata downgrade is not supported in this version."
            // What metadata hold has not changed since level 23.
            case (.safeDowngrade, "metadata.version") where level < 23:
                return
                    "Invalid metadata.version \(level). Refusing to perform the requested downgrade because it might delete metadata information."
            default: break
            }
        }
        features[index].level = level
        return nil
    }
}
