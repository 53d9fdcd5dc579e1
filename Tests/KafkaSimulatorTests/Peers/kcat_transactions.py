"""Transactions as kcat makes and reads them: what it is given in one run is one transaction, which a signal aborts."""

import signal
import subprocess
import tempfile

from confluent_kafka import admin as ka

from peer import CONFLUENT, PREFIX, equal, say, true, until

TOPIC = f"{PREFIX}.till"
settings = tempfile.NamedTemporaryFile("w", suffix=".conf")
settings.writelines(f"{name}={value}\n" for name, value in CONFLUENT.items())
settings.flush()
TRANSACTIONAL = ["-P", "-t", TOPIC, "-p", "0", "-X", f"transactional.id={PREFIX}.till"]


def kcat(*arguments, given=None):
    command = ["kcat", "-F", settings.name, *arguments]
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def read(isolation):
    return kcat("-C", "-t", TOPIC, "-p", "0", "-o", "beginning", "-e", "-q", "-X", f"isolation.level={isolation}", "-f", "%s ").split()


admin = ka.AdminClient(CONFLUENT)
admin.create_topics([ka.NewTopic(TOPIC, 1, 1)])[TOPIC].result(30)
until(lambda: TOPIC in admin.list_topics(timeout=10).topics, "the topic is there")

kcat(*TRANSACTIONAL, given="a\nb\n")
# The answer comes when the outcome is decided; the marker follows.
until(lambda: read("read_committed") == ["a", "b"], "one run is one transaction, committed at its end")

# kcat takes its input in by 1,024 bytes: two lines fill that.
lost, gone = "l" * 511, "g" * 511
writer = subprocess.Popen(["kcat", "-F", settings.name, *TRANSACTIONAL], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
writer.stdin.write(f"{lost}\n{gone}\n")
writer.stdin.flush()
until(lambda: read("read_uncommitted") == ["a", "b", lost, gone], "what is written of the next one can be read uncommitted")
equal(read("read_committed"), ["a", "b"], "and committed not")
writer.send_signal(signal.SIGINT)
said = writer.communicate(timeout=60)[1]
true("Aborting transaction" in said, "interrupted, it aborts")
kcat(*TRANSACTIONAL, given="c\n")
until(lambda: read("read_committed") == ["a", "b", "c"], "readers of committed records pass over what was aborted")
true({lost, gone} < set(read("read_uncommitted")), "which is in the log all the same")
for future in admin.delete_topics([TOPIC]).values():
    future.result(30)
say("cleaned up")
print("done: transactions of kcat")
