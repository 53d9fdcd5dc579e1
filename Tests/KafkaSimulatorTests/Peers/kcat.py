"""kcat, as somebody at a terminal would use it."""

import json
import subprocess
import tempfile

from confluent_kafka import admin as ka

from peer import BOOTSTRAP, CONFLUENT, PREFIX, equal, true, until

TOPIC = f"{PREFIX}.lines"
# Settings in a file, as passwords are no arguments.
settings = tempfile.NamedTemporaryFile("w", suffix=".conf")
settings.writelines(f"{name}={value}\n" for name, value in CONFLUENT.items())
settings.flush()


def kcat(*arguments, given=None):
    command = ["kcat", "-F", settings.name, *arguments]
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
    return done.stdout


admin = ka.AdminClient(CONFLUENT)
for future in admin.create_topics([ka.NewTopic(TOPIC, 2, 1)]).values():
    future.result(30)


def metadata():
    found = json.loads(kcat("-L", "-J", "-t", TOPIC))
    return found if [len(t["partitions"]) for t in found["topics"]] == [2] and "error" not in found["topics"][0] else None


found = until(metadata, "kcat lists the topic and its partitions")
equal(len(found["brokers"]), len(BOOTSTRAP.split(",")), "and every broker")

lines = [f"key-{n}:line {n}" for n in range(20)]
for codec in ["none", "gzip", "snappy", "lz4", "zstd"]:
    kcat("-P", "-t", TOPIC, "-p", "0", "-K", ":", "-z", codec, given="\n".join(lines) + "\n")
text = kcat("-C", "-t", TOPIC, "-p", "0", "-o", "beginning", "-e", "-q", "-f", "%o %k:%s\\n")
equal(text.splitlines(), [f"{n} {line}" for n, line in enumerate(lines * 5)], "lines come back in order, in every compression")

text = kcat("-C", "-t", TOPIC, "-p", "0", "-o", "-3", "-e", "-q", "-f", "%o\\n")
equal(text.split(), ["97", "98", "99"], "the last three can be asked for")

kcat("-P", "-t", TOPIC, "-p", "1", "-Z", "-K", ":", given="gone:\n")
text = kcat("-C", "-t", TOPIC, "-p", "1", "-o", "beginning", "-e", "-q", "-f", "%k %S\\n")
equal(text.split(), ["gone", "-1"], "a tombstone is one")

text = kcat("-Q", "-t", f"{TOPIC}:0:-1", "-t", f"{TOPIC}:1:-2")
true(f"{TOPIC} [0] offset 100" in text and f"{TOPIC} [1] offset 0" in text, "offsets are found by time")

group = f"{PREFIX}.kcat"
text = kcat("-G", group, "-c", "101", "-q", "-X", "auto.offset.reset=earliest", "-f", "%p\\n", TOPIC)
equal(len(text.split()), 101, "a group's member reads both partitions")
until(
    lambda: admin.describe_consumer_groups([group])[group].result(30).state.name == "EMPTY", "its group is there, and empty again")

for future in admin.delete_topics([TOPIC]).values():
    future.result(30)
print("done: kcat")
