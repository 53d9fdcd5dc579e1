import Bytes
import KafkaProtocol

/// What is said on a connection before the first call: versions (KIP-35, KIP-511), then SASL (KIP-152). A value inside of the
/// ``ConnectionMachine``; the steps go one way, and each is one request and its answer.
struct Handshake: Equatable, Sendable {
    enum State: Equatable, Sendable {
        /// Nothing asked yet. Becomes negotiating, or choosing where the versions are known.
        case fresh
        /// ApiVersions of this version is out. Becomes negotiating (once more, lower), choosing or complete.
        case negotiating(version: Int16)
        /// SaslHandshake is out. Becomes authenticating.
        case choosing(SaslExchange)
        /// A SaslAuthenticate is out. Becomes authenticating (the next token) or complete.
        case authenticating(SaslExchange)
        /// Calls may flow.
        case complete
        /// Something was wrong: whatever comes now is too late.
        case failed
    }

    enum Step: Equatable, Sendable {
        case write([UInt8])
        /// The session, where it ends, ends after this many milliseconds.
        case complete(sessionLifetime: Int64?)
    }

    private(set) var state = State.fresh
    private(set) var versions = VersionTable()
    /// What the connection's calls go on counting from.
    private(set) var nextCorrelationID: Int32 = 0
    private let grant: SaslGrant?
    private let clientID: ByteString
    /// Whether calls have been answered on the connection before.
    private var isRenewal = false

    init(grant: SaslGrant?, clientID: ByteString) {
        self.grant = grant
        self.clientID = clientID
    }

    /// One that authenticates anew on a connection whose versions are known (KIP-368).
    init(anew grant: SaslGrant, versions: VersionTable, correlationID: Int32, clientID: ByteString) {
        self.init(grant: grant, clientID: clientID)
        self.versions = versions
        nextCorrelationID = correlationID
        isRenewal = true
    }

    /// Whether versions are agreed on and SASL is going on.
    var authenticates: Bool {
        switch state {
        case .choosing, .authenticating: true
        case .fresh, .negotiating, .complete, .failed: false
        }
    }

    /// The first request.
    mutating func begin() throws(ConnectionCause) -> [UInt8] {
        guard state == .fresh else { throw fault("it was begun twice") }
        return try negotiate(ApiVersionsRequest.versions.upperBound)
    }

    /// The first request where versions are known already.
    mutating func beginAnew() throws(ConnectionCause) -> [UInt8] {
        guard state == .fresh else { throw fault("it was begun twice") }
        guard let grant else { throw fault("it has nothing to authenticate with") }
        return try choose(grant)
    }

    private mutating func fault(_ what: String) -> ConnectionCause {
        state = .failed
        return .outOfStep("the handshake: \(what)")
    }

    mutating func receive(_ frame: [UInt8], correlationID: Int32) throws(ConnectionCause) -> Step {
        do throws(ConnectionCause) {
            return try take(frame, correlationID: correlationID)
        } catch {
            state = .failed
            throw error
        }
    }

    private mutating func take(_ frame: [UInt8], correlationID: Int32) throws(ConnectionCause) -> Step {
        guard correlationID == nextCorrelationID - 1 else {
            throw .malformed("an answer with correlation id \(correlationID) to a request with another")
        }
        switch state {
        case .negotiating(let version): return try negotiated(frame, version)
        case .choosing(let exchange): return try chosen(frame, exchange)
        case .authenticating(let exchange): return try authenticated(frame, exchange)
        case .fresh, .complete, .failed: throw .malformed("an answer when nothing was asked")
        }
    }

    // MARK: Versions

    private mutating func negotiate(_ version: Int16) throws(ConnectionCause) -> [UInt8] {
        state = .negotiating(version: version)
        return try encode(ApiVersionsRequest.naming, version)
    }

    private mutating func negotiated(_ frame: [UInt8], _ version: Int16) throws(ConnectionCause) -> Step {
        // A broker that does not know our version answers error 35 in the layout of version 0 (KIP-511), so the code is
        // read before the layout is chosen.
        let code = frame.count >= 6 ? Int16(frame[4]) << 8 | Int16(frame[5]) : 0
        let isRefused = code == ErrorCode.unsupportedVersion.rawValue
        let answer = try decode(ApiVersionsRequest.self, isRefused ? 0 : version, frame)
        if isRefused {
            guard version > 0 else { throw .malformed("ApiVersions version 0 is refused") }
            // Brokers before 2.4 list nothing with the refusal: version 0 is what all speak.
            return .write(try negotiate(VersionTable(answer).best(of: ApiVersionsRequest.self, atMost: version - 1) ?? 0))
        }
        guard !answer.errorCode.isError else { throw .malformed("ApiVersions is answered with \(answer.errorCode)") }
        versions = VersionTable(answer)
        guard let grant else { return complete(lifetime: 0) }
        return .write(try choose(grant))
    }

    // MARK: SASL

    private mutating func choose(_ grant: SaslGrant) throws(ConnectionCause) -> [UInt8] {
        state = .choosing(SaslExchange(grant))
        var request = SaslHandshakeRequest()
        request.mechanism = ByteString(grant.mechanism)
        return try encode(request, 1)
    }

    private mutating func chosen(_ frame: [UInt8], _ exchange: SaslExchange) throws(ConnectionCause) -> Step {
        let answer = try decode(SaslHandshakeRequest.self, 1, frame)
        guard !answer.errorCode.isError else {
            if isRenewal, answer.errorCode == .illegalSaslState { throw .tooEarly }
            throw ConnectionCause(
                code: .authenticationFailed,
                text: "the broker refuses the SASL mechanism \(grant?.mechanism ?? ""): \(answer.errorCode)",
                hint: hint(offered: answer.mechanisms))
        }
        var exchange = exchange
        let token: [UInt8]
        do throws(SaslFailure) {
            token = try exchange.begin()
        } catch {
            throw ConnectionCause(error)
        }
        return try authenticate(token, exchange)
    }

    private func hint(offered: [ByteString]) -> String {
        guard !offered.isEmpty else { return "The listener has no SASL: check security.protocol and the port." }
        let names = offered.map { "\($0)" }.sorted()
        guard let grant, !names.contains(grant.mechanism) else { return "The mechanism is right: see the broker's log for the reason." }
        let list = grant.redaction.words(names.joined(separator: ", "))
        return "Set sasl.mechanism to one that this listener offers: \(list)."
    }

    private mutating func authenticate(_ token: [UInt8], _ exchange: SaslExchange) throws(ConnectionCause) -> Step {
        state = .authenticating(exchange)
        var request = SaslAuthenticateRequest()
        request.authBytes = Blob(token)
        return .write(try encode(request, authenticateVersion))
    }

    private var authenticateVersion: Int16 { versions.best(of: SaslAuthenticateRequest.self) ?? 0 }

    private mutating func authenticated(_ frame: [UInt8], _ exchange: SaslExchange) throws(ConnectionCause) -> Step {
        let answer = try decode(SaslAuthenticateRequest.self, authenticateVersion, frame)
        guard !answer.errorCode.isError else {
            let refused = grant?.refused
            throw ConnectionCause(
                code: .authenticationFailed,
                text: "the broker refuses \(refused?.what ?? ""): "
                    + (exchange.refusal ?? answer.errorMessage.map { grant?.redaction.words("\($0)") ?? "" } ?? answer.errorCode.name),
                hint: refused?.hint ?? "")
        }
        var exchange = exchange
        let token: [UInt8]?
        do throws(SaslFailure) {
            token = try exchange.receive(answer.authBytes.bytes)
        } catch {
            throw ConnectionCause(error)
        }
        if let token { return try authenticate(token, exchange) }
        return complete(lifetime: answer.sessionLifetimeMs)
    }

    private mutating func complete(lifetime: Int64) -> Step {
        state = .complete
        return .complete(sessionLifetime: lifetime > 0 ? lifetime : nil)
    }

    // MARK: Frames

    private mutating func encode<Request: KafkaRequest>(_ request: Request, _ version: Int16) throws(ConnectionCause) -> [UInt8] {
        defer { nextCorrelationID += 1 }
        do throws(WireError) {
            return try Frame.encode(request, version: version, correlationID: nextCorrelationID, clientID: clientID)
        } catch {
            throw .malformed("\(error)")
        }
    }

    private func decode<Request: KafkaRequest>(
        _: Request.Type, _ version: Int16, _ frame: [UInt8]
    ) throws(ConnectionCause) -> Request.Response {
        do throws(WireError) {
            return try Frame.decodeResponse(to: Request.self, version: version, from: frame).response
        } catch {
            throw .malformed("\(error)")
        }
    }
}

extension ApiVersionsRequest {
    /// With the name that brokers count clients by (KIP-511).
    static var naming: ApiVersionsRequest {
        var request = ApiVersionsRequest()
        request.clientSoftwareName = "tidemark"
        request.clientSoftwareVersion = "1"
        return request
    }
}

extension ConnectionCause {
    init(_ failure: SaslFailure) { self.init(code: .authenticationFailed, text: failure.cause, hint: failure.hint) }
}
