import Bytes

extension Manifest {
    private static let selectionKey: ByteString = "selection"

    /// The rules that narrowed the capture, as typed; empty where everything was captured.
    public var selection: String {
        get { extra[Self.selectionKey]?.text?.description ?? "" }
        set { extra[Self.selectionKey] = newValue.isEmpty ? nil : .text(newValue) }
    }
}
