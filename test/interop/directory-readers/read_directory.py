"""Reads raft directories with packages for Python, and prints a line for each: what is in it, or why it cannot be read."""
import base64
import hashlib
import json
import pathlib
import sys

import fastcrc
import msgpack
from boltdb import BoltDB


def tell_log(directory):
    """`<current term> <last index> <number of entries> <digest of them>`, the digest as hashEntry in ../peer/logstore.go has it."""
    with BoltDB(str(directory / 'log.db'), readonly=True).view() as tx:
        conf, logs = (list(tx.bucket(name)) for name in (b'conf', b'logs'))
    digest = hashlib.sha256()
    last = 0
    for key, value in logs:
        last = int.from_bytes(key)
        entry = msgpack.unpackb(value, raw=True)
        for name in (b'Index', b'Term', b'Type'):
            digest.update(entry[name].to_bytes(8))
        digest.update(nanoseconds_of(entry[b'AppendedAt']).to_bytes(8))
        for content in (entry[b'Data'] or b'', entry[b'Extensions'] or b''):
            digest.update(len(content).to_bytes(8) + content)
    return f"{int.from_bytes(dict(conf)[b'CurrentTerm'])} {last} {len(logs)} {digest.hexdigest()}"


def nanoseconds_of(time):
    """Of Go's time.Time.MarshalBinary: version, seconds since the year 1, nanoseconds, minutes from UTC."""
    return (int.from_bytes(time[1:9]) - 62_135_596_800) * 1_000_000_000 + int.from_bytes(time[9:13])


def tell_snapshot(directory):
    """`<id> <index> <term> <configuration index> <voters> <digest of the state>` of the one snapshot that is there."""
    [snapshot] = (directory / 'snapshots').iterdir()
    meta = json.loads((snapshot / 'meta.json').read_bytes())
    state = (snapshot / 'state.bin').read_bytes()
    if base64.b64decode(meta['CRC']) != fastcrc.crc64.xz(state).to_bytes(8):
        raise ValueError('the checksum does not hold')
    servers = meta['Configuration']['Servers']
    voters = ','.join(f"{server['ID']}@{server['Address']}" for server in servers if server['Suffrage'] == 0)
    digest = hashlib.sha256(state).hexdigest()
    return f"{meta['ID']} {meta['Index']} {meta['Term']} {meta['ConfigurationIndex']} {voters} {digest}"


tell = {'log': tell_log, 'snapshot': tell_snapshot}[sys.argv[1]]
for path in sys.argv[2:]:
    try:
        print(tell(pathlib.Path(path)))
    except Exception as error:
        print('refused:', type(error).__name__, str(error).replace('\n', ' '))
