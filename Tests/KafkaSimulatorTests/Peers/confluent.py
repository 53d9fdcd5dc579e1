"""librdkafka, through confluent-kafka, as an application and its administrator would use it."""

import confluent_kafka as ck
from confluent_kafka import TopicPartition as TP
from confluent_kafka import admin as ka

from peer import CONFLUENT, PREFIX, equal, say, true, until

ORDERS = f"{PREFIX}.orders"
AUDIT = f"{PREFIX}.audit"
admin = ka.AdminClient(CONFLUENT)


def outcome(futures):
    """The results of an admin call; an error is told by its name."""
    results = {}
    for key, future in futures.items():
        try:
            results[key] = future.result(30)
        except ck.KafkaException as error:
            results[key] = error.args[0].name()
    return results


def consumer(group, **more):
    settings = {**CONFLUENT, "group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False}
    if more.get("group.protocol") != "consumer":
        settings["session.timeout.ms"] = 10000
        settings["heartbeat.interval.ms"] = 500
    return ck.Consumer({**settings, **more})


def create():
    cluster = admin.describe_cluster().result(30)
    true(len(cluster.nodes) >= 1 and cluster.controller is not None, "the cluster names its brokers and controller")
    factor = min(3, len(cluster.nodes))
    # Records of 2023 would not outlive the brokers' next clean-up.
    new = [
        ka.NewTopic(ORDERS, num_partitions=3, replication_factor=factor, config={"max.message.bytes": "2000000", "retention.ms": "-1"}),
        ka.NewTopic(AUDIT, num_partitions=1, replication_factor=1),
    ]
    equal(outcome(admin.create_topics(new)), {ORDERS: None, AUDIT: None}, "two topics are created")
    equal(outcome(admin.create_topics(new[:1])), {ORDERS: "TOPIC_ALREADY_EXISTS"}, "a topic is not created twice")
    equal(
        outcome(admin.create_topics([ka.NewTopic(f"{PREFIX}.bad", 1, 1, config={"no.such.config": "1"})])),
        {f"{PREFIX}.bad": "INVALID_CONFIG"}, "an unknown config is refused")
    until(lambda: {ORDERS, AUDIT} <= set(admin.list_topics(timeout=10).topics), "metadata shows both")
    described = admin.describe_topics(ck.TopicCollection([ORDERS]))[ORDERS].result(30)
    equal([len(p.replicas) for p in described.partitions], [factor] * 3, "three partitions, each with its replicas")
    true(all(len(p.isr) == factor and p.leader is not None for p in described.partitions), "all in sync and led")


def configure():
    resource = ka.ConfigResource(ka.ConfigResource.Type.TOPIC, ORDERS)

    def largest():
        entry = admin.describe_configs([resource])[resource].result(30)["max.message.bytes"]
        return entry.value, ka.ConfigSource(entry.source).name

    equal(largest(), ("2000000", "DYNAMIC_TOPIC_CONFIG"), "the topic's own config is described as its own")
    change = ka.ConfigResource(
        ka.ConfigResource.Type.TOPIC, ORDERS,
        incremental_configs=[ka.ConfigEntry("max.message.bytes", "3000000", incremental_operation=ka.AlterConfigOpType.SET)])
    equal(list(outcome(admin.incremental_alter_configs([change])).values()), [None], "it is altered")
    until(lambda: largest()[0] == "3000000", "and comes back altered")
    undo = ka.ConfigResource(
        ka.ConfigResource.Type.TOPIC, ORDERS,
        incremental_configs=[ka.ConfigEntry("max.message.bytes", None, incremental_operation=ka.AlterConfigOpType.DELETE)])
    equal(list(outcome(admin.incremental_alter_configs([undo])).values()), [None], "it is removed")
    until(lambda: largest() == ("1048588", "DEFAULT_CONFIG"), "and the default shows")
    equal(outcome(admin.create_partitions([ka.NewPartitions(AUDIT, 2)])), {AUDIT: None}, "a partition is added")
    until(lambda: len(admin.list_topics(AUDIT, timeout=10).topics[AUDIT].partitions) == 2, "metadata shows the new partition")


def produce():
    failures = []
    sent = set()
    for codec in ["none", "gzip", "snappy", "lz4", "zstd"]:
        producer = ck.Producer({
            **CONFLUENT, "compression.type": codec, "enable.idempotence": codec != "none", "linger.ms": 20})
        for number in range(60):
            key, value = f"{codec}-{number}", f"value {number} " + "x" * 200
            sent.add((key, value))
            producer.produce(
                ORDERS, key=key, value=value, partition=number % 3, timestamp=1_700_000_000_000 + number, headers={"codec": codec},
                on_delivery=lambda error, _: error and failures.append(error))
        equal(producer.flush(30), 0, f"60 records are produced, compression {codec}")
    equal(failures, [], "no record failed")
    ends = {}
    for partition in range(3):
        ends[TP(ORDERS, partition)] = ka.OffsetSpec.latest()
    found = outcome(admin.list_offsets(ends))
    equal(sorted((p.partition, r.offset) for p, r in found.items()), [(0, 100), (1, 100), (2, 100)], "the logs end where they should")
    return sent


def read_all(reader, count):
    """Polls until `count` records have come."""
    records = []

    def enough():
        for record in reader.consume(500, timeout=1):
            if record.error():
                raise ck.KafkaException(record.error())
            records.append(record)
        return len(records) >= count

    until(enough, f"{count} records come")
    return records


def consume(sent):
    group = f"{PREFIX}.classic"
    reader = consumer(group)
    reader.subscribe([ORDERS])
    records = read_all(reader, len(sent))
    equal({(r.key().decode(), r.value().decode()) for r in records}, sent, "what was produced is consumed, whole")
    true(all(dict(r.headers())["codec"].decode() == r.key().decode().split("-")[0] for r in records), "headers too")
    true(all(r.timestamp()[1] == 1_700_000_000_000 + int(r.key().decode().split("-")[1]) for r in records), "timestamps too")
    reader.commit(asynchronous=False)
    equal(
        sorted((p.partition, p.offset) for p in reader.committed([TP(ORDERS, n) for n in range(3)], timeout=30)),
        [(0, 100), (1, 100), (2, 100)], "the member's commit comes back")
    described = admin.describe_consumer_groups([group])[group].result(30)
    equal((described.state.name, len(described.members)), ("STABLE", 1), "the group is described with its member")
    equal(
        sorted(p.partition for p in described.members[0].assignment.topic_partitions), [0, 1, 2], "which has every partition")
    change = ck.ConsumerGroupTopicPartitions(group, [TP(ORDERS, 0, 5)])
    refused = admin.alter_consumer_group_offsets([change])[group].result(30)
    equal(
        [p.error.name() for p in refused.topic_partitions], ["UNKNOWN_MEMBER_ID"],
        "a commit from outside is refused while a member is in")
    equal(outcome(admin.delete_consumer_groups([group])), {group: "NON_EMPTY_GROUP"}, "a live group is not deleted")
    return reader


def rebalance(group, **protocol):
    first = consumer(group, **protocol)
    first.subscribe([ORDERS])
    until(lambda: first.poll(0.1) is not None and len(first.assignment()) == 3, f"{group}: one member has all partitions")
    second = consumer(group, **protocol)
    second.subscribe([ORDERS])

    def shared():
        first.poll(0.1)
        second.poll(0.1)
        one = {p.partition for p in first.assignment()}
        two = {p.partition for p in second.assignment()}
        return one and two and not one & two and one | two == {0, 1, 2}

    until(shared, f"{group}: two members share them")
    # With the members polling, both are seen in the description.
    described = admin.describe_consumer_groups([group])[group].result(30)
    equal(len(described.members), 2, f"{group}: two members are described")
    second.close()

    def alone():
        first.poll(0.1)
        return len(first.assignment()) == 3

    until(alone, f"{group}: the one that stays gets them back")
    first.commit(offsets=[TP(ORDERS, n, 40 + n) for n in range(3)], asynchronous=False)
    first.close()
    say(f"{group}: both have left")


def positions(group):
    until(
        lambda: admin.describe_consumer_groups([group])[group].result(30).state.name == "EMPTY", f"{group}: is empty")
    asked = ck.ConsumerGroupTopicPartitions(group)

    def listed():
        found = admin.list_consumer_group_offsets([asked])[group].result(30)
        return sorted((p.partition, p.offset) for p in found.topic_partitions)

    equal(listed(), [(0, 40), (1, 41), (2, 42)], f"{group}: its positions are listed")
    change = ck.ConsumerGroupTopicPartitions(group, [TP(ORDERS, 1, 7)])
    changed = admin.alter_consumer_group_offsets([change])[group].result(30)
    equal([p.error for p in changed.topic_partitions], [None], f"{group}: one is altered from outside")
    equal(listed(), [(0, 40), (1, 7), (2, 42)], f"{group}: and comes back altered")


def restore():
    """A group that never had a member, as a restore makes it."""
    group = f"{PREFIX}.restored"
    change = ck.ConsumerGroupTopicPartitions(group, [TP(ORDERS, 0, 3), TP(AUDIT, 1, 99_999)])
    found = outcome(admin.alter_consumer_group_offsets([change]))[group]
    true(all(p.error is None for p in found.topic_partitions), "positions of a new group are set, one beyond the log's end")
    listing = admin.list_consumer_groups().result(30)
    equal(listing.errors, [], "every broker lists its groups")
    entry = {g.group_id: g for g in listing.valid}[group]
    equal((entry.state.name, entry.is_simple_consumer_group), ("EMPTY", True), "the new group is listed, empty and simple")
    wanted = {group, f"{PREFIX}.pair", f"{PREFIX}.newer"}
    true(wanted <= {g.group_id for g in listing.valid}, "and so are the others")
    kinds = {g.group_id: g.type.name for g in listing.valid}
    equal((kinds[group], kinds[f"{PREFIX}.newer"]), ("CLASSIC", "CONSUMER"), "with their types")
    return group


def elect():
    partitions = [TP(ORDERS, n) for n in range(3)]
    done = admin.elect_leaders(ck.ElectionType.PREFERRED, partitions).result(30)
    equal(
        sorted((p.partition, e and e.name()) for p, e in done.items()), [(n, "ELECTION_NOT_NEEDED") for n in range(3)],
        "preferred leaders lead already")
    missing = admin.elect_leaders(ck.ElectionType.PREFERRED, [TP(f"{PREFIX}.missing", 0)]).result(30)
    equal([e.name() for e in missing.values()], ["UNKNOWN_TOPIC_OR_PART"], "there is nothing to elect for a topic that is missing")


def types():
    def listed(*kinds):
        found = admin.list_consumer_groups(types=set(kinds)).result(30)
        equal(found.errors, [], "every broker lists its groups by type")
        return {g.group_id for g in found.valid if g.group_id.startswith(PREFIX)}

    equal(listed(ck.ConsumerGroupType.CONSUMER), {f"{PREFIX}.newer"}, "one group is of the newer protocol")
    true(f"{PREFIX}.newer" not in listed(ck.ConsumerGroupType.CLASSIC), "and not among the classic ones")
    described = admin.describe_consumer_groups([f"{PREFIX}.newer", f"{PREFIX}.none"])
    equal(described[f"{PREFIX}.newer"].result(30).type.name, "CONSUMER", "it is described as such")
    equal(described[f"{PREFIX}.none"].result(30).state.name, "DEAD", "one that is not there is dead")


def remove(groups):
    equal(outcome(admin.delete_consumer_groups(groups)), dict.fromkeys(groups), "empty groups are deleted")
    equal(outcome(admin.delete_consumer_groups(groups[:1])), {groups[0]: "GROUP_ID_NOT_FOUND"}, "and are gone")
    deleted = outcome(admin.delete_records([TP(ORDERS, 0, 30)]))
    equal([r.low_watermark for r in deleted.values()], [30], "records are deleted up to an offset")
    found = outcome(admin.list_offsets({TP(ORDERS, 0): ka.OffsetSpec.earliest()}))
    equal([r.offset for r in found.values()], [30], "and the log starts there")
    equal(outcome(admin.delete_topics([ORDERS, AUDIT])), {ORDERS: None, AUDIT: None}, "the topics are deleted")
    until(lambda: not {ORDERS, AUDIT} & set(admin.list_topics(timeout=10).topics), "and metadata shows them no more")


create()
configure()
member = consume(produce())
member.close()
rebalance(f"{PREFIX}.pair")
positions(f"{PREFIX}.pair")
rebalance(f"{PREFIX}.sticky", **{"partition.assignment.strategy": "cooperative-sticky"})
rebalance(f"{PREFIX}.newer", **{"group.protocol": "consumer"})
positions(f"{PREFIX}.newer")
types()
elect()
remove([restore(), f"{PREFIX}.classic", f"{PREFIX}.pair", f"{PREFIX}.sticky", f"{PREFIX}.newer"])
print("done: confluent-kafka", ck.version(), "librdkafka", ck.libversion()[0])
