"""OAUTHBEARER and AWS_MSK_IAM as librdkafka and kafka-python speak them, over TLS, and sessions that librdkafka renews."""

import base64
import json
import os
import time

import confluent_kafka as ck
from confluent_kafka import admin as ka
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaTimeoutError, SaslAuthenticationFailedError
from kafka.net.sasl.oauth import AbstractTokenProvider

from peer import BOOTSTRAP, equal, say, true

AUTHORITY = os.environ["PEER_AUTHORITY"]
# How long the brokers let a session live.
SESSION_SECONDS = 8


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def token(user="alice", lifetime=60, algorithm="none"):
    now = time.time()
    return f"{part({'alg': algorithm})}.{part({'sub': user, 'iat': now, 'exp': now + lifetime})}."


class Provider(AbstractTokenProvider):
    def __init__(self, made):
        self.made = made

    def token(self):
        return self.made

    def extensions(self):
        return {"traceId": "7"}


def python_admin(mechanism, **more):
    return KafkaAdminClient(
        bootstrap_servers=BOOTSTRAP.split(","), security_protocol="SASL_SSL", ssl_cafile=AUTHORITY, sasl_mechanism=mechanism, **more)


def kafka_python_bearer():
    admin = python_admin("OAUTHBEARER", sasl_oauth_token_provider=Provider(token()))
    true(admin.describe_cluster()["brokers"], "kafka-python authenticates with a bearer token")
    admin.close()
    for what, wrong in [("expired", token(lifetime=-5)), ("signed", token(algorithm="RS256")), ("malformed", "abc")]:
        refused("OAUTHBEARER", f"a token that is {what}", sasl_oauth_token_provider=Provider(wrong))


def refused(mechanism, what, **more):
    """kafka-python tries a refused login again until its time is up, against Apache Kafka just the same."""
    try:
        python_admin(mechanism, bootstrap_timeout_ms=2000, **more)
    except (KafkaTimeoutError, SaslAuthenticationFailedError):
        say(f"kafka-python does not get in with {what}")
    else:
        raise AssertionError(f"kafka-python got in with {what}")


def kafka_python_aws():
    admin = python_admin("AWS_MSK_IAM")
    true(admin.describe_cluster()["brokers"], "kafka-python authenticates with a signature of AWS")
    admin.close()
    os.environ["AWS_SECRET_ACCESS_KEY"] = "wrong"
    refused("AWS_MSK_IAM", "a signature with another key")


def librdkafka():
    calls = []

    def make(_):
        calls.append(1)
        return token(), time.time() + 60, "alice", {"traceId": "7"}

    settings = {
        "bootstrap.servers": BOOTSTRAP, "security.protocol": "SASL_SSL", "ssl.ca.location": AUTHORITY, "sasl.mechanism": "OAUTHBEARER",
        "oauth_cb": make}
    admin = ka.AdminClient(settings)
    admin.poll(0)
    begin = time.monotonic()
    # Longer than a session: librdkafka renews it on the same connection.
    while time.monotonic() - begin < 2.2 * SESSION_SECONDS:
        admin.describe_cluster().result(30)
        admin.poll(0.1)
    say("librdkafka goes on beyond the life of a session")
    true(calls, "librdkafka asked for a token")


kafka_python_bearer()
kafka_python_aws()
librdkafka()
print("done: sasl")
