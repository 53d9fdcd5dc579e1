import KafkaClient
import Policies
import Seams

extension Receiver {
    /// Where a POST goes, with its headers, as references say it now.
    struct Address: Sendable {
        var url: Secret
        var headers: [String: Secret] = [:]
    }

    /// Nil where it is told by a program. Throws where a reference stands for nothing now, or for no URL.
    func address(_ environment: Environment) throws(PolicyError) -> Address? {
        switch channel {
        case .sendmail, .command: return nil
        case .slack(let url): return Address(url: try resolve(url, "slack", environment))
        case .webhook(let url, let headers):
            var address = Address(url: try resolve(url, "webhook", environment))
            for (header, value) in headers { address.headers[header] = try value.resolve("\(place).headers.\(header)", environment) }
            return address
        }
    }

    private func resolve(_ source: SecretSource, _ key: String, _ environment: Environment) throws(PolicyError) -> Secret {
        let url = try source.resolve("\(place).\(key)", environment)
        guard url.revealed.hasPrefix("https://") || url.revealed.hasPrefix("http://") else {
            throw PolicyError(
                "\(place).\(key): what \(source) stands for is no URL", hint: "put a URL there that begins with https://.")
        }
        guard !url.revealed.hasLoginInURL else {
            throw PolicyError("\(place).\(key): \(Policies.Notification.loginInURL)", hint: Policies.Notification.loginHint)
        }
        return url
    }
}
