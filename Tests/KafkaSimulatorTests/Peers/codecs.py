"""Two clients that share no code pack the same records in every compression; each reads what the other packed.

codecs.py BOOTSTRAP PREFIX: afterwards the topic PREFIX.codecs holds, in partition 2c + p, what producer p (0: librdkafka,
1: kafka-python) packed with compression c (none, gzip, snappy, lz4, zstd), for somebody else to read.
"""

import confluent_kafka as ck
from confluent_kafka import admin as ka
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from peer import CONFLUENT, PREFIX, PYTHON, equal, true

TOPIC = f"{PREFIX}.codecs"
CODECS = [None, "gzip", "snappy", "lz4", "zstd"]
TIME = 1_700_000_000_000
# Null and empty keys, values and header values; times 40 days apart in one batch, and going backwards.
RECORDS = [
    (TIME, b"k", None, [("h", None), ("", b"\x00\xff")]),
    (TIME + 40 * 86_400_000, None, b"tide " * 200, []),
    (TIME - 86_400_000, b"", b"", [("twice", b"1"), ("twice", b"2")]),
    *[(TIME + n, b"key-%d" % n, b"value %d" % n, []) for n in range(20)],
]

# kafka-python reads null values of headers, and does not write them.
WITHOUT_NULL = [(time, key, value, [(name, data or b"") for name, data in headers]) for time, key, value, headers in RECORDS]
EXPECTED = {n: RECORDS if n % 2 == 0 else WITHOUT_NULL for n in range(10)}

admin = ka.AdminClient(CONFLUENT)
# Records of 2023 would not outlive the brokers' next clean-up.
for future in admin.create_topics([ka.NewTopic(TOPIC, 10, 1, config={"retention.ms": "-1"})]).values():
    future.result(30)

for index, codec in enumerate(CODECS):
    producer = ck.Producer({**CONFLUENT, "compression.type": codec or "none", "linger.ms": 200, "acks": "all"})
    for time, key, value, headers in RECORDS:
        producer.produce(TOPIC, key=key, value=value, headers=headers, timestamp=time, partition=2 * index)
    true(producer.flush(30) == 0, f"librdkafka packs with {codec}")
    producer = KafkaProducer(**PYTHON, compression_type=codec, acks="all", linger_ms=200)
    futures = [
        producer.send(TOPIC, key=key, value=value, headers=headers, timestamp_ms=time, partition=2 * index + 1)
        for time, key, value, headers in WITHOUT_NULL
    ]
    producer.flush(30)
    true([f.get(30).offset for f in futures] == list(range(len(RECORDS))), f"kafka-python packs with {codec}")
    producer.close()


def by_librdkafka():
    found = {n: [] for n in range(10)}
    consumer = ck.Consumer({**CONFLUENT, "group.id": f"{PREFIX}.none", "enable.auto.commit": False, "check.crcs": True})
    consumer.assign([ck.TopicPartition(TOPIC, n, 0) for n in range(10)])
    while sum(map(len, found.values())) < 10 * len(RECORDS):
        message = consumer.poll(30)
        if message is None or message.error():
            raise AssertionError(f"librdkafka got {message and message.error()} instead of a record")
        found[message.partition()].append((message.timestamp()[1], message.key(), message.value(), message.headers() or []))
    consumer.close()
    return found


def by_kafka_python():
    found = {n: [] for n in range(10)}
    consumer = KafkaConsumer(**PYTHON, check_crcs=True, enable_auto_commit=False)
    partitions = [TopicPartition(TOPIC, n) for n in range(10)]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    while sum(map(len, found.values())) < 10 * len(RECORDS):
        for partition, records in consumer.poll(timeout_ms=1000).items():
            found[partition.partition] += [(r.timestamp, r.key, r.value, list(r.headers)) for r in records]
    consumer.close()
    return found


equal(by_librdkafka(), EXPECTED, "librdkafka reads what both packed")
equal(by_kafka_python(), EXPECTED, "kafka-python reads what both packed")
print("done: codecs")
