import Bytes

/// One thing that a caller wants to do something to.
struct AclResource: Sendable {
    var type: AclResourceType
    var name: ByteString

    static let cluster = AclResource(type: .cluster, name: "kafka-cluster")
    static func topic(_ name: ByteString) -> AclResource { AclResource(type: .topic, name: name) }
    static func group(_ id: ByteString) -> AclResource { AclResource(type: .group, name: id) }
    static func transactionalID(_ id: ByteString) -> AclResource { AclResource(type: .transactionalID, name: id) }
}
