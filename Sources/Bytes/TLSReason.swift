/// What TLS libraries call the reason of a failure, out of descriptions that have it between places of their own source, which mean
/// nothing to an operator.
public enum TLSReason {
    /// `TLSV1_ALERT_PROTOCOL_VERSION`, of `… :SSL routines:OPENSSL_internal:TLSV1_ALERT_PROTOCOL_VERSION at /…/tls_record.cc:491 …`; nil where
    /// there is none.
    public static func name(in description: String) -> String? {
        guard let mark = description.firstRange(of: "OPENSSL_internal:") else { return nil }
        let name = description[mark.upperBound...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        return name.isEmpty ? nil : String(name)
    }

    /// The same as words: `tlsv1 alert protocol version`; where there is no name, what stands before the first path.
    public static func words(in description: String) -> String {
        if let name = name(in: description) { return name.lowercased().replacing("_", with: " ") }
        let bare = description.firstRange(of: " at /").map { description[..<$0.lowerBound] } ?? description[...]
        return String(bare.prefix(200))
    }
}
