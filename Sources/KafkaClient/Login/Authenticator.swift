import AWSCredentials
import Bytes
import Seams
import Web

/// Turns a login into what one authentication needs: draws nonces, gets tokens and signs. Tokens and keys are kept for all connections
/// and renewed before they expire.
final class Authenticator: Sendable {
    private let login: SaslLogin?
    private let surroundings: LoginSurroundings
    private let time: any TimeSource
    private let chance: any ChanceSource
    private let tokens = Perishable<Secret>()
    private let aws: AWSCredentialChain?

    init(_ configuration: ClientConfiguration, _ time: any TimeSource, _ chance: any ChanceSource) {
        login = configuration.security.sasl
        surroundings = configuration.surroundings
        self.time = time
        self.chance = chance
        aws = configuration.security.sasl?.aws.map {
            AWSCredentialChain(
                $0.choice,
                in: AWSSurroundings(
                    environment: configuration.surroundings.environment, file: configuration.surroundings.file,
                    web: configuration.surroundings.web ?? NetworkWeb(), time: time, chance: chance))
        }
    }

    /// Nil where no SASL is spoken. Throws `.authenticationFailed` where there is no token or key, without what it would be.
    func grant(for address: BrokerAddress) async throws(KafkaError) -> SaslGrant? {
        switch login {
        case nil: return nil
        case .password(let credentials): return .password(credentials, nonce: Base64.encode(chance.bytes(24)))
        case .bearer(let login): return .bearer(try await token(login, address), extensions: login.extensions)
        case .awsIAM(let login):
            let signer = try await signer(login, address)
            return .awsIAM(Secret(String(decoding: signer.json(host: address.host), as: UTF8.self)))
        }
    }

    private func token(_ login: BearerLogin, _ address: BrokerAddress) async throws(KafkaError) -> Secret {
        switch login.source {
        case .fixed(let token): return try checked(token, "the token in sasl.jaas.config")
        case .file(let path): return try checked(try read(path), "the token in the file \(path)")
        case .unsecured(let claims): return UnsecuredToken.make(claims, at: time.now())
        case .aws(let login): return Secret(try await signer(login, address).bearer())
        case .endpoint(let endpoint):
            let web = surroundings.web ?? NetworkWeb(authoritiesPEM: endpoint.authorities?.revealed)
            return try await tokens.value(time) { () async throws(KafkaError) in
                try await TokenRequest(endpoint, web, time, chance).batch()
            }
        }
    }

    /// A token that is over is not worth a round trip.
    private func checked(_ token: Secret, _ what: String) throws(KafkaError) -> Secret {
        if let expiry = TokenClaims.expiry(of: token), expiry <= time.now() {
            throw .noToken("\(what) has expired at \(expiry)", "Give a fresh one.")
        }
        return token
    }

    private func read(_ path: String) throws(KafkaError) -> Secret {
        let bytes: [UInt8]?
        do {
            bytes = try surroundings.file(path)
        } catch {
            throw .noToken("the token file \(path) cannot be read", "Check its permissions (sasl.oauthbearer.token.endpoint.url).")
        }
        guard let bytes else { throw .noToken("there is no token file \(path)", "Check sasl.oauthbearer.token.endpoint.url.") }
        let text = String(decoding: bytes, as: UTF8.self)
        return Secret(String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()))
    }

    private func signer(_ login: AWSLogin, _ address: BrokerAddress) async throws(KafkaError) -> MSKToken {
        let environment = surroundings.environment
        guard
            let region = login.region ?? AWSRegion.ofBroker(address.host) ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"]
        else {
            throw .noToken("the region of \(address.host) is not known", "Set AWS_REGION, or connect by the broker's own name at MSK.")
        }
        guard let aws else { throw .noToken("no keys of AWS were asked for", "Check sasl.mechanism.") }
        do throws(AWSCredentialError) {
            return MSKToken(keys: try await aws.keys(), region: region, moment: time.now(), userAgent: "tidemark")
        } catch {
            throw .noToken(error.cause, error.hint)
        }
    }
}

extension SaslLogin {
    fileprivate var aws: AWSLogin? {
        switch self {
        case .awsIAM(let login): return login
        case .bearer(let login): if case .aws(let login) = login.source { return login } else { return nil }
        case .password: return nil
        }
    }
}

extension KafkaError {
    static func noToken(_ cause: String, _ hint: String) -> KafkaError {
        KafkaError(.authenticationFailed, outcome: .notSent, cause: cause, hint: hint)
    }
}
