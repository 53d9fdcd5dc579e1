"""kafka-python, a client that shares no code with librdkafka, as an application and its administrator would use it."""

import threading

import kafka
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import NoError, TopicAlreadyExistsError, UnknownMemberIdError, UnknownTopicOrPartitionError
from kafka.structs import OffsetAndMetadata

from peer import BOOTSTRAP, PREFIX, PYTHON, equal, say, true, until

TOPIC = f"{PREFIX}.events"
ADDRESSES = BOOTSTRAP.split(",")
admin = KafkaAdminClient(**PYTHON)


def create():
    cluster = admin.describe_cluster()
    true(len(cluster["brokers"]) == len(ADDRESSES) and cluster["controller_id"] is not None, "the cluster names its brokers and controller")
    factor = min(3, len(ADDRESSES))
    admin.create_topics(
        {TOPIC: {"num_partitions": 4, "replication_factor": factor, "configs": {"max.message.bytes": "2000000"}}},
        wait_for_metadata=True)
    say("a topic is created")
    try:
        admin.create_topics({TOPIC: {"num_partitions": 4, "replication_factor": 1}})
        raise AssertionError("a topic was created twice")
    except TopicAlreadyExistsError:
        say("it is not created twice")
    described = admin.describe_topics([TOPIC])[0]
    equal([len(p["replica_nodes"]) for p in described["partitions"]], [factor] * 4, "four partitions, each with its replicas")


def configure():
    def largest():
        resource = ConfigResource(ConfigResourceType.TOPIC, TOPIC)
        found = admin.describe_configs([resource], include_synonyms=True, config_filter="all")
        return next(iter(found.values()))[TOPIC]["max.message.bytes"]["value"]

    equal(largest(), "2000000", "its config is described")
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, TOPIC, {"max.message.bytes": "3000000"})])
    until(lambda: largest() == "3000000", "altered, it comes back altered")
    admin.reset_configs([ConfigResource(ConfigResourceType.TOPIC, TOPIC, ["max.message.bytes"])])
    until(lambda: largest() == "1048588", "reset, it comes back as the default")
    admin.create_partitions({TOPIC: 5})
    until(lambda: len(admin.describe_topics([TOPIC])[0]["partitions"]) == 5, "a partition is added")


def produce():
    sent = set()
    for codec in [None, "gzip", "snappy", "lz4", "zstd"]:
        producer = KafkaProducer(
            **PYTHON, compression_type=codec, acks="all", linger_ms=20, enable_idempotence=codec is not None)
        futures = []
        for number in range(50):
            key, value = f"{codec}-{number}".encode(), f"value {number}".encode()
            sent.add((key, value))
            futures.append(producer.send(TOPIC, key=key, value=value, partition=number % 5, headers=[("n", str(number).encode())]))
        producer.flush(30)
        true(all(f.get(timeout=30).offset >= 0 for f in futures), f"50 records are produced, compression {codec}")
        producer.close()
    return sent


class Member(threading.Thread):
    """A consumer that polls in a thread of its own until it is told to stop."""

    def __init__(self, group):
        super().__init__(daemon=True)
        self.consumer = KafkaConsumer(
            TOPIC, **PYTHON, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False,
            session_timeout_ms=10000, heartbeat_interval_ms=500)
        self.records = []
        self.partitions = set()
        self.stopping = threading.Event()
        self.failure = None
        self.start()

    def run(self):
        try:
            while not self.stopping.is_set():
                for batch in self.consumer.poll(timeout_ms=100).values():
                    self.records += batch
                self.partitions = {p.partition for p in self.consumer.assignment()}
            if self.partitions:
                self.consumer.commit({TopicPartition(TOPIC, n): OffsetAndMetadata(10 + n, f"mark {n}", -1) for n in self.partitions})
            self.consumer.close()
        except Exception as error:  # told by whoever waits for this thread
            self.failure = error

    def stop(self):
        self.stopping.set()
        self.join(30)
        if self.is_alive() or self.failure:
            raise AssertionError(f"a member did not leave well: {self.failure}")


def groups(sent):
    group = f"{PREFIX}.python"
    first = Member(group)
    until(lambda: len(first.records) >= len(sent), "a member reads everything")
    equal({(r.key, r.value) for r in first.records}, sent, "which is what was produced")
    true(all(r.headers[0][1] == r.key.split(b"-")[1] for r in first.records), "headers too")
    second = Member(group)
    until(
        lambda: first.partitions and second.partitions and not first.partitions & second.partitions
        and first.partitions | second.partitions == set(range(5)), "a second one joins, and they share the partitions")
    described = until(
        lambda: (lambda g: g if g["group_state"] == "Stable" and len(g["members"]) == 2 else None)(
            admin.describe_groups([group])[group]), "the group is described with both")
    true(all(m["client_host"].startswith("/") for m in described["members"]), "and their hosts")
    refused = admin.alter_group_offsets(group, {TopicPartition(TOPIC, 0): OffsetAndMetadata(1, "", -1)})
    true(issubclass(refused[TopicPartition(TOPIC, 0)], UnknownMemberIdError), "a commit from outside is refused (25)")
    second.stop()
    until(lambda: len(first.partitions) == 5, "the second leaves, and the first gets its partitions back")
    first.stop()
    until(lambda: admin.describe_groups([group])[group]["group_state"] == "Empty", "the group is empty")
    found = admin.list_group_offsets([group])[group]
    equal(
        {p.partition: (o.offset, o.metadata) for p, o in found.items()}, {n: (10 + n, f"mark {n}") for n in range(5)},
        "positions and their metadata are listed")
    return group


def positions(group):
    zero, one = TopicPartition(TOPIC, 0), TopicPartition(TOPIC, 1)
    done = admin.alter_group_offsets(group, {zero: OffsetAndMetadata(99_999, "far \u00e9", -1)})
    true(issubclass(done[zero], NoError), "a position is set from outside, beyond the log's end")
    equal(admin.list_group_offsets({group: [zero]})[group][zero].metadata, "far \u00e9", "its metadata comes back")
    done = admin.delete_group_offsets(group, [zero])
    true(issubclass(done[zero], NoError), "a position is deleted")
    true(zero not in admin.list_group_offsets([group])[group] and one in admin.list_group_offsets([group])[group], "and only that one")
    listed = {g["group_id"]: g for g in admin.list_groups()}
    equal((listed[group]["protocol_type"], listed[group]["group_state"]), ("consumer", "Empty"), "the group is listed")


def lead():
    def elect(topic):
        answer = admin.elect_leaders(0, {topic: [0]}, raise_errors=False)
        return [p.error_code for t in answer.replica_election_results for p in t.partition_result]

    equal(elect(TOPIC), [84], "the preferred replica leads already")
    equal(elect(f"{PREFIX}.missing"), [3], "there is nothing to elect for a topic that is missing")
    zero = TopicPartition(TOPIC, 0)
    found = admin.alter_partition_reassignments({zero: [9999], TopicPartition(TOPIC, 1): None})
    equal(
        {p.partition: e.__name__ for p, e in found.items()},
        {0: "InvalidReplicationAssignmentError", 1: "NoReassignmentInProgressError"}, "brokers that are not there, and a cancel of nothing")

    def held():
        return {p["partition_index"]: p for p in admin.describe_topics([TOPIC])[0]["partitions"]}[0]

    replicas = list(reversed(held()["replica_nodes"]))
    equal(admin.alter_partition_reassignments({zero: replicas}), {zero: None}, "the replicas of a partition change their order")
    until(lambda: held()["replica_nodes"] == replicas, "and are seen in the new one")
    until(lambda: not admin.list_partition_reassignments(), "no reassignment is under way any more")
    if len(replicas) > 1:
        # A broker may do it by itself, a moment before or after.
        true(elect(TOPIC)[0] in (0, 84), "the new first replica is asked to lead")
    until(lambda: held()["leader_id"] == replicas[0], "it leads")
    equal(admin.list_partition_offsets({zero: -1})[zero].offset, 50, "with all of the records")
    if len(replicas) > 2:
        equal(admin.alter_partition_reassignments({zero: replicas[:2]}), {zero: None}, "a replica is given up")
        until(lambda: held()["replica_nodes"] == replicas[:2] and len(held()["isr_nodes"]) == 2, "and is gone")


def remove(group):
    admin.delete_groups([group])
    true(group not in {g["group_id"] for g in admin.list_groups()}, "the group is deleted")
    ends = admin.list_partition_offsets({TopicPartition(TOPIC, 1): -1})
    equal(ends[TopicPartition(TOPIC, 1)].offset, 50, "a log's end is found")
    admin.delete_records({TopicPartition(TOPIC, 1): 5})
    starts = admin.list_partition_offsets({TopicPartition(TOPIC, 1): -2})
    equal(starts[TopicPartition(TOPIC, 1)].offset, 5, "after a deletion of records it starts later")
    admin.delete_topics([TOPIC])
    until(gone, "the topic is deleted")


def gone():
    if TOPIC not in admin.list_topics():
        return True
    # A request for its metadata that was under way has made it anew, as brokers do for consumers.
    try:
        admin.delete_topics([TOPIC])
    except UnknownTopicOrPartitionError:
        pass
    return False


create()
configure()
crew = groups(produce())
positions(crew)
lead()
remove(crew)
admin.close()
print("done: kafka-python", kafka.__version__)
