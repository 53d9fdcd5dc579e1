extension Notification: PolicyRecord {
    static let title = "notification"
    static let summary = "Somebody who is told, once for each state and not every minute."

    mutating func list(_ keys: inout some KeyVisitor) {
        keys.optional("webhook", &webhook, .secret, "A URL that gets a POST of JSON.")
        keys.optional("slack", &slack, .secret, "An incoming webhook of Slack, or of what understands the same.")
        keys.key("sendmail", &sendmail, .list(of: .text, atLeast: 1), "Addresses that get a mail by the host's sendmail.")
        keys.key(
            "command", &command, .list(of: .text, atLeast: 1),
            "A program and its arguments, run without a shell; it gets the JSON on its standard input.")
        keys.oneOf(["webhook", "slack", "sendmail", "command"], isRequired: true)
        keys.key("headers", &headers, .map(of: .secret), "Headers of the webhook's request.")
        keys.optional("from", &from, .text, "The mail's sender.")
        keys.key("program", &program, .path, "The host's sendmail.")
        keys.key(
            "events", &on, .set(of: Term<Event>.choice),
            "What is told: a job that begins to fail, a schedule that passed without a run, a job that is well again.")
        keys.key("timeLimit", &timeLimit, .duration(.seconds(1) ... .seconds(600)), "For one delivery.")
        keys.demand("webhook", Self.noURL(webhook))
        keys.demand("slack", Self.noURL(slack))
        keys.demand(
            "sendmail",
            sendmail.contains { !$0.contains("@") || $0.hasPrefix("-") || $0.contains(where: \.isWhitespace) }
                ? Remark(message: "one of them is no mail address", hint: "write addresses such as oncall@example.com.") : nil)
        keys.demand(
            "from",
            from.map { $0.contains(where: \.isNewline) } == true
                ? Remark(message: "it has a line break", hint: "write one address.") : nil)
    }

    /// What is written out must be a URL; what stands elsewhere is looked at when it is used.
    private static func noURL(_ source: SecretSource?) -> Remark? {
        guard let source, case .literal(let text)? = source.parts.first else { return nil }
        let isURL = text.revealed.hasPrefix("https://") || text.revealed.hasPrefix("http://")
        guard isURL else { return Remark(message: "it is no URL", hint: "write https://…, ${NAME} or file:/path.") }
        return text.revealed.hasLoginInURL ? Remark(message: Notification.loginInURL, hint: Notification.loginHint) : nil
    }
}
