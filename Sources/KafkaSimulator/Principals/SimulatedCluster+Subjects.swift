import Bytes
import NIOCore
import NIOSSL

extension SimulatedCluster {
    /// Remembers whom a connection belongs to by the client's certificate, if it has shown one.
    func learnSubject(of channel: any Channel, _ id: ConnectionID) async {
        guard let certificate = try? await channel.nioSSL_peerCertificate().get(), let bytes = try? certificate.toDERBytes(),
            let subject = DistinguishedName(subjectOf: bytes)
        else { return }
        core.withLockedValue { $0.state.subjects[id] = ByteString(subject.description) }
    }
}
