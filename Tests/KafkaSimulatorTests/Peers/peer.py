"""What the peer scripts share: they take bootstrap servers, say each thing that they did, and fail loudly.

Over plain text, unless PEER_USER is set: then over TLS as that user, with PEER_PASSWORD by PEER_MECHANISM; PEER_AUTHORITY names a file with
the authority's certificate.
"""

import faulthandler
import os
import sys
import time

# Nothing here takes long. A client that hangs shows where, and fails.
LIMIT_SECONDS = 150
faulthandler.dump_traceback_later(LIMIT_SECONDS, exit=True)

BOOTSTRAP = sys.argv[1]
# Part of every name, so that several runs may share a cluster.
PREFIX = sys.argv[2] if len(sys.argv) > 2 else "peer"
# How to connect, for each client.
CONFLUENT = {"bootstrap.servers": BOOTSTRAP}
PYTHON = {"bootstrap_servers": BOOTSTRAP.split(",")}
if "PEER_USER" in os.environ:
    authority, user, password, mechanism = (os.environ[f"PEER_{name}"] for name in ("AUTHORITY", "USER", "PASSWORD", "MECHANISM"))
    CONFLUENT |= {
        "security.protocol": "SASL_SSL", "ssl.ca.location": authority, "sasl.mechanism": mechanism, "sasl.username": user,
        "sasl.password": password}
    PYTHON |= {
        "security_protocol": "SASL_SSL", "ssl_cafile": authority, "ssl_check_hostname": True, "sasl_mechanism": mechanism,
        "sasl_plain_username": user, "sasl_plain_password": password}


def say(what):
    print(f"ok: {what}", flush=True)


def equal(found, wanted, what):
    if found != wanted:
        raise AssertionError(f"{what}: found {found!r}, wanted {wanted!r}")
    say(what)


def true(condition, what):
    if not condition:
        raise AssertionError(what)
    say(what)


def until(condition, what, seconds=45):
    """Waits for `condition` to hold, and returns what it returned."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            say(what)
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


def kcat_login():
    """Asks for the brokers with kcat; raises with what it says where it cannot log in."""
    import subprocess
    import tempfile

    with tempfile.NamedTemporaryFile("w", suffix=".conf") as settings:
        settings.writelines(f"{name}={value}\n" for name, value in CONFLUENT.items())
        settings.flush()
        done = subprocess.run(["kcat", "-F", settings.name, "-L", "-m", "10"], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
