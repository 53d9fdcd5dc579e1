/// Why a store did not do what it was asked, in words for the operator.
public struct StorageError: Error, Hashable, Sendable {
    public enum Code: String, Sendable, CaseIterable {
        /// There is nothing at the path.
        case notFound
        /// There is something at the path, and it was to be put only where there was nothing.
        case alreadyExists
        /// The store's root, or a folder on the way, is something else than a folder.
        case notADirectory
        /// The store does not let us read.
        case notReadable
        /// The store does not let us write.
        case notWritable
        /// No room is left.
        case full
        /// The store belongs to another user.
        case notOurs
        /// What is at the path is no ordinary file.
        case corrupt
        /// Anything else that the system reports.
        case io
    }

    public let code: Code
    /// The file, folder or object that it happened to, as the operator would name it.
    public let path: String
    /// What failed and why, in one sentence that names the path.
    public let message: String
    /// What to do about it, in one sentence.
    public let hint: String

    public init(code: Code, path: String, message: String, hint: String) {
        self.code = code
        self.path = path
        self.message = message
        self.hint = hint
    }
}

extension StorageError: CustomStringConvertible {
    public var description: String { "\(message)\nhint: \(hint)" }
}
