import Bytes
import KafkaProtocol

/// What the simulator serves, in the versions of the release that it plays; from version 3 on features as well.
///
/// From version 3 on a client says its name and version; letters, digits, dots and dashes alone, or the answer is error 42 (KIP-511).
/// A version above its own is answered in the form of version 0 with error 35 (KIP-511), by the broker's front.
enum ApiVersionsHandler: CallHandler {
    typealias Request = ApiVersionsRequest

    static func answer(
        _ request: ApiVersionsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<ApiVersionsResponse> {
        var response = ApiVersionsResponse()
        guard context.version < 3 || [request.clientSoftwareName, request.clientSoftwareVersion].allSatisfy(isSoftware) else {
            response.errorCode = .invalidRequest
            return .now(response)
        }
        response.apiKeys = rows(state.offer)
        guard context.version >= 3, state.release.hasFeatures else { return .now(response) }
        // Clients before version 4 cannot read a feature whose lowest level is 0 (KIP-1022).
        response.supportedFeatures = state.features.filter { $0.supported.lowerBound > 0 || context.version >= 4 }.map { feature in
            var row = ApiVersionsResponse.SupportedFeatureKey()
            row.name = feature.name
            row.minVersion = feature.supported.lowerBound
            row.maxVersion = feature.supported.upperBound
            return row
        }
        response.finalizedFeaturesEpoch = state.featuresEpoch
        response.finalizedFeatures = state.features.filter { $0.level > 0 }.map { feature in
            var row = ApiVersionsResponse.FinalizedFeatureKey()
            row.name = feature.name
            row.minVersionLevel = feature.level
            row.maxVersionLevel = feature.level
            return row
        }
        return .now(response)
    }

    /// Neither beginning nor ending with anything but a letter or digit.
    private static func isSoftware(_ name: ByteString) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        guard let first = name.bytes.first, let last = name.bytes.last, isAlphanumeric(first), isAlphanumeric(last) else { return false }
        return name.bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    static func rows(_ offer: CallOffer) -> [ApiVersionsResponse.ApiVersion] {
        Calls.all.sorted { $0.api < $1.api }.compactMap { handler in
            guard let range = offer.range(of: handler) else { return nil }
            var row = ApiVersionsResponse.ApiVersion()
            row.apiKey = handler.api.rawValue
            row.minVersion = range.lowerBound
            row.maxVersion = range.upperBound
            return row
        }
    }

    /// The answer to a version that is not spoken: only the range of this very call.
    static func refusal(correlationID: Int32, offer: CallOffer) throws(WireError) -> [UInt8] {
        var response = ApiVersionsResponse()
        response.errorCode = .unsupportedVersion
        response.apiKeys = rows(offer).filter { $0.apiKey == APIKey.apiVersions.rawValue }
        return try Frame.encodeResponse(response, to: Request.self, version: 0, correlationID: correlationID)
    }
}
