import Bytes
public import Seams
import NIOConcurrencyHelpers

/// Speaks to a schema registry over its REST interface, as Confluent's, Karapace's and others' have it.
///
/// Reads are repeated when a passing failure comes in between, with the registry's other URLs and after a pause. A change is repeated
/// only where it is certain that it was not made; else the error says `isOutcomeUnknown`.
public final class SchemaRegistryClient: Sendable {
    let configuration: RegistryConfiguration
    private let transport: any HTTPTransport
    private let time: any TimeSource
    private let chance: any ChanceSource
    private let outlivesCancellation: Bool
    /// For what a registry says: who was given a password may say it again.
    private let redaction: Redaction
    /// The URL that answered last.
    private let preferred: NIOLockedValueBox<Int>

    /// The base URLs of the registry; they hold no credentials.
    public var urls: [String] { configuration.baseURLs }

    /// A client over a transport that somebody else owns.
    public convenience init(
        _ configuration: RegistryConfiguration, transport: any HTTPTransport, time: any TimeSource, chance: any ChanceSource
    ) {
        self.init(configuration, transport, time, chance, outlivesCancellation: false, preferred: 0)
    }

    private init(
        _ configuration: RegistryConfiguration, _ transport: any HTTPTransport, _ time: any TimeSource, _ chance: any ChanceSource,
        outlivesCancellation: Bool, preferred: Int
    ) {
        self.configuration = configuration
        redaction = configuration.credentials.redaction
        self.transport = transport
        self.time = time
        self.chance = chance
        self.outlivesCancellation = outlivesCancellation
        self.preferred = NIOLockedValueBox(preferred)
    }

    /// The same registry for what must be put back whatever happens: its calls go on when the task is cancelled (and then try again
    /// without a pause).
    public func outlivingCancellation() -> SchemaRegistryClient {
        SchemaRegistryClient(
            configuration, transport, time, chance, outlivesCancellation: true, preferred: preferred.withLockedValue { $0 })
    }

    /// A client over the network for as long as `body` runs. Throws `RegistryError` of kind `configuration` where a certificate or
    /// key is not PEM, and what `body` throws. Nothing is sent before `body` asks for it.
    public static func withClient<Result: Sendable>(
        _ configuration: RegistryConfiguration, time: any TimeSource, chance: any ChanceSource,
        body: (SchemaRegistryClient) async throws -> Result
    ) async throws -> Result {
        let transport = try NetworkTransport(configuration.tls, timeout: configuration.timeout)
        do {
            let result = try await body(SchemaRegistryClient(configuration, transport: transport, time: time, chance: chance))
            await transport.shutdown()
            return result
        } catch {
            await transport.shutdown()
            throw error
        }
    }

    /// Makes a call and reads its answer.
    func call<Value: RegistryReadable>(_ call: RegistryCall, as type: Value.Type = Value.self) async throws(RegistryError) -> Value {
        let (answer, url) = try await answer(to: call)
        return try call.read(type, from: answer, url: url, redaction)
    }

    /// The first answer of status 2xx, and whose it is.
    func answer(to call: RegistryCall) async throws(RegistryError) -> (answer: HTTPAnswer, url: String) {
        var pause = configuration.firstPause
        var round = 1
        while true {
            let failure: RegistryError
            let wish: Duration?
            switch try await goRound(call) {
            case .answered(let answer, let url): return (answer, url)
            case .failed(let error, let retryAfter): (failure, wish) = (error, retryAfter)
            }
            guard failure.isPassing, !failure.isOutcomeUnknown, round < configuration.rounds else { throw failure }
            let whole = Int(clamping: pause.wholeMilliseconds)
            let shortened = Duration.milliseconds(chance.number(in: whole / 2...max(whole / 2, whole)))
            do {
                try await time.sleep(for: max(shortened, min(wish ?? .zero, .seconds(30))))
            } catch {
                guard outlivesCancellation else { throw RegistryError(.cancelled, reason: "cancelled while waiting to try again") }
            }
            pause = min(pause * 2, configuration.longestPause)
            round += 1
        }
    }

    private enum Round {
        case answered(HTTPAnswer, url: String)
        case failed(RegistryError, retryAfter: Duration?)
    }

    /// Goes through the URLs, beginning with the one that answered last.
    private func goRound(_ call: RegistryCall) async throws(RegistryError) -> Round {
        let first = preferred.withLockedValue { $0 }
        var failures: [RegistryError] = []
        var wish: Duration?
        for step in configuration.baseURLs.indices {
            let place = (first + step) % configuration.baseURLs.count
            let url = configuration.baseURLs[place]
            let failure: RegistryError
            do throws(HTTPTransportError) {
                let answer = try await transport.send(request(call, url: url))
                if (200..<300).contains(answer.status) {
                    preferred.withLockedValue { $0 = place }
                    return .answered(answer, url: url)
                }
                failure = call.refusal(answer, url: url, redaction)
                wish = answer.retryAfter ?? wish
            } catch {
                failure = Self.explain(error, call, url: url)
            }
            // Another server of the same registry would say the same; of an unknown outcome the caller must hear.
            guard failure.isPassing || failure.kind == .tls, !failure.isOutcomeUnknown else { throw failure }
            failures.append(failure)
        }
        let last = failures[failures.count - 1]
        guard failures.count > 1 else { return .failed(last, retryAfter: wish) }
        let others = failures.dropLast().map { "\($0.url ?? ""): \($0.reason)" }.joined(separator: "; ")
        return .failed(last.explained("\(last.reason) (before that \(others))"), retryAfter: wish)
    }

    private func request(_ call: RegistryCall, url: String) -> HTTPRequest {
        HTTPRequest(
            method: call.method, url: url + call.target,
            headers: RegistryCall.headers(configuration.credentials, hasBody: call.body != nil), body: call.body,
            timeout: configuration.timeout, largestAnswer: configuration.largestAnswer, outlivesCancellation: outlivesCancellation)
    }

    private static func explain(_ error: HTTPTransportError, _ call: RegistryCall, url: String) -> RegistryError {
        let (kind, wasPerhapsMade): (RegistryError.Kind, Bool) =
            switch error.kind {
            case .connect: (.connect, false)
            case .tls: (.tls, false)
            case .interrupted: (.interrupted, true)
            case .timeout: (.timeout, true)
            case .tooLarge, .foreign: (.invalidAnswer, true)
            case .cancelled: (.cancelled, true)
            }
        return RegistryError(
            kind, method: call.method, url: url + call.path, reason: error.reason, isOutcomeUnknown: wasPerhapsMade && !call.isRead,
            hint: error.kind == .tooLarge
                ? RegistryError.beyondLimits
                : error.kind == .foreign ? "Check host and port: a schema registry speaks HTTP, and brokers of Kafka do not." : nil)
    }
}
