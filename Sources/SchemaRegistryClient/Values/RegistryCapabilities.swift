public import Bytes

/// What a registry can do, as asking it has shown. Nothing here is guessed from a version.
public struct RegistryCapabilities: Hashable, Sendable {
    public enum Answer: String, Hashable, Sendable {
        case supported
        case unsupported
        /// The caller has no right to find out.
        case forbidden
    }

    /// The languages of schemas, sorted; nil where the registry does not say (those before 5.5 know Avro only).
    public var types: [String]?
    /// The contexts, sorted, `.` being the default one; nil where the registry has none: then `:.a:b` is a subject like any other.
    public var contexts: [ByteString]?
    /// The registry's own version; nil where it does not say.
    public var version: String?
    /// Whether modes can be read.
    public var modes: Answer
    /// Whether modes can be changed, and thereby ids kept (IMPORT); nil where it was not asked.
    public var modeChanges: Answer?
    /// Whether a subject without a level of its own is answered for with NONE, or a default, as if that were set (Apicurio).
    public var answersUnsetLevels: Bool

    public init(
        types: [String]?, contexts: [ByteString]?, version: String?, modes: Answer, modeChanges: Answer?, answersUnsetLevels: Bool = false
    ) {
        self.types = types
        self.contexts = contexts
        self.version = version
        self.modes = modes
        self.modeChanges = modeChanges
        self.answersUnsetLevels = answersUnsetLevels
    }

    /// Whether ids are counted per context instead of once for the whole registry.
    public var countsIDsPerContext: Bool { contexts != nil }
    /// Whether schemas can be registered under ids of the caller's choice.
    public var keepsIDs: Bool { modeChanges == .supported }
}
