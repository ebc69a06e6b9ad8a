#!/usr/bin/env bash
# Five runtimes read and rewrite entries of a protobuf map in forms that an encoder may choose.
#
# Guess:   all except prost write key and value of an entry; prost omits empty ones. All accept an entry with one field more than key
#          and value, and drop that field. All keep unknown fields of the message.
# Seen:    the first guess is right. Python's upb treats the whole entry as unknown: its map is empty, and it rewrites the entry
#          unchanged. protobufjs and prost drop the message's unknown fields.
# Changed: docs/decisions/0015: an entry is its key and its value and nothing else, since runtimes disagree on any other form.
#          Confirmed: docs/decisions/0001, bytes are kept as sent, since protobufjs would lose what it does not know.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >cases <<'END'
2a040a001200
2a060a016b120178
2a061201780a016b
2a030a016b
2a080a016b1201781801
0a016110071a0162
END

npm install --silent --no-save protobufjs@7.6.6 @bufbuild/protobuf@2.17.0 >npm.log 2>&1 || { cat npm.log >&2; exit 2; }
cat >run.mjs <<'END'
import { readFileSync } from 'node:fs';
import * as es from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import protobuf from 'protobufjs';
const cases = readFileSync('cases', 'utf8').trim().split('\n');
const M = protobuf.parse('syntax = "proto3"; message M { string s = 1; map<string, string> m = 5; }').root.lookupType('M');
const text = { type: 9, label: 1 };
const file = es.create(FileDescriptorProtoSchema, { name: 'm.proto', syntax: 'proto3', messageType: [{ name: 'M',
  field: [{ name: 's', number: 1, ...text }, { name: 'm', number: 5, type: 11, label: 3, typeName: '.M.MEntry' }],
  nestedType: [{ name: 'MEntry', options: { mapEntry: true }, field: [{ name: 'key', number: 1, ...text }, { name: 'value', number: 2, ...text }] }] }] });
const E = es.createFileRegistry(file, () => undefined).getMessage('M');
const hex = (bytes) => Buffer.from(bytes).toString('hex');
for (const bytes of cases) console.log('protobufjs', bytes, hex(M.encode(M.decode(Buffer.from(bytes, 'hex'))).finish()));
for (const bytes of cases) console.log('protobuf-es', bytes, hex(es.toBinary(E, es.fromBinary(E, Buffer.from(bytes, 'hex')))));
END

python3 -m venv py && py/bin/pip -q install protobuf==7.36.2 2>pip.log || { cat pip.log >&2; exit 2; }
cat >run.py <<'END'
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
file = descriptor_pb2.FileDescriptorProto(name='m.proto', syntax='proto3')
message = file.message_type.add(name='M')
message.field.add(name='s', number=1, type=9, label=1)
message.field.add(name='m', number=5, type=11, label=3, type_name='.M.MEntry')
entry = message.nested_type.add(name='MEntry')
entry.options.map_entry = True
entry.field.add(name='key', number=1, type=9, label=1)
entry.field.add(name='value', number=2, type=9, label=1)
pool = descriptor_pool.DescriptorPool()
pool.Add(file)
M = message_factory.GetMessageClass(pool.FindMessageTypeByName('M'))
for line in open('cases'):
    found = M.FromString(bytes.fromhex(line.strip()))
    print('python-upb', line.strip(), found.SerializeToString().hex(), '' if found.m or found.s else 'the map is empty')
END

mkdir go-peer && cat >go-peer/main.go <<'END'
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"

	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

const schema = `name:"m.proto" syntax:"proto3" message_type{name:"M"
 field{name:"s" number:1 type:TYPE_STRING label:LABEL_OPTIONAL} field{name:"m" number:5 type:TYPE_MESSAGE label:LABEL_REPEATED type_name:".M.MEntry"}
 nested_type{name:"MEntry" options{map_entry:true} field{name:"key" number:1 type:TYPE_STRING label:LABEL_OPTIONAL} field{name:"value" number:2 type:TYPE_STRING label:LABEL_OPTIONAL}}}`

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	var description descriptorpb.FileDescriptorProto
	must(prototext.Unmarshal([]byte(schema), &description))
	file, err := protodesc.NewFile(&description, nil)
	must(err)
	cases, err := os.Open("../cases")
	must(err)
	for lines := bufio.NewScanner(cases); lines.Scan(); {
		bytes, err := hex.DecodeString(lines.Text())
		must(err)
		message := dynamicpb.NewMessage(file.Messages().Get(0))
		must(proto.Unmarshal(bytes, message))
		again, err := proto.Marshal(message)
		must(err)
		fmt.Println("go", lines.Text(), hex.EncodeToString(again))
	}
}
END
export GOPATH=$work/_go GOFLAGS=-modcacherw
(cd go-peer && go mod init peer && go get google.golang.org/protobuf@v1.36.6 && go mod tidy) >go.log 2>&1 || { cat go.log >&2; exit 2; }

mkdir -p prost/src && cat >prost/Cargo.toml <<'END'
[package]
name = "peer"
version = "0.1.0"
edition = "2021"
[dependencies]
prost = "=0.14.1"
END
cat >prost/src/main.rs <<'END'
use prost::Message;
use std::collections::HashMap;
#[derive(Clone, PartialEq, Message)]
struct M {
    #[prost(string, tag = "1")]
    s: String,
    #[prost(map = "string, string", tag = "5")]
    m: HashMap<String, String>,
}
fn main() {
    for line in std::fs::read_to_string("../cases").unwrap().lines() {
        let bytes: Vec<u8> = (0..line.len()).step_by(2).map(|at| u8::from_str_radix(&line[at..at + 2], 16).unwrap()).collect();
        let again = M::decode(&bytes[..]).unwrap().encode_to_vec();
        println!("prost {line} {}", again.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    }
}
END
(cd prost && CARGO_HOME=$work/cargo cargo build -q) >cargo.log 2>&1 || { cat cargo.log >&2; exit 2; }

echo "protobufjs 7.6.6, @bufbuild/protobuf 2.17.0, protobuf 7.36.2 for Python, google.golang.org/protobuf 1.36.6, prost 0.14.1"
{
  echo 'runtime, what it was given, what it wrote'
  node run.mjs
  py/bin/python run.py | sed 's/ $//'
  (cd go-peer && go run .)
  (cd prost && cargo run -q)
} | tee seen

diff - seen <<'END' || { echo 'the runtimes do something else now' >&2; exit 1; }
runtime, what it was given, what it wrote
protobufjs 2a040a001200 2a040a001200
protobufjs 2a060a016b120178 2a060a016b120178
protobufjs 2a061201780a016b 2a060a016b120178
protobufjs 2a030a016b 2a050a016b1200
protobufjs 2a080a016b1201781801 2a060a016b120178
protobufjs 0a016110071a0162 0a0161
protobuf-es 2a040a001200 2a040a001200
protobuf-es 2a060a016b120178 2a060a016b120178
protobuf-es 2a061201780a016b 2a060a016b120178
protobuf-es 2a030a016b 2a050a016b1200
protobuf-es 2a080a016b1201781801 2a060a016b120178
protobuf-es 0a016110071a0162 0a016110071a0162
python-upb 2a040a001200 2a040a001200
python-upb 2a060a016b120178 2a060a016b120178
python-upb 2a061201780a016b 2a060a016b120178
python-upb 2a030a016b 2a050a016b1200
python-upb 2a080a016b1201781801 2a080a016b1201781801 the map is empty
python-upb 0a016110071a0162 0a016110071a0162
go 2a040a001200 2a040a001200
go 2a060a016b120178 2a060a016b120178
go 2a061201780a016b 2a060a016b120178
go 2a030a016b 2a050a016b1200
go 2a080a016b1201781801 2a060a016b120178
go 0a016110071a0162 0a016110071a0162
prost 2a040a001200 2a00
prost 2a060a016b120178 2a060a016b120178
prost 2a061201780a016b 2a060a016b120178
prost 2a030a016b 2a030a016b
prost 2a080a016b1201781801 2a060a016b120178
prost 0a016110071a0162 0a0161
END
