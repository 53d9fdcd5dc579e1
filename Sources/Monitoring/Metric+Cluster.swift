extension Metric {
    private static let cluster = ["cluster"]

    public static let measured = Metric(
        "tidemark_measurement_timestamp_seconds", cluster, "When the kafka_ metrics were read: by the last backup, of whichever job")
    public static let measurementAge = Metric(
        "tidemark_measurement_age_seconds", cluster, in: [.agent],
        "How old the kafka_ metrics are, measured: whoever acts on them should look at this first")
    public static let omittedSeries = Metric(
        "tidemark_omitted_series", cluster + ["metric"], "Series of the metric that were left out beyond its limit; the largest are told")
    public static let brokers = Metric("kafka_brokers", cluster, "Brokers of the cluster")
    public static let topics = Metric("kafka_topics", cluster, "Topics that the backup's user is shown, internal ones too")
    public static let partitions = Metric("kafka_partitions", cluster, "Their partitions")
    public static let leaderlessPartitions = Metric("kafka_leaderless_partitions", cluster, "Partitions without a leader")
    public static let underReplicatedPartitions = Metric(
        "kafka_under_replicated_partitions", cluster, "Partitions with fewer in-sync replicas than replicas")
    public static let consumerGroups = Metric("kafka_consumer_groups", cluster, "Groups with committed positions")
    public static let consumerLagMax = Metric(
        "kafka_consumer_lag_max", cluster + ["consumer_group"], "The largest number of records that a group is behind on any partition")
    public static let consumerTopicLag = Metric(
        "kafka_consumer_topic_lag", cluster + ["consumer_group", "topic"],
        "How many records a group is behind on a topic, all partitions together")
    public static let messagesPerSecond = Metric(
        "kafka_messages_per_second", cluster + ["topic"], in: [.agent],
        "By how much the ends of a topic's logs moved between the last two backups, a second; of partitions with committed positions")

    static let ofCluster = [
        measured, measurementAge, omittedSeries, brokers, topics, partitions, leaderlessPartitions, underReplicatedPartitions,
        consumerGroups, consumerLagMax, consumerTopicLag, messagesPerSecond,
    ]
}
