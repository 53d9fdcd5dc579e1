import Bytes
import KafkaProtocol

extension Probe {
    static let offsets: [Probe] = specialTimestamps + listings + epochs

    /// Every timestamp that stands for something, or for nothing, at every version.
    private static let specialTimestamps: [Probe] = (Int16(1)...10).flatMap { version in
        ([-1, -2, -3, -4, -5, -6, -7, .min] as [Int64]).map { stamp in
            Probe("timestamp \(stamp)", v: version, { $0.listOffsets([(0, stamp)]) })
        }
    }

    private static let listings: [Probe] = [
        Probe("an isolation level that is not there", v: 5, { $0.listOffsets([(0, -1), (0, -1), (77, -1)], isolation: 7) }),
        Probe("an isolation level that is not there", v: 2, { $0.listOffsets([(0, -1)], isolation: 7) }),
        Probe("no such timestamp of another broker's", v: 5, { $0.listOffsets([(0, -9)], of: $0.otherTopic) }),
        Probe("no such timestamp of no topic", v: 5, { $0.listOffsets([(0, -9)], of: $0.missing) }),
        Probe("no such timestamp of no partition", v: 5, { $0.listOffsets([(77, -9)]) }),
        Probe("no such timestamp, twice", v: 5, { $0.listOffsets([(0, -9), (0, -9)]) }),
        Probe("one partition twice among others", v: 5, { $0.listOffsets([(0, -2), (1, -1), (0, -1), (2, -1)]) }),
        Probe("another broker's", v: 5, { $0.listOffsets([(0, -1)], of: $0.otherTopic) }),
        Probe("no topic", v: 5, { $0.listOffsets([(0, -1)], of: $0.missing) }),
        Probe("no partition", v: 5, { $0.listOffsets([(77, -1), (-1, -1)]) }),
        Probe("an epoch to come", v: 5, { $0.listOffsets([(0, -1)], epoch: 9999) }),
        Probe("a moment between records", v: 5, { $0.listOffsets([(0, 1_700_000_000_002)]) }),
        Probe("a moment after all records", v: 5, { $0.listOffsets([(0, 1_800_000_000_000)]) }),
        Probe("the moment zero", v: 5, { $0.listOffsets([(0, 0)]) }),
    ]

    private static let epochs: [Probe] =
        ([-5, -2, -1, 0, 1, 5000] as [Int32]).flatMap { epoch in
            ([0, 2] as [Int32]).map { partition in
                Probe("epoch \(epoch) of partition \(partition)", v: 3, { $0.endOfEpoch([(partition, epoch)]) })
            }
        } + [
            Probe("one partition twice", v: 3, { $0.endOfEpoch([(0, 0), (0, 5)]) }),
            Probe("another broker's", v: 3, { $0.endOfEpoch([(0, 0)], of: $0.otherTopic) }),
            Probe("no topic", v: 3, { $0.endOfEpoch([(0, 0)], of: $0.missing) }),
            Probe("a leader to come", v: 3, { $0.endOfEpoch([(0, 0)], leader: 9999) }),
        ]
}

extension ProbedCluster {
    func listOffsets(
        _ partitions: [(index: Int32, timestamp: Int64)], of topic: ByteString? = nil, isolation: Int8 = 0, epoch: Int32 = -1
    ) -> ListOffsetsRequest {
        let name = topic ?? self.topic
        return make { request in
            request.replicaId = -1
            request.isolationLevel = isolation
            request.timeoutMs = 1000
            request.topics = [
                make {
                    $0.name = name
                    $0.partitions = partitions.map { partition in
                        make {
                            $0.partitionIndex = partition.index
                            $0.timestamp = partition.timestamp
                            $0.currentLeaderEpoch = epoch
                        }
                    }
                }
            ]
        }
    }

    func endOfEpoch(
        _ partitions: [(index: Int32, epoch: Int32)], of topic: ByteString? = nil, leader: Int32 = -1
    ) -> OffsetForLeaderEpochRequest {
        let name = topic ?? self.topic
        return make { request in
            request.replicaId = -1
            request.topics = [
                make {
                    $0.topic = name
                    $0.partitions = partitions.map { partition in
                        make { ($0.partition, $0.leaderEpoch, $0.currentLeaderEpoch) = (partition.index, partition.epoch, leader) }
                    }
                }
            ]
        }
    }
}
