/// Base 64 for URLs and tokens (RFC 4648 section 5), without padding.
public enum Base64URL {
    public static func encode(_ bytes: [UInt8]) -> String {
        Base64.encode(bytes).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// The bytes, or nil where `text` is not base 64 of this kind; padding may be there.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let plain = String(text).replacing("=", with: "").replacing("-", with: "+").replacing("_", with: "/")
        return Base64.decode(plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4))
    }
}
