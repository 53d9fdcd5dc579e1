"""Transactions as librdkafka, through confluent-kafka, makes and reads them: commit, abort, offsets, fencing, isolation."""

import logging

import confluent_kafka as ck
from confluent_kafka import TopicPartition as TP
from confluent_kafka import admin as ka

from peer import CONFLUENT, PREFIX, equal, say, true, until

TOPIC = f"{PREFIX}.ledger"
GROUP = f"{PREFIX}.cashiers"
admin = ka.AdminClient(CONFLUENT)
# Being fenced is fatal, and librdkafka says so on standard error; here it is what is wanted.
quiet = logging.getLogger("quiet")
quiet.addHandler(logging.NullHandler())
quiet.propagate = False


def transactional(name, **more):
    settings = {**CONFLUENT, "transactional.id": f"{PREFIX}.{name}", "linger.ms": 5, **more}
    made = ck.Producer(settings, logger=quiet)
    made.init_transactions(60)
    return made


def write(producer, words, partition=0):
    for word in words:
        producer.produce(TOPIC, value=word, partition=partition)
    equal(producer.flush(30), 0, f"{', '.join(words)}: written")


def read(isolation, count):
    """What a consumer of the given isolation reads of partition 0: `count` records, and no more."""
    reader = ck.Consumer({
        **CONFLUENT, "group.id": f"{PREFIX}.reader", "enable.auto.commit": False, "isolation.level": isolation,
        "auto.offset.reset": "earliest", "enable.partition.eof": True}, logger=quiet)
    reader.assign([TP(TOPIC, 0, 0)])
    found = []

    def ended():
        record = reader.poll(1)
        if record is None:
            return False
        if record.error():
            if record.error().code() == ck.KafkaError._PARTITION_EOF:
                # A transaction is committed a moment before its markers are written.
                return len(found) >= count
            raise ck.KafkaException(record.error())
        found.append(record.value().decode())
        return False

    until(ended, f"{isolation}: the end is reached")
    reader.close()
    equal(len(found), count, f"{isolation}: {count} records")
    return found


def ends(isolation, partition=0):
    level = ck.IsolationLevel.READ_COMMITTED if isolation == "read_committed" else ck.IsolationLevel.READ_UNCOMMITTED
    found = admin.list_offsets({TP(TOPIC, partition): ka.OffsetSpec.latest()}, isolation_level=level)
    return next(iter(found.values())).result(30).offset


def positions(stable=True):
    """The group's position on partition 0; None where there is none, the error's name where it is not stable."""
    asked = ck.ConsumerGroupTopicPartitions(GROUP)
    found = admin.list_consumer_group_offsets([asked], require_stable=stable)[GROUP].result(30).topic_partitions
    return [p.error.name() if p.error else p.offset for p in found]


def code(work):
    try:
        work()
    except ck.KafkaException as error:
        return error.args[0]
    return None


admin.create_topics([ka.NewTopic(TOPIC, 2, 1)])[TOPIC].result(30)
until(lambda: TOPIC in admin.list_topics(timeout=10).topics, "the topic is there")

first = transactional("first")
first.begin_transaction()
write(first, ["a", "b"])
first.commit_transaction(60)
say("committed")
first.begin_transaction()
write(first, ["lost", "gone"])
until(lambda: ends("read_committed") == 3, "what is committed can be read")
equal(ends("read_uncommitted"), 5, "what is pending lies behind the last stable offset")
equal(read("read_committed", 2), ["a", "b"], "a reader of committed records stops before it")
first.abort_transaction(60)
say("aborted")
until(lambda: ends("read_committed") == 6, "its marker lets readers go on")
first.begin_transaction()
write(first, ["c"])
first.commit_transaction(60)
equal(read("read_committed", 3), ["a", "b", "c"], "aborted records are passed over")
equal(read("read_uncommitted", 5), ["a", "b", "lost", "gone", "c"], "and are in the log all the same")

# Offsets: the first commit of a group, pending.
reader = ck.Consumer({**CONFLUENT, "group.id": GROUP, "enable.auto.commit": False, "auto.offset.reset": "earliest"})
reader.subscribe([TOPIC])
until(lambda: reader.poll(0.2) is not None, "the group's member reads")
first.begin_transaction()
write(first, ["d"])
first.send_offsets_to_transaction([TP(TOPIC, 0, 2)], reader.consumer_group_metadata(), 60)
say("offsets are sent to the transaction")
equal(positions(), [], "a first commit that is pending is left out of all, without an error")
equal(positions(stable=False), [], "and is not told to who does not ask for stable ones")
first.commit_transaction(60)
until(lambda: positions() == [2], "committed, it holds")
first.begin_transaction()
first.send_offsets_to_transaction([TP(TOPIC, 0, 5)], reader.consumer_group_metadata(), 60)
equal(positions(stable=False), [2], "with an earlier commit that one is told")
# librdkafka asks again for as long as a position is not stable, so that it ends in a time-out.
other = ck.Consumer({**CONFLUENT, "group.id": GROUP, "isolation.level": "read_committed"}, logger=quiet)
held = code(lambda: other.committed([TP(TOPIC, 0)], timeout=2))
true(held is not None and held.code() == ck.KafkaError._TIMED_OUT, "which is not a stable one")
other.close()
first.abort_transaction(60)
until(lambda: positions() == [2], "aborted, the earlier one stays")
reader.close()

# Fencing: a second producer of the same transactional id shuts the first one out.
old = transactional("twin")
old.begin_transaction()
write(old, ["of the old one"], partition=1)
new = transactional("twin")
say("a second producer takes the transactional id over")
fenced = code(lambda: (old.produce(TOPIC, value="too late", partition=1), old.commit_transaction(30)))
true(fenced is not None and fenced.fatal(), "the first one is fenced")
new.begin_transaction()
write(new, ["of the new one"], partition=1)
new.commit_transaction(60)
say("and the second one commits")

# A transaction that goes on for too long is aborted by its coordinator; real ones look every ten seconds.
slow = transactional("slow", **{"transaction.timeout.ms": 1000})
slow.begin_transaction()
write(slow, ["never"], partition=1)
before = ends("read_uncommitted", 1)
until(lambda: ends("read_committed", 1) > before, "a transaction that takes too long is aborted")
true(code(lambda: slow.commit_transaction(30)) is not None, "and cannot be committed any more")
refused = code(lambda: transactional("greedy", **{"transaction.timeout.ms": 1_000_000}))
true(refused is not None and refused.name() == "INVALID_TRANSACTION_TIMEOUT", "a time-out above the broker's is refused")
admin.delete_topics([TOPIC])[TOPIC].result(30)
print("done: transactions of librdkafka", ck.libversion()[0])
