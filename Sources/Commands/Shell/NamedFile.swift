import KafkaClient

/// A small file that the command line names: at most 4 MiB of text, such as settings, certificates, lists.
struct NamedFile {
    let path: String

    init(_ path: String) { self.path = path }

    /// Its text. Throws a ``UsageError`` that names it where it cannot be read.
    func text() throws(UsageError) -> String {
        let bytes: [UInt8]
        do throws(KafkaError) {
            bytes = try ConfigurationFile.read(path)
        } catch {
            throw UsageError(error.cause, hint: error.hint)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw UsageError("the file \(path) is no text", hint: "Check that it is the right file.")
        }
        return text
    }
}
