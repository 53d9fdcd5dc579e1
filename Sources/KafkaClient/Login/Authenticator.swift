import AWSCredentials
import Bytes
import Seams
import Web

/// Turns a login into what one authentication needs: draws nonces, gets tokens and signs. Tokens and keys are kept, for all connections and for
/// other clients with the same login, and renewed before they expire.
final class Authenticator: Sendable {
    private let login: SaslLogin?
    private let surroundings: LoginSurroundings
    private let time: any TimeSource
    private let chance: any ChanceSource
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
                    environment: configuration.surroundings.environment, file: configuration.surroundings.fileOfAWS,
                    web: configuration.surroundings.web ?? NetworkWeb(), time: time, chance: chance),
                kept: configuration.surroundings.kept.keys)
        }
    }

    /// Whether a grant may have to be waited for: somebody else is asked for a token or keys.
    var asksOthers: Bool {
        switch login {
        case nil, .password: false
        case .awsIAM: true
        case .bearer(let login):
            switch login.source {
            case .endpoint, .aws: true
            case .fixed, .file, .unsecured: false
            }
        }
    }

    /// Who that is, in words.
    var whoIsAsked: String? {
        switch login {
        case nil, .password: nil
        case .awsIAM: "the source of AWS keys"
        case .bearer(let login):
            switch login.source {
            case .endpoint(let endpoint): "the token endpoint \(endpoint.shownURL)"
            case .aws: "the source of AWS keys"
            case .fixed, .file, .unsecured: nil
            }
        }
    }

    /// Nil where no SASL is spoken. Throws `.authenticationFailed` where there is no token or key, and
    /// `.cannotConnect` where whoever gives it is not there or has trouble of its own; without what it would be.
    func grant(for address: BrokerAddress) async throws(KafkaError) -> LoginGrant? {
        switch login {
        case nil: return nil
        case .password(let credentials): return LoginGrant(sasl: .password(credentials, nonce: Base64.encode(chance.bytes(24))))
        case .bearer(let login):
            let (token, origin) = try await token(login, address)
            return LoginGrant(sasl: .bearer(token, extensions: login.extensions), origin: origin)
        case .awsIAM(let login):
            let signer = try await signer(login, address)
            let message = Secret(String(decoding: signer.json(host: address.host), as: UTF8.self))
            return LoginGrant(sasl: .awsIAM(message), origin: .keys(signer.keys))
        }
    }

    /// A broker refused what was made of this: it is not used again. Whether another attempt may bring something else.
    func refused(_ origin: LoginGrant.Origin) -> Bool {
        switch origin {
        // A password stays what it is.
        case .given: return false
        case .token(let token): surroundings.kept.tokens.discard { $0 == token }
        case .keys(let keys): aws?.discard(keys)
        }
        return true
    }

    private func token(_ login: BearerLogin, _ address: BrokerAddress) async throws(KafkaError) -> (Secret, LoginGrant.Origin) {
        switch login.source {
        case .fixed(let token): return (try checked(token, "the token in sasl.jaas.config"), .given)
        case .file(let path): return (try checked(try read(path), "the token in the file \(path)"), .given)
        case .unsecured(let claims): return (UnsecuredToken.make(claims, at: time.now()), .given)
        case .aws(let login):
            let signer = try await signer(login, address)
            return (Secret(signer.bearer()), .keys(signer.keys))
        case .endpoint(let endpoint):
            let web = surroundings.web ?? NetworkWeb(authoritiesPEM: endpoint.authorities?.revealed)
            let kept = surroundings.kept.tokens.perishable(for: endpoint)
            let token = try await kept.value(time, cancelled: .cancelled(broker: nil, api: nil, sent: false)) {
                () async throws(KafkaError) in
                try await TokenRequest(endpoint, web, time, chance).batch()
            }
            return (token, .token(token))
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
        } catch let error as KafkaError {
            throw .noToken("sasl.oauthbearer.token.endpoint.url: \(error.cause)", error.hint)
        } catch {
            throw .noToken("the token file \(path) cannot be read", "Check its permissions (sasl.oauthbearer.token.endpoint.url).")
        }
        guard let bytes else { throw .noToken("there is no token file \(path)", "Check sasl.oauthbearer.token.endpoint.url.") }
        let text = String(decoding: bytes, as: UTF8.self)
        return Secret(String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()))
    }

    private func signer(_ login: AWSLogin, _ address: BrokerAddress) async throws(KafkaError) -> MSKToken {
        guard let aws else { throw .noToken("no keys of AWS were asked for", "Check sasl.mechanism.") }
        do throws(AWSCredentialError) {
            var region = login.region ?? AWSRegion.ofBroker(address.host) ?? AWSRegion.here(surroundings.environment)
            if region == nil { region = try aws.regionOfProfile() }
            guard let region else {
                throw AWSCredentialError(
                    "the region of \(address.host) is not known",
                    hint: "Set AWS_REGION, or region in the profile, or connect by the broker's own name at MSK.")
            }
            return MSKToken(keys: try await aws.keys(), region: region, moment: time.now(), userAgent: "tidemark")
        } catch {
            // Who was stopped while it waited for another's asking, or between two places that were asked, knows of no failure.
            if Task.isCancelled, !error.isPassing { throw .cancelled(broker: nil, api: nil, sent: false) }
            throw .noToken(error.cause, error.hint, isPassing: error.isPassing)
        }
    }
}

extension LoginSurroundings {
    /// What keeps a file from being read, in the words of whoever looks for keys of AWS.
    fileprivate var fileOfAWS: @Sendable (String) throws -> [UInt8]? {
        { [file] path in
            do {
                return try file(path)
            } catch let error as KafkaError {
                throw AWSCredentialError(error.cause, hint: error.hint)
            }
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
    /// `isPassing`: nobody was refused anything; whoever gives tokens or keys is not there, or has trouble of its own.
    static func noToken(_ cause: String, _ hint: String, isPassing: Bool = false) -> KafkaError {
        KafkaError(isPassing ? .cannotConnect : .authenticationFailed, outcome: .notSent, cause: cause, hint: hint)
    }
}
