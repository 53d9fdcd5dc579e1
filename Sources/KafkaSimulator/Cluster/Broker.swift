import Bytes

/// One broker of the cluster, as Metadata shows it.
struct Broker: Equatable, Sendable {
    let id: Int32
    var host: ByteString
    var port: Int32
    var rack: ByteString?
    /// False once it was killed: it leads nothing and is in no in-sync set until it is back.
    var isAlive = true
}
