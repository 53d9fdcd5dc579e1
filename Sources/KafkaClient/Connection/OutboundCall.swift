import Bytes
import KafkaProtocol

/// A request ready to be sent in whatever version the connection turns out to speak.
struct OutboundCall: Sendable {
    var api: APIKey
    /// The version and the frame, once the broker's versions and the correlation id are known.
    var encode: @Sendable (VersionTable, Int32) -> Result<(version: Int16, frame: [UInt8]), CallFailure>

    /// `build` makes the request for a version; `atMost` bounds the version where the request cannot be said in later ones.
    init<Request: KafkaRequest>(
        _: Request.Type, atMost limit: Int16, clientID: ByteString, build: @escaping @Sendable (Int16) -> Request
    ) {
        api = Request.api
        encode = { versions, correlationID in
            guard let version = versions.best(of: Request.self, atMost: limit) else {
                return .failure(.unsupported(theirs: versions.ranges[Request.api]))
            }
            do throws(WireError) {
                let frame = try Frame.encode(build(version), version: version, correlationID: correlationID, clientID: clientID)
                return .success((version, frame))
            } catch {
                return .failure(.unencodable(error))
            }
        }
    }
}

/// What came back: a whole frame and the version to read it in.
struct InboundAnswer: Sendable {
    var version: Int16
    var frame: [UInt8]
}
