/// What the name of a client property means here.
public enum PropertyName: Equatable, Sendable {
    /// It is put to use, or is one of Kafka's own that means nothing here.
    case known
    /// One of Kafka's own that restricts or replaces what secures connections, and is not applied.
    case unapplied
    /// Nobody knows it: it has no effect. `nearest` is the key that was probably meant; nil where none is near.
    case unknown(nearest: String?)
    /// No setting has such a name. It may be anything, a secret included, and is not to be told.
    case none

    public init(_ name: String) {
        if KnownKeys.used.contains(name) || KnownKeys.isIrrelevant(name) {
            self = .known
        } else if KnownKeys.unapplied.contains(name) {
            self = .unapplied
        } else {
            self = KnownKeys.isName(name) ? .unknown(nearest: KnownKeys.nearest(to: name)) : .none
        }
    }
}
