#!/usr/bin/env bash
# Bytes of one protobuf message in two pieces, one behind the other, in five runtimes: how a daemon's state can be added to without
# reading it.
#
# Guess:     All runtimes do what the encoding's rules say: a submessage that comes twice is merged, and of a oneof the last member
#            counts.
# Seen:      protobufjs replaces the submessage: what the first piece said of it is gone. Of the oneof it keeps both members, and writes
#            both again, in the order of their fields. The other four merge.
# Changed:   src/adapters/sandbox/replicated-state.ts joins the cluster's records before it reads them.
# Confirmed: docs/decisions/0001, records are kept as the bytes that came.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# M { Part part = 1; oneof pick { Part left = 2; Part right = 3; } }  Part { int32 a = 1; int32 b = 2; repeated int32 c = 3; }
cat >cases <<'END'
0a0508011a01010a0510021a0102
1202080112021002
120208011a021009
1a02100912020801
END

npm install --silent --no-save protobufjs@7.6.6 @bufbuild/protobuf@2.17.0 >npm.log 2>&1 || { cat npm.log >&2; exit 2; }
cat >run.mjs <<'END'
import { readFileSync } from 'node:fs';
import * as es from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import protobuf from 'protobufjs';
const cases = readFileSync('cases', 'utf8').trim().split('\n');
const M = protobuf.parse(`syntax = "proto3"; message Part { int32 a = 1; int32 b = 2; repeated int32 c = 3; }
message M { Part part = 1; oneof pick { Part left = 2; Part right = 3; } }`).root.resolveAll().lookupType('M');
const part = { type: 11, label: 1, typeName: '.Part' };
const file = es.create(FileDescriptorProtoSchema, { name: 'm.proto', syntax: 'proto3', messageType: [
  { name: 'Part', field: [{ name: 'a', number: 1, type: 5, label: 1 }, { name: 'b', number: 2, type: 5, label: 1 }, { name: 'c', number: 3, type: 5, label: 3 }] },
  { name: 'M', oneofDecl: [{ name: 'pick' }],
    field: [{ name: 'part', number: 1, ...part }, { name: 'left', number: 2, oneofIndex: 0, ...part }, { name: 'right', number: 3, oneofIndex: 0, ...part }] }] });
const E = es.createFileRegistry(file, () => undefined).getMessage('M');
const hex = (bytes) => Buffer.from(bytes).toString('hex');
for (const bytes of cases) console.log('protobufjs', bytes, hex(M.encode(M.decode(Buffer.from(bytes, 'hex'))).finish()));
for (const bytes of cases) console.log('protobuf-es', bytes, hex(es.toBinary(E, es.fromBinary(E, Buffer.from(bytes, 'hex')))));
END

python3 -m venv py && py/bin/pip -q install protobuf==7.36.2 2>pip.log || { cat pip.log >&2; exit 2; }
cat >run.py <<'END'
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format
text = '''name: "m.proto" syntax: "proto3"
message_type { name: "Part" field { name: "a" number: 1 type: TYPE_INT32 label: LABEL_OPTIONAL }
  field { name: "b" number: 2 type: TYPE_INT32 label: LABEL_OPTIONAL } field { name: "c" number: 3 type: TYPE_INT32 label: LABEL_REPEATED } }
message_type { name: "M" oneof_decl { name: "pick" }
  field { name: "part" number: 1 type: TYPE_MESSAGE label: LABEL_OPTIONAL type_name: ".Part" }
  field { name: "left" number: 2 type: TYPE_MESSAGE label: LABEL_OPTIONAL type_name: ".Part" oneof_index: 0 }
  field { name: "right" number: 3 type: TYPE_MESSAGE label: LABEL_OPTIONAL type_name: ".Part" oneof_index: 0 } }'''
open('m.txtpb', 'w').write(text)
pool = descriptor_pool.DescriptorPool()
pool.Add(text_format.Parse(text, descriptor_pb2.FileDescriptorProto()))
M = message_factory.GetMessageClass(pool.FindMessageTypeByName('M'))
for line in open('cases'):
    print('python-upb', line.strip(), M.FromString(bytes.fromhex(line.strip())).SerializeToString().hex())
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

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	text, err := os.ReadFile("../m.txtpb")
	must(err)
	var description descriptorpb.FileDescriptorProto
	must(prototext.Unmarshal(text, &description))
	file, err := protodesc.NewFile(&description, nil)
	must(err)
	cases, err := os.Open("../cases")
	must(err)
	for lines := bufio.NewScanner(cases); lines.Scan(); {
		bytes, err := hex.DecodeString(lines.Text())
		must(err)
		message := dynamicpb.NewMessage(file.Messages().ByName("M"))
		must(proto.Unmarshal(bytes, message))
		again, err := proto.MarshalOptions{Deterministic: true}.Marshal(message)
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
use prost::{Message, Oneof};
#[derive(Clone, PartialEq, Message)]
struct Part {
    #[prost(int32, tag = "1")]
    a: i32,
    #[prost(int32, tag = "2")]
    b: i32,
    #[prost(int32, repeated, tag = "3")]
    c: Vec<i32>,
}
#[derive(Clone, PartialEq, Oneof)]
enum Pick {
    #[prost(message, tag = "2")]
    Left(Part),
    #[prost(message, tag = "3")]
    Right(Part),
}
#[derive(Clone, PartialEq, Message)]
struct M {
    #[prost(message, optional, tag = "1")]
    part: Option<Part>,
    #[prost(oneof = "Pick", tags = "2, 3")]
    pick: Option<Pick>,
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
  py/bin/python run.py
  (cd go-peer && go run .)
  (cd prost && cargo run -q)
} | tee seen

diff - seen <<'END' || { echo 'the runtimes do something else now' >&2; exit 1; }
runtime, what it was given, what it wrote
protobufjs 0a0508011a01010a0510021a0102 0a0510021a0102
protobufjs 1202080112021002 12021002
protobufjs 120208011a021009 120208011a021009
protobufjs 1a02100912020801 120208011a021009
protobuf-es 0a0508011a01010a0510021a0102 0a08080110021a020102
protobuf-es 1202080112021002 120408011002
protobuf-es 120208011a021009 1a021009
protobuf-es 1a02100912020801 12020801
python-upb 0a0508011a01010a0510021a0102 0a08080110021a020102
python-upb 1202080112021002 120408011002
python-upb 120208011a021009 1a021009
python-upb 1a02100912020801 12020801
go 0a0508011a01010a0510021a0102 0a08080110021a020102
go 1202080112021002 120408011002
go 120208011a021009 1a021009
go 1a02100912020801 12020801
prost 0a0508011a01010a0510021a0102 0a08080110021a020102
prost 1202080112021002 120408011002
prost 120208011a021009 1a021009
prost 1a02100912020801 12020801
END
