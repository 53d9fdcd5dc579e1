"""kafka-python over TLS and SASL: users and rules, by a client that shares no code with librdkafka. Arguments as security_confluent.py."""

import sys
import time

import kafka
from kafka import KafkaProducer
from kafka.admin import (
    ACL, ACLFilter, ACLOperation, ACLPermissionType, ACLResourcePatternType, KafkaAdminClient, ResourcePattern, ResourcePatternFilter,
    ResourceType, ScramMechanism, UserScramCredentialDeletion, UserScramCredentialUpsertion)
from kafka.errors import ClusterAuthorizationFailedError, KafkaError, NoError, TopicAuthorizationFailedError

from peer import BOOTSTRAP, PREFIX, equal, say, true, until

AUTHORITY, ADMIN, PASSWORD, SLOW = sys.argv[3:7]
TOPIC = f"{PREFIX}.events"
BOB = f"{PREFIX}.bob"


def settings(user, password, mechanism="SCRAM-SHA-256"):
    return dict(
        bootstrap_servers=BOOTSTRAP.split(","), security_protocol="SASL_SSL", ssl_cafile=AUTHORITY, ssl_check_hostname=True,
        sasl_mechanism=mechanism, sasl_plain_username=user, sasl_plain_password=password)


def rule(operation, user=BOB, permission=ACLPermissionType.ALLOW):
    return ACL(f"User:{user}", "*", operation, permission, ResourcePattern(ResourceType.TOPIC, TOPIC, ACLResourcePatternType.LITERAL))


def produced(producer, size=10):
    try:
        return producer.send(TOPIC, value=bytes(size)).get(timeout=60).offset >= 0
    except KafkaError as error:
        return type(error)


admin = KafkaAdminClient(**settings(ADMIN, PASSWORD))
admin.create_topics({TOPIC: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
equal(
    admin.alter_user_scram_credentials([UserScramCredentialUpsertion(BOB, ScramMechanism.SCRAM_SHA_256, "bob-secret", 4096)]),
    {BOB: None}, "a user is made")
until(
    lambda: [(i["mechanism"], i["iterations"]) for i in admin.describe_user_scram_credentials([BOB])[BOB]["credential_infos"]]
    == [(ScramMechanism.SCRAM_SHA_256, 4096)], "and described")
writer = KafkaProducer(**settings(BOB, "bob-secret"), acks="all", retries=0, enable_idempotence=False)
equal(produced(writer), TopicAuthorizationFailedError, "it logs in, and may not write")
mine = KafkaAdminClient(**settings(BOB, "bob-secret"))
true(TOPIC not in mine.list_topics(), "nor see the topic")
everything = ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ANY, ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY))
try:
    found, error = mine.describe_acls(everything)
    failed = error if isinstance(error, type) else type(error)
except ClusterAuthorizationFailedError as raised:
    failed = type(raised)
equal(failed, ClusterAuthorizationFailedError, "nor read the rules")
made = admin.create_acls([rule(ACLOperation.WRITE), rule(ACLOperation.READ)])
equal((len(made["succeeded"]), made["failed"]), (2, []), "two rules are made")
until(lambda: produced(writer) is True, "now it may write")
true(TOPIC in mine.list_topics(), "and see the topic")
found, error = admin.describe_acls(ACLFilter(
    f"User:{BOB}", None, ACLOperation.ANY, ACLPermissionType.ANY, ResourcePatternFilter(ResourceType.TOPIC, TOPIC, ACLResourcePatternType.MATCH)))
equal(({a.operation for a in found}, error), ({ACLOperation.WRITE, ACLOperation.READ}, NoError), "the rules are described")
admin.create_acls([rule(ACLOperation.WRITE, permission=ACLPermissionType.DENY)])
until(lambda: produced(writer) is TopicAuthorizationFailedError, "a denial goes before what is allowed")
[(_, gone, error)] = admin.delete_acls([ACLFilter(
    f"User:{BOB}", None, ACLOperation.ANY, ACLPermissionType.ANY, ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY))])
equal((len(gone), error), (3, NoError), "all three are deleted, and named")

admin.alter_user_scram_credentials([UserScramCredentialUpsertion(SLOW, ScramMechanism.SCRAM_SHA_256, "slow-secret", 4096)])
admin.create_acls([rule(ACLOperation.WRITE, user=SLOW)])
slow = KafkaProducer(**settings(SLOW, "slow-secret"), acks="all", batch_size=0, enable_idempotence=False)
until(lambda: produced(slow) is True, "another user may write")
start = time.monotonic()
true(all(produced(slow, 1000) is True for _ in range(70)), "a producer over its quota gets everything stored")
true(time.monotonic() - start > 2, "and is kept waiting")

deletion = [UserScramCredentialDeletion(BOB, ScramMechanism.SCRAM_SHA_256)]
equal(admin.alter_user_scram_credentials(deletion), {BOB: None}, "the user is deleted")
try:
    KafkaAdminClient(**settings(BOB, "bob-secret"))
    raise AssertionError("a deleted user logged in")
except KafkaError:
    say("and logs in no more")
admin.close()
print("done: kafka-python", kafka.__version__)
