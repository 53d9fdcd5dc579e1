"""A share group as librdkafka's share consumer reads it: accepted, released, rejected, held for too long, left behind by who goes."""

import time

import confluent_kafka as ck
from confluent_kafka import admin as ka

from peer import CONFLUENT, PREFIX, equal, say, true, until

TOPIC = f"{PREFIX}.jobs"
GROUP = f"{PREFIX}.workers"
TAKE = ck.AcknowledgeType
admin = ka.AdminClient(CONFLUENT)
producer = ck.Producer(CONFLUENT)


def worker(mode="explicit", group=GROUP):
    made = ck.ShareConsumer({**CONFLUENT, "group.id": group, "share.acknowledgement.mode": mode})
    made.subscribe([TOPIC])
    return made


def send(*words):
    for word in words:
        producer.produce(TOPIC, value=word, partition=0)
    equal(producer.flush(30), 0, f"{len(words)} records are written")


def take(consumer, what, seconds=20):
    """One poll that gave something."""
    def polled():
        records = list(consumer.poll(1))
        for record in records:
            if record.error():
                raise ck.KafkaException(record.error())
        return records

    return until(polled, what, seconds)


def words(records):
    return [r.value().decode() for r in records]


admin.create_topics([ka.NewTopic(TOPIC, 1, 1)])[TOPIC].result(30)
until(lambda: TOPIC in admin.list_topics(timeout=10).topics, "the topic is there")
resource = ka.ConfigResource(ka.ConfigResource.Type.GROUP, GROUP, incremental_configs=[
    ka.ConfigEntry("share.auto.offset.reset", "earliest", incremental_operation=ka.AlterConfigOpType.SET),
    ka.ConfigEntry("share.record.lock.duration.ms", "15000", incremental_operation=ka.AlterConfigOpType.SET)])
admin.incremental_alter_configs([resource])[resource].result(30)
send("a", "b", "c")

first = worker()
records = take(first, "a member reads from the start")
equal(words(records), ["a", "b", "c"], "all of it")
kinds = dict(zip("abc", [TAKE.ACCEPT, TAKE.RELEASE, TAKE.REJECT]))
for record in records:
    first.acknowledge(record, kinds[record.value().decode()])
equal(set(first.commit_sync(30).values()), {None}, "one is accepted, one given back, one rejected")
records = take(first, "what was given back comes again")
equal(words(records), ["b"], "and nothing else")
for record in records:
    first.acknowledge(record)
equal(set(first.commit_sync(30).values()), {None}, "it is accepted now")

# Two members work on one partition; nobody gets what another holds. Each asks ahead, so both are polled.
second = worker()
until(lambda: not list(second.poll(0.5)), "a second member waits for work")
done = []


def work():
    for member in (first, second):
        for record in member.poll(0.5):
            done.append(record.value().decode())
            member.acknowledge(record)
    return len(done) >= 40


for turn in range(2):
    send(*[f"job-{turn}-{n}" for n in range(20)])
until(work, "two members do the work")
for member in (first, second):
    equal(set(member.commit_sync(30).values()) - {None}, set(), "what they say is taken")
equal(sorted(done), sorted(f"job-{turn}-{n}" for turn in range(2) for n in range(20)), "each job is done once")

# Who goes without a word leaves its records to the others.
send("orphan")
holder, other = first, second
found = []


def orphan():
    for consumer in (first, second):
        for record in consumer.poll(0.5):
            if record.value() == b"orphan":
                found.append((consumer, record))
            else:
                consumer.acknowledge(record)
    return found


until(orphan, "somebody holds the next record")
holder = found[0][0]
other = second if holder is first else first
holder.acknowledge(found[0][1], TAKE.RELEASE)
holder.close()
say("who holds it leaves the group")
again = take(other, "the other one gets it")
equal(words(again), ["orphan"], "once more")
for record in again:
    other.acknowledge(record)
equal(set(other.commit_sync(30).values()), {None}, "and accepts it")
other.close()

# Implicitly: what a poll gave is accepted by the next one.
send("x", "y")
third = worker("implicit")
equal(words(take(third, "a third member reads on")), ["x", "y"], "where the others stopped")
third.poll(0.5)
third.close()
fourth = worker("implicit")
end = time.monotonic() + 3
rest = []
while time.monotonic() < end:
    rest += words(fourth.poll(0.5))
equal(rest, [], "nothing is left for a fourth")
fourth.close()
admin.delete_topics([TOPIC])[TOPIC].result(30)
print("done: share consumer of librdkafka", ck.libversion()[0])
