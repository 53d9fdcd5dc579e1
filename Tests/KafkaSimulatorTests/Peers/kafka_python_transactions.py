"""Transactions as kafka-python makes and reads them."""

import kafka
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from peer import PREFIX, PYTHON, equal, say, true, until

TOPIC = f"{PREFIX}.entries"
GROUP = f"{PREFIX}.clerks"
admin = KafkaAdminClient(**PYTHON)


def transactional(name):
    producer = KafkaProducer(**PYTHON, transactional_id=f"{PREFIX}.{name}", linger_ms=5)
    producer.init_transactions()
    return producer


def write(producer, words):
    futures = [producer.send(TOPIC, value=word.encode(), partition=0) for word in words]
    producer.flush(30)
    true(all(f.get(timeout=30).offset >= 0 for f in futures), f"{', '.join(words)}: written")


def read(isolation, count):
    reader = KafkaConsumer(
        **PYTHON, isolation_level=isolation, auto_offset_reset="earliest", enable_auto_commit=False)
    partition = TopicPartition(TOPIC, 0)
    reader.assign([partition])
    reader.seek(partition, 0)
    found = []

    def enough():
        for batch in reader.poll(timeout_ms=500).values():
            found.extend(record.value.decode() for record in batch)
        return len(found) >= count

    until(enough, f"{isolation}: {count} records come")
    reader.close()
    return found


admin.create_topics({TOPIC: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
first = transactional("first")
first.begin_transaction()
write(first, ["a", "b"])
first.commit_transaction()
first.begin_transaction()
write(first, ["gone"])
first.abort_transaction()
first.begin_transaction()
write(first, ["c"])
first.send_offsets_to_transaction({TopicPartition(TOPIC, 0): OffsetAndMetadata(2, "in a transaction", -1)}, GROUP)
equal(admin.list_group_offsets([GROUP])[GROUP], {}, "a position in an open transaction is not there yet")
first.commit_transaction()
until(
    lambda: [(o.offset, o.metadata) for o in admin.list_group_offsets([GROUP])[GROUP].values()] == [(2, "in a transaction")],
    "committed, it is")
equal(read("read_committed", 3), ["a", "b", "c"], "a reader of committed records passes the aborted one over")
equal(read("read_uncommitted", 4), ["a", "b", "gone", "c"], "another one reads it too")

old = transactional("twin")
old.begin_transaction()
write(old, ["of the old one"])
new = transactional("twin")
say("a second producer takes the transactional id over")
try:
    old.send(TOPIC, value=b"too late", partition=0).get(timeout=30)
    old.commit_transaction()
    raise AssertionError("the first one was not fenced")
except KafkaError as error:
    say(f"the first one is fenced: {type(error).__name__}")
new.begin_transaction()
write(new, ["d"])
new.commit_transaction()
equal(read("read_committed", 4)[:4], ["a", "b", "c", "d"], "and the second one commits")
admin.delete_topics([TOPIC])
admin.close()
print("done: transactions of kafka-python", kafka.__version__)
