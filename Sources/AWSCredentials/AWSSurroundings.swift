public import Seams
public import Web

/// All of the world that credentials are looked for in.
public struct AWSSurroundings: Sendable {
    public var environment: Environment
    /// The bytes of a file; nil where there is none; throws where there is one that cannot be read.
    public var file: @Sendable (String) throws -> [UInt8]?
    public var web: any WebTransport
    public var time: any TimeSource
    public var chance: any ChanceSource

    public init(
        environment: Environment, file: @escaping @Sendable (String) throws -> [UInt8]?, web: any WebTransport, time: any TimeSource,
        chance: any ChanceSource
    ) {
        self.environment = environment
        self.file = file
        self.web = web
        self.time = time
        self.chance = chance
    }

    /// The text of a small file that must be there, without white space around it.
    func word(in path: String, named name: String) throws(AWSCredentialError) -> String {
        do {
            guard let bytes = try file(path) else { throw AWSCredentialError("\(name): there is no file \(path)", hint: "Check the path.") }
            return String(decoding: bytes, as: UTF8.self).trimmed
        } catch let error as AWSCredentialError {
            throw error
        } catch {
            throw AWSCredentialError("\(name): the file \(path) cannot be read", hint: "Check its permissions.")
        }
    }

    func ask(_ request: WebRequest, _ whom: String, retry: WebRetry = WebRetry()) async throws(AWSCredentialError) -> WebAnswer {
        do throws(WebFailure) {
            return try await retry.send(request, by: web, time, chance)
        } catch {
            throw AWSCredentialError(
                "\(whom) gives no answer: \(error.reason)", hint: "Check the network, and the address of \(whom).",
                isPassing: error.isTransient)
        }
    }
}

extension StringProtocol {
    var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
