"""Handshakes of a node with itself, in memory, by Python's ssl: is its identity trusted as a server's and as a client's?

Each argument is a directory with ca.crt, node-1.crt and node-1.key. Prints a JSON object: what was held against the
identity in each directory, by the directory's path; empty where nothing was.
"""

import json
import os
import ssl
import sys


def side(purpose, directory):
    context = ssl.create_default_context(purpose, cafile=os.path.join(directory, "ca.crt"))
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    path = os.path.join(directory, "node-1")
    context.load_cert_chain(path + ".crt", path + ".key")
    return context


def complaint(directory, strict):
    contexts = side(ssl.Purpose.SERVER_AUTH, directory), side(ssl.Purpose.CLIENT_AUTH, directory)
    if strict:
        for context in contexts:
            context.verify_flags |= ssl.VERIFY_X509_STRICT
    else:
        # Python 3.13 and newer are strict unless told otherwise.
        for context in contexts:
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = contexts[0].wrap_bio(to_client, to_server, server_hostname="node-1")
    server = contexts[1].wrap_bio(to_server, to_client, server_side=True)
    waiting = [client, server]
    for _ in range(10):
        for end in list(waiting):
            try:
                end.do_handshake()
                waiting.remove(end)
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError as error:
                return str(error)
    return "" if not waiting else "the handshake does not end"


STRICT = "--strict" in sys.argv
print(json.dumps({path: complaint(path, STRICT) for path in sys.argv[1:] if path != "--strict"}))
