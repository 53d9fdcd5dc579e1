public import Policies

/// Somebody who is told, with what is needed to tell.
public struct Receiver: Sendable, Hashable {
    public enum Channel: Sendable, Hashable {
        /// A POST of ``Notice/json``. The URL may hold a secret; what is a reference is looked up for each delivery.
        case webhook(url: SecretSource, headers: [String: SecretSource])
        /// A POST that Slack's incoming webhooks understand, and those of others that copy them.
        case slack(url: SecretSource)
        /// A message on the standard input of `program -oi -t`.
        case sendmail(program: String, to: [String], from: String?)
        /// A program by its path or a name in PATH, and its arguments, without a shell: ``Notice/json`` on its standard input, and the
        /// same in TIDEMARK_EVENT, _CLUSTER, _JOB, _TITLE and _MESSAGE.
        case command([String])
    }

    /// The same wherever the same is meant, in whichever policy it stands, at whichever place; without secrets.
    public var name: String
    /// Where it stands in its policy, for logs and errors.
    public var place: String
    public var channel: Channel
    public var events: Set<Notice.Event>
    /// For one delivery.
    public var timeLimit: Duration

    /// - Parameter place: nil: its name.
    public init(
        name: String, place: String? = nil, channel: Channel, events: Set<Notice.Event> = Set(Notice.Event.allCases),
        timeLimit: Duration = .seconds(30)
    ) {
        self.name = name
        self.place = place ?? name
        self.channel = channel
        self.events = events
        self.timeLimit = timeLimit
    }
}

/// Why a notice did not arrive, without secrets.
public struct DeliveryFailure: Error, Sendable, Hashable {
    public var reason: String

    public init(_ reason: String) { self.reason = reason }
}

/// Tells one receiver: the seam at which tests listen.
public protocol Notifier: Sendable {
    func deliver(_ notice: Notice, to receiver: Receiver) async throws(DeliveryFailure)
}
