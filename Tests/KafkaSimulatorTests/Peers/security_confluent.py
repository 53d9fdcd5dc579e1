"""librdkafka over TLS and SASL: an administrator makes users and rules, and users meet what they may and may not do.

Arguments: bootstrap servers, a prefix, a file with the authority's certificate, the administrator's name and password, and a user
that a low producer_byte_rate was set for.
"""

import sys

import confluent_kafka as ck
from confluent_kafka import admin as ka

from peer import BOOTSTRAP, PREFIX, equal, say, true, until

AUTHORITY, ADMIN, PASSWORD, SLOW = sys.argv[3:7]
ORDERS = f"{PREFIX}.orders"
SECRET = f"{PREFIX}.secret"
ANN = f"{PREFIX}.ann"
GROUP = f"{PREFIX}.crew"
R, P, O, A = ka.ResourceType, ka.ResourcePatternType, ka.AclOperation, ka.AclPermissionType


def settings(user, password, mechanism="SCRAM-SHA-512", **more):
    return {
        "bootstrap.servers": BOOTSTRAP, "security.protocol": "SASL_SSL", "ssl.ca.location": AUTHORITY, "sasl.mechanism": mechanism,
        "sasl.username": user, "sasl.password": password, **more}


def outcome(futures):
    """The results of an admin call; an error is told by its name."""
    results = {}
    for key, future in futures.items():
        try:
            results[key] = future.result(30)
        except ck.KafkaException as error:
            results[key] = error.args[0].name()
    return results


def rule(kind, name, operation, user=ANN, permission=A.ALLOW, pattern=P.LITERAL):
    return ka.AclBinding(kind, name, pattern, f"User:{user}", "*", operation, permission)


def every(name=None, pattern=P.ANY, principal=None):
    return ka.AclBindingFilter(R.ANY, name, pattern, principal, None, O.ANY, A.ANY)


def allow(*rules):
    equal(set(outcome(admin.create_acls(list(rules))).values()), {None}, f"{len(rules)} rules are made")


def set_user(user, password, mechanism=ka.ScramMechanism.SCRAM_SHA_512):
    change = ka.UserScramCredentialUpsertion(user, ka.ScramCredentialInfo(mechanism, 4096), password.encode())
    equal(outcome(admin.alter_user_scram_credentials([change])), {user: None}, f"{user} is made")


def send(producer, topic, count=1, size=10):
    errors = []
    for _ in range(count):
        producer.produce(topic, value=bytes(size), partition=0, on_delivery=lambda error, _: errors.append(error and error.name()))
    equal(producer.flush(60), 0, f"{count} records to {topic} are answered")
    return errors


admin = ka.AdminClient(settings(ADMIN, PASSWORD))
equal(outcome(admin.create_topics([ka.NewTopic(t, 2, 1) for t in (ORDERS, SECRET)])), {ORDERS: None, SECRET: None}, "topics are made")

# A user without any rule.
set_user(ANN, "ann-secret")
set_user(ANN, "ann-secret", ka.ScramMechanism.SCRAM_SHA_256)


def mechanisms():
    found = outcome(admin.describe_user_scram_credentials([ANN]))[ANN]
    return [] if isinstance(found, str) else sorted((i.mechanism.name, i.iterations) for i in found.scram_credential_infos)


# Each broker learns of users and rules in its own time.
until(lambda: mechanisms() == [("SCRAM_SHA_256", 4096), ("SCRAM_SHA_512", 4096)], "both of its mechanisms are described")
low = ka.UserScramCredentialUpsertion(f"{PREFIX}.low", ka.ScramCredentialInfo(ka.ScramMechanism.SCRAM_SHA_256, 100), b"x")
equal(outcome(admin.alter_user_scram_credentials([low])), {f"{PREFIX}.low": "UNACCEPTABLE_CREDENTIAL"}, "too few iterations are refused")
ann = ka.AdminClient(settings(ANN, "ann-secret"))
true(not {ORDERS, SECRET} & set(ann.list_topics(timeout=30).topics), "the new user logs in, and sees no topic")
equal(send(ck.Producer(settings(ANN, "ann-secret", "SCRAM-SHA-256")), ORDERS), ["TOPIC_AUTHORIZATION_FAILED"], "its record is refused")
mine = rule(R.TOPIC, ORDERS, O.ALL)
equal(outcome(ann.create_acls([mine])), {mine: "CLUSTER_AUTHORIZATION_FAILED"}, "it cannot give itself rights")
for call, wanted in [
        (ann.create_topics([ka.NewTopic(f"{PREFIX}.n", 1, 1)]), "TOPIC_AUTHORIZATION_FAILED"),
        (ann.delete_topics([ORDERS]), "TOPIC_AUTHORIZATION_FAILED"), (ann.describe_consumer_groups([GROUP]), "GROUP_AUTHORIZATION_FAILED"),
        (ann.create_partitions([ka.NewPartitions(ORDERS, 9)]), "TOPIC_AUTHORIZATION_FAILED"),
        (ann.describe_configs([ka.ConfigResource(ka.ConfigResource.Type.TOPIC, ORDERS)]), "TOPIC_AUTHORIZATION_FAILED")]:
    found = outcome(call if isinstance(call, dict) else {"": call})
    equal(list(found.values()), [wanted], f"what it may not do is refused ({wanted})")

# Rights, and a denial within them.
allow(
    rule(R.TOPIC, PREFIX, O.READ, pattern=P.PREFIXED), rule(R.TOPIC, PREFIX, O.WRITE, pattern=P.PREFIXED),
    rule(R.GROUP, GROUP, O.READ), rule(R.TOPIC, SECRET, O.ALL, permission=A.DENY))
producer = ck.Producer(settings(ANN, "ann-secret"))
until(lambda: send(producer, ORDERS) == [None] and send(producer, ORDERS, 10) == [None] * 10, "with rights its records are taken")
equal(set(send(producer, SECRET)), {"TOPIC_AUTHORIZATION_FAILED"}, "but for the topic that it is denied")
seen = set(ck.Consumer(settings(ANN, "ann-secret", **{"group.id": GROUP})).list_topics(timeout=30).topics)
true(ORDERS in seen and SECRET not in seen, "which it does not see either")
reader = ck.Consumer(settings(ANN, "ann-secret", **{"group.id": GROUP, "auto.offset.reset": "earliest", "enable.auto.commit": False}))
reader.subscribe([ORDERS])
records = []
until(lambda: records.extend(r for r in reader.consume(100, timeout=1) if not r.error()) or len(records) >= 10, "it reads them as a member")
reader.commit(asynchronous=False)
reader.close()
other = ck.ConsumerGroupTopicPartitions(f"{PREFIX}.other")
found = outcome(ann.list_consumer_group_offsets([other]))
equal(found, {other.group_id: "GROUP_AUTHORIZATION_FAILED"}, "another group is closed to it")

# Rules as they are found and removed.
found = admin.describe_acls(every(principal=f"User:{ANN}")).result(30)
equal(len(found), 4, "its four rules are found")
matching = admin.describe_acls(
    ka.AclBindingFilter(R.TOPIC, ORDERS, P.MATCH, f"User:{ANN}", None, O.ANY, A.ANY)).result(30)
equal({b.name for b in matching}, {PREFIX}, "those that match a topic are those of its prefix")
removed = list(outcome(admin.delete_acls([every(name=PREFIX, pattern=P.PREFIXED, principal=f"User:{ANN}")])).values())[0]
equal(len(removed), 2, "two are removed, and named")
until(lambda: send(ck.Producer(settings(ANN, "ann-secret")), ORDERS) == ["TOPIC_AUTHORIZATION_FAILED"], "it may not write any more")

# A quota: answers say for how long, and everything is stored all the same.
set_user(SLOW, "slow-secret")
allow(rule(R.TOPIC, ORDERS, O.WRITE, user=SLOW))
throttled = []
slow = ck.Producer(settings(
    SLOW, "slow-secret", throttle_cb=throttled.append, **{"linger.ms": 0, "batch.num.messages": 1, "max.in.flight": 1}))
until(lambda: send(slow, ORDERS) == [None], "another user may write")
equal(set(send(slow, ORDERS, 70, 1000)), {None}, "a producer over its quota gets everything stored")
slow.poll(1)
true(any(event.throttle_time > 0 for event in throttled), "and is told to wait")

# A deleted user.
gone = [ka.UserScramCredentialDeletion(ANN, ka.ScramMechanism.SCRAM_SHA_512)]
equal(outcome(admin.alter_user_scram_credentials(gone)), {ANN: None}, "its credential is deleted")
until(lambda: outcome(admin.alter_user_scram_credentials(gone)) == {ANN: "RESOURCE_NOT_FOUND"}, "but once")
failures = []
late = ck.Producer(settings(ANN, "ann-secret", error_cb=lambda error: failures.append(error.name())))
until(lambda: late.poll(0.2) is not None and "_AUTHENTICATION" in failures, "and it logs in no more")
print("done: confluent-kafka", ck.version())
