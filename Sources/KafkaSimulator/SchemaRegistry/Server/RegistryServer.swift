import Bytes
import Glibc
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
public import Seams

/// A simulated registry on a socket of 127.0.0.1.
public struct RegistryServer: Sendable {
    /// What is served: calls and faults.
    public let registry: SimulatedRegistry
    private let configuration: SimulatedRegistryConfiguration

    /// - Parameter cluster: where it keeps its topic `_schemas`; nil for none.
    public init(_ configuration: SimulatedRegistryConfiguration, time: any TimeSource, cluster: SimulatedCluster? = nil) {
        self.configuration = configuration
        registry = SimulatedRegistry(
            flavour: configuration.flavour, pages: configuration.pages, keepsRuleSets: configuration.keepsRuleSets, time: time,
            cluster: cluster)
    }

    /// Listens until the task is cancelled; `onRunning` gets the base URL as soon as it does. Throws `RegistryServerError` where the
    /// port is taken or a certificate is not one.
    public func run(onRunning: @escaping @Sendable (_ baseURL: String) async -> Void = { _ in }) async throws {
        let scheme = configuration.tls == nil ? "http" : "https"
        var logger = Logger(label: "tidemark.simulator.registry")
        // Hummingbird calls each connection that is open when the server stops an error.
        logger.logLevel = .critical
        let application = Application(
            responder: RegistryResponder(registry: registry, access: RegistryAccess(configuration)),
            server: try server(),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: configuration.port)),
            onServerRunning: { channel in
                await onRunning("\(scheme)://127.0.0.1:\(channel.localAddress?.port ?? 0)\(configuration.flavour.basePath)")
            },
            logger: logger)
        do {
            try await application.run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE || error.errnoCode == EACCES {
            throw RegistryServerError(
                message: "the simulated schema registry cannot listen on 127.0.0.1:\(configuration.port): "
                    + (error.errnoCode == EADDRINUSE ? "the port is taken" : "this user may not use the port"),
                hint: "Choose another port, or 0 for any that is free.")
        }
    }

    /// Runs a registry for as long as `body` does, which gets it and its base URL.
    public static func withRegistry<Result: Sendable>(
        _ configuration: SimulatedRegistryConfiguration = SimulatedRegistryConfiguration(), time: any TimeSource,
        cluster: SimulatedCluster? = nil,
        body: (_ registry: SimulatedRegistry, _ baseURL: String) async throws -> Result
    ) async throws -> Result {
        let server = RegistryServer(configuration, time: time, cluster: cluster)
        let (running, announce) = AsyncStream<String>.makeStream()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { announce.finish() }
                try await server.run { announce.yield($0) }
            }
            defer { group.cancelAll() }
            var urls = running.makeAsyncIterator()
            guard let url = await urls.next() else {
                try await group.waitForAll()
                throw CancellationError()
            }
            return try await body(server.registry, url)
        }
    }

    private func server() throws -> HTTPServerBuilder {
        guard let tls = configuration.tls else { return .http1() }
        do {
            let chain = try NIOSSLCertificate.fromPEMBytes(Array(tls.certificateChainPEM.utf8))
            var settings = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(tls.privateKeyPEM.utf8), format: .pem)))
            if let authority = tls.clientAuthorityPEM {
                settings.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8)))
                settings.certificateVerification = .noHostnameVerification
            }
            return try .tls(.http1(), tlsConfiguration: settings)
        } catch {
            throw RegistryServerError(
                message: "the simulated schema registry's certificate or key is not PEM, or they do not belong together",
                hint: "Give the certificate's chain and its key without a passphrase.")
        }
    }
}

/// What a call knows beside its request: the connection, to be able to close it.
private struct RegistryContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

private struct RegistryResponder: HTTPResponder {
    /// Larger bodies are answered with 413.
    static let largestBody = 10 << 20

    let registry: SimulatedRegistry
    let access: RegistryAccess

    func respond(to request: Request, context: RegistryContext) async throws -> Response {
        let method = request.method.rawValue
        let target = request.head.path ?? "/"
        let fault = registry.arrival(of: method, target)
        guard access.admits(request.headers[.authorization]) else {
            var refusal = response(status: 401, RegistryFailure(status: 401, code: 401, message: "Unauthorized").body.compact().bytes)
            refusal.headers[.wwwAuthenticate] = "Basic realm=\"SchemaRegistry\""
            return refusal
        }
        if let subject = access.refusedSubject(request.headers[.authorization], target) {
            let failure = RegistryFailure(
                status: 403, code: 40301, message: "User is denied operation \(method == "GET" ? "Read" : "Write") on Subject: \(subject)")
            return response(status: 403, failure.body.compact().bytes)
        }
        var body = ByteBuffer()
        for try await part in request.body {
            guard body.readableBytes + part.readableBytes <= Self.largestBody else { return response(status: 413, []) }
            body.writeImmutableBuffer(part)
        }
        switch fault {
        case .status(let status):
            let failure = RegistryFailure(status: status, code: status * 100 + 1, message: "Injected fault")
            return response(status: status, failure.body.compact().bytes)
        case .drop:
            try await context.channel.close()
            return response(status: 503, [])
        case .html:
            var page = response(status: 200, Array("<!DOCTYPE html><html><body>Sign in to continue</body></html>".utf8))
            page.headers[.contentType] = "text/html"
            return page
        case .oversized(let bytes):
            return response(
                status: 200, Array("\"".utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: max(0, bytes - 2)) + Array("\"".utf8))
        case .zeros(let count):
            return response(status: 200, Array("[0".utf8) + (1..<max(2, count)).flatMap { _ in ",0".utf8 } + Array("]".utf8))
        case .wordyStatus(let status, let bytes): return response(status: status, [UInt8](repeating: UInt8(ascii: "a"), count: bytes))
        case .delay(let duration): try await registry.wait(for: duration)
        case .dropAfterServing, .truncate, nil: break
        }
        let answer = registry.serve(method, target, body: Array(buffer: body))
        switch fault {
        case .dropAfterServing:
            try await context.channel.close()
            return response(status: 503, [])
        case .truncate:
            let half = ByteBuffer(bytes: answer.body.prefix(answer.body.count / 2))
            return Response(
                status: .init(code: answer.status), headers: headers,
                body: ResponseBody(contentLength: answer.body.count) { writer in
                    try await writer.write(half)
                    try await context.channel.close()
                    try await writer.finish(nil)
                })
        default: return response(status: answer.status, answer.body)
        }
    }

    private var headers: HTTPFields { [.contentType: "application/vnd.schemaregistry.v1+json"] }

    private func response(status: Int, _ body: [UInt8]) -> Response {
        Response(status: .init(code: status), headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}
