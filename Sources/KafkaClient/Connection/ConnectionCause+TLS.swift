import Bytes
import NIOSSL

extension ConnectionCause {
    /// The reasons that TLS itself gives have names but no type: they are looked for in the description, and choose the words only.
    init(tlsError error: any Error, offering versions: Set<TLS.Version>) {
        let words = "\(error)"
        func reason(_ names: String...) -> Bool { names.contains { words.contains($0) } }
        func tls(_ text: String, _ hint: String) -> ConnectionCause { ConnectionCause(code: .tls, text: text, hint: hint) }
        self =
            if case NIOSSLError.uncleanShutdown = error {
                ConnectionCause(
                    code: .connectionLost, text: "the broker closed the TLS connection",
                    hint: "Check that the listener speaks TLS and accepts our certificate, if it wants one.", isBareEnd: true)
            } else if (error as? NIOSSLExtraError) == .failedToValidateHostname {
                tls(
                    "the broker's certificate does not name the host that was connected to",
                    "Connect by a name in the certificate, or, knowing the risk, set ssl.endpoint.identification.algorithm to nothing.")
            } else if reason("CERTIFICATE_VERIFY_FAILED", "unableToValidateCertificate") {
                tls(
                    "the broker's certificate is not signed by a trusted authority, or is out of date",
                    "Check its dates and the clock of this machine; else set ssl.truststore.type=PEM and ssl.truststore.location to the "
                        + "certificate of the authority that signed it.")
            } else if reason("PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "INAPPROPRIATE_FALLBACK") {
                .noCommonVersion(versions)
            } else if reason("CERTIFICATE_EXPIRED") {
                tls("the broker says that our certificate has expired", "Renew the certificate in ssl.keystore, and check the clocks.")
            } else if reason("CERTIFICATE_REVOKED") {
                tls("the broker says that our certificate is revoked", "Get another certificate for ssl.keystore.")
            } else if reason("NO_SHARED_CIPHER", "INSUFFICIENT_SECURITY", "NO_CIPHERS") {
                tls(
                    "the broker and we have no cipher suite in common",
                    "Allow a suite of TLS 1.3 or of TLS 1.2 with ECDHE and AES-GCM on the broker (ssl.cipher.suites).")
            } else if reason("HANDSHAKE_FAILURE") {
                tls(
                    "the broker ends the handshake: it wants a certificate and got none, or there is no cipher suite in common",
                    "Set ssl.keystore.type=PEM and ssl.keystore.location to a certificate and key that the broker's authority signed; "
                        + "check ssl.cipher.suites of the broker.")
            } else if reason(
                "CERTIFICATE_REQUIRED", "BAD_CERTIFICATE", "UNKNOWN_CA", "CERTIFICATE_UNKNOWN", "UNSUPPORTED_CERTIFICATE", "NO_CERTIFICATE",
                "ACCESS_DENIED", "DECRYPT_ERROR")
            {
                tls(
                    "the broker does not accept our certificate, or wants one and got none",
                    "Set ssl.keystore.type=PEM and ssl.keystore.location to a certificate and key that the broker's authority signed.")
            } else if reason("UNRECOGNIZED_NAME") {
                tls("the broker does not know the host name that was connected to", "Connect by the name that its certificate has.")
            } else if reason("ALERT_INTERNAL_ERROR") {
                tls("the broker has trouble of its own with TLS", "See the broker's log for the reason.")
            } else if reason("WRONG_VERSION_NUMBER", "INVALID_ALERT") {
                // Nobody has refused anything: it is none of those who could.
                ConnectionCause(
                    code: .protocolViolation, text: "the listener does not speak TLS",
                    hint:
                        "Use the port of a listener with TLS. security.protocol without it sends all in the clear, a password of PLAIN too."
                )
            } else if reason("EOF during handshake", "EOF during additional") {
                .endedHandshake
            } else {
                tls(
                    "TLS failed: \(TLSReason.words(in: words))",
                    "Check security.protocol, ssl.truststore and ssl.keystore, and the broker's log.")
            }
    }

    /// TLS does not tell which versions the other side would have spoken, but which it does not.
    private static func noCommonVersion(_ ours: Set<TLS.Version>) -> ConnectionCause {
        let names = ours.map(\.rawValue).sorted()
        let others = TLS.Version.allCases.filter { !ours.contains($0) }.map(\.rawValue)
        let theirs = (others + ["versions before TLSv1.2, which are not safe"]).joined(separator: " or ")
        return ConnectionCause(
            code: .tls,
            text: "the listener speaks no version of TLS that we offer (\(names.joined(separator: ", "))): it wants \(theirs)",
            hint: others.isEmpty
                ? "Allow TLSv1.2 or TLSv1.3 on the broker (ssl.enabled.protocols)."
                : "Set ssl.enabled.protocols here to TLSv1.2,TLSv1.3, or allow \(names.joined(separator: ", ")) on the broker.")
    }
}
