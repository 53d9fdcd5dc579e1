import Bytes
public import Monitoring
public import Resources

extension ClusterMeasurements {
    /// What is told of a cluster by one sweep.
    public func samples(cluster: String) -> [Sample] {
        let name = ByteString(cluster)
        var samples = [Sample(.measured, [name], moment.seconds), Sample(.brokers, [name], brokers)]
        if let partitions {
            samples += [
                Sample(.topics, [name], partitions.topics), Sample(.partitions, [name], partitions.partitions),
                Sample(.leaderlessPartitions, [name], partitions.leaderless),
                Sample(.underReplicatedPartitions, [name], partitions.underReplicated),
            ]
        }
        if let lag {
            samples.append(Sample(.consumerGroups, [name], lag.groups))
            samples += lag.byGroup.kept.map { Sample(.consumerLagMax, [name, $0.group], Double($0.most)) }
            samples += lag.byTopic.kept.map { Sample(.consumerTopicLag, [name, $0.group, $0.topic], Double($0.records)) }
            samples += [(Metric.consumerLagMax, lag.byGroup.omitted), (.consumerTopicLag, lag.byTopic.omitted)].map {
                Sample(.omittedSeries, [name, ByteString($0.name)], $1)
            }
        }
        return samples
    }
}

extension LogEnds {
    /// What is told of a cluster by two sweeps.
    func samples(since earlier: LogEnds, cluster: String) -> [Sample] {
        let name = ByteString(cluster)
        let rates = rates(since: earlier)
        return rates.kept.map { Sample(.messagesPerSecond, [name, $0.topic], $0.perSecond) }
            + [Sample(.omittedSeries, [name, ByteString(Metric.messagesPerSecond.name)], rates.omitted + omitted)]
    }
}
