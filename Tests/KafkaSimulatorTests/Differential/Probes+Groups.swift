import Bytes
import KafkaProtocol

extension Probe {
    /// Of a group that is not there, and of the one without a name; asked of the coordinator and of somebody else.
    static let groups: [Probe] =
        coordinated(.coordinator) + coordinated(.elsewhere) + nameless(.namelessCoordinator) + nameless(.namelessElsewhere)

    private static func coordinated(_ place: ProbedCluster.Place) -> [Probe] {
        [
            Probe("a session too short", v: 5, at: place, { $0.join(session: 1) }),
            Probe("a session too long", v: 5, at: place, { $0.join(session: .max) }),
            Probe("a session too short", v: 9, at: place, { $0.join(session: 1) }),
            Probe("a stranger", v: 5, at: place, { $0.join() }),
            Probe("a stranger", v: 9, at: place, { $0.join() }),
            Probe("no protocols", v: 5, at: place, { make($0.join(member: "")) { $0.protocols = [] } }),
            Probe("no type of protocol", v: 5, at: place, { make($0.join(member: "")) { $0.protocolType = "" } }),
            Probe(
                "no group, twice", v: 1, at: place,
                { cluster in make { $0.groupsNames = [cluster.group, cluster.group] } as DeleteGroupsRequest }),
            Probe(
                "no group and the nameless", v: 0, at: place,
                { cluster in make { $0.groupIds = [cluster.group, ""] } as ConsumerGroupDescribeRequest }),
            Probe(
                "no group and the nameless", v: 1, at: place,
                { cluster in make { $0.groupIds = ["", cluster.group] } as ShareGroupDescribeRequest }),
            Probe(
                "everything of no group", v: 5, at: place,
                { cluster in make { ($0.groupId, $0.topics) = (cluster.group, nil) } as OffsetFetchRequest }),
            Probe(
                "of no group", v: 2, at: place,
                { cluster in make { ($0.groupId, $0.memberId) = (cluster.group, "m") } as LeaveGroupRequest }),
            Probe(
                "of no group", v: 3, at: place,
                { cluster in make { ($0.groupId, $0.memberId, $0.generationId) = (cluster.group, "m", 1) } as HeartbeatRequest }),
            Probe("no time-out", v: 1, at: place, { $0.beat { $0.rebalanceTimeoutMs = -1 } }),
            Probe("no subscription", v: 1, at: place, { $0.beat { $0.subscribedTopicNames = nil } }),
            Probe("no partitions", v: 1, at: place, { $0.beat { $0.topicPartitions = nil } }),
            Probe("no member", v: 1, at: place, { $0.beat { $0.memberId = "" } }),
            Probe("an assignor that is not there", v: 1, at: place, { $0.beat { $0.serverAssignor = "zork" } }),
            Probe("an epoch that is none", v: 1, at: place, { $0.beat { $0.memberEpoch = -5 } }),
            Probe("an instance without a name", v: 1, at: place, { $0.beat { $0.instanceId = "" } }),
            Probe("a rack without a name", v: 1, at: place, { $0.beat { $0.rackId = "" } }),
            Probe("a stranger", v: 1, at: place, { $0.stay(5) }),
            Probe("a stranger leaves", v: 0, at: place, { $0.stay(-1) }),
            Probe(
                "no subscription", v: 1, at: place,
                { cluster in make { ($0.groupId, $0.memberId) = (cluster.group, "m") } as ShareGroupHeartbeatRequest }),
            Probe(
                "a stranger", v: 1, at: place,
                { cluster in make { ($0.groupId, $0.memberId, $0.memberEpoch) = (cluster.group, "m", 5) } as ShareGroupHeartbeatRequest }),
            Probe(
                "of no group", v: 0, at: place,
                { cluster in
                    make {
                        $0.groupId = cluster.group
                        $0.topics = [make { $0.topicName = "x" }]
                    } as DeleteShareGroupOffsetsRequest
                }),
        ]
    }

    private static func nameless(_ place: ProbedCluster.Place) -> [Probe] {
        [
            Probe("the nameless", v: 5, at: place, { make($0.join(session: 1)) { $0.groupId = "" } }),
            Probe(
                "the nameless", v: 3, at: place, { _ in make { ($0.memberId, $0.generationId) = ("m", 1) } as HeartbeatRequest }),
            Probe(
                "the nameless", v: 3, at: place, { _ in make { ($0.memberId, $0.generationId) = ("m", 1) } as SyncGroupRequest }),
            Probe(
                "the nameless", v: 3, at: place, { _ in make { $0.members = [make { $0.memberId = "m" }] } as LeaveGroupRequest }),
            Probe("the nameless", v: 0, at: place, { _ in OffsetDeleteRequest() }),
            Probe("the nameless", v: 4, at: place, { _ in make { $0.groups = [""] } as DescribeGroupsRequest }),
            Probe("the nameless", v: 6, at: place, { _ in make { $0.groups = [""] } as DescribeGroupsRequest }),
            Probe("the nameless", v: 1, at: place, { _ in make { $0.groupsNames = ["", ""] } as DeleteGroupsRequest }),
            Probe(
                "everything of the nameless, twice", v: 8, at: place,
                { _ in make { $0.groups = [make { $0.topics = nil }, make { $0.topics = nil }] } as OffsetFetchRequest }),
            Probe("the nameless", v: 1, at: place, { $0.beat { $0.groupId = "" } }),
        ]
    }
}

extension ProbedCluster {
    func join(member: ByteString = "mm", session: Int32 = 10_000) -> JoinGroupRequest {
        make {
            $0.groupId = group
            $0.memberId = member
            $0.sessionTimeoutMs = session
            $0.rebalanceTimeoutMs = 1000
            $0.protocolType = "consumer"
            $0.protocols = [make { $0.name = "range" }]
        }
    }

    /// The first heartbeat of a member, but for what `change` makes wrong.
    func beat(_ change: (inout ConsumerGroupHeartbeatRequest) -> Void) -> ConsumerGroupHeartbeatRequest {
        make {
            $0.groupId = group
            $0.memberId = "mm"
            $0.rebalanceTimeoutMs = 10_000
            $0.subscribedTopicNames = [missing]
            $0.topicPartitions = []
            change(&$0)
        }
    }

    func stay(_ epoch: Int32) -> ConsumerGroupHeartbeatRequest {
        make {
            $0.groupId = group
            $0.memberId = "mm"
            $0.memberEpoch = epoch
        }
    }
}
