/// Somebody who is told.
public struct Notification: Sendable, Hashable {
    public enum Event: String, Sendable, CaseIterable {
        /// A job failed, and the one before it did not.
        case failure
        /// A schedule passed and nothing ran.
        case missed
        /// A job that had failed or was missed is well again.
        case recovery
    }

    public enum Channel: Sendable, Hashable {
        /// A POST of JSON. The URL may hold a secret.
        case webhook(SecretSource, headers: [String: SecretSource])
        /// A POST that Slack's incoming webhooks understand, and those of others that copy them.
        case slack(SecretSource)
        /// A message on the standard input of `program -i -- to…`.
        case sendmail(program: String, to: [String], from: String?)
        /// A program and its arguments, without a shell; the message as JSON on its standard input.
        case command([String])
    }

    /// Exactly one of these four.
    public var webhook, slack: SecretSource?
    public var sendmail: [String] = []
    public var command: [String] = []
    public var headers: [String: SecretSource] = [:]
    public var from: String?
    public var program = "/usr/sbin/sendmail"
    public var on = Set(Event.allCases)
    /// For one delivery.
    public var timeLimit = Duration.seconds(30)

    public init() {}

    /// Nil where none is given, which the reader refuses.
    public var channel: Channel? {
        if let webhook { return .webhook(webhook, headers: headers) }
        if let slack { return .slack(slack) }
        if !sendmail.isEmpty { return .sendmail(program: program, to: sendmail, from: from) }
        return command.isEmpty ? nil : .command(command)
    }

    /// A login in a URL is sent by nobody.
    public static let loginInURL = "a user or password stands in the URL, where it would not be sent"
    public static let loginHint =
        "leave it out of the URL, and give headers: {Authorization: \"${NAME}\"} or file:/path, with `Basic` and the base64 of user:password."
}

extension String {
    /// Whether a URL has a part before an `@` where its host begins.
    public var hasLoginInURL: Bool {
        guard let scheme = firstRange(of: "://") else { return false }
        return self[scheme.upperBound...].prefix { !"/?#".contains($0) }.contains("@")
    }
}
