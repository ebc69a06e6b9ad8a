#!/usr/bin/env bash
# gRPC clients with a stream that ends after two messages without a status, as behind a proxy that does not pass HTTP/2's trailers on:
# once without trailers, once with trailers that hold no grpc-status.
#
# Guess:     all report an error to both, UNKNOWN or INTERNAL, since only the status says that a stream is complete; tonic perhaps not.
# Seen:      tonic 0.14.3 ends both streams as complete; 0.14.9 reports UNKNOWN. grpclib waits for trailers until its deadline, and
#            without a deadline would wait for ever. The others report an error: INTERNAL or UNKNOWN where there are no trailers, and
#            UNKNOWN (connect-node INTERNAL) where they hold no status.
# Confirmed: test/faults/source-side.test.ts: a backup whose stream ends without a status is refused. No client is a proof for another:
#            the archive's own end and checksums are checked too (src/adapters/archive/streaming-archive-verifier.ts).
set -euo pipefail
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

cat >server.mjs <<'END'
import { createServer } from 'node:http2';
import { writeFileSync } from 'node:fs';
const message = Buffer.alloc(5);
const trailers = { whole: { 'grpc-status': '0' }, other: { 'x-other': '1' } };
const server = createServer();
server.on('stream', (stream, headers) => {
  const behind = trailers[headers[':path'].split('/')[2]];
  stream.on('error', () => undefined);
  stream.resume();
  stream.on('wantTrailers', () => stream.sendTrailers(behind));
  stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: behind !== undefined });
  stream.write(message);
  stream.end(message);
});
server.listen(0, '127.0.0.1', () => writeFileSync('port', String(server.address().port)));
END
cat >grpc-js.mjs <<'END'
import { Client, credentials, status } from '@grpc/grpc-js';
const same = (bytes) => bytes;
const client = new Client(`127.0.0.1:${process.argv[2]}`, credentials.createInsecure());
for (const name of ['whole', 'none', 'other']) {
  const call = client.makeServerStreamRequest(`/a.B/${name}`, same, same, Buffer.alloc(0), { deadline: Date.now() + 3_000 });
  call.on('data', () => undefined).on('error', () => undefined);
  console.log(`grpc-js, ${name}:`, await new Promise((resolve) => call.on('status', ({ code }) => resolve(status[code]))));
}
client.close();
END
cat >connect-node.mjs <<'END'
import { create, createFileRegistry } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, file_google_protobuf_empty } from '@bufbuild/protobuf/wkt';
import { Code, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
const names = ['whole', 'none', 'other'];
const type = '.google.protobuf.Empty';
const method = names.map((name) => ({ name, inputType: type, outputType: type, serverStreaming: true }));
const file = create(FileDescriptorProtoSchema, {
  name: 'b.proto', package: 'a', syntax: 'proto3', dependency: ['google/protobuf/empty.proto'], service: [{ name: 'B', method }],
});
const service = createFileRegistry(file, () => file_google_protobuf_empty.proto).getService('a.B');
const client = createClient(service, createGrpcTransport({ baseUrl: `http://127.0.0.1:${process.argv[2]}` }));
for (const name of names) {
  let end = 'OK';
  try {
    for await (const _ of client[name]({}, { timeoutMs: 3_000 }));
  } catch (error) {
    end = Code[error.code].toUpperCase();
  }
  console.log(`connect-node, ${name}: ${end}`);
}
process.exit(0);
END
cat >clients.py <<'END'
import asyncio, sys
import grpc
from google.protobuf.empty_pb2 import Empty
from grpclib.client import Channel, UnaryStreamMethod
from grpclib.exceptions import GRPCError
port = int(sys.argv[1])
names = ['whole', 'none', 'other']
with grpc.insecure_channel(f'127.0.0.1:{port}') as channel:
    for name in names:
        end = 'OK'
        try:
            call = channel.unary_stream(f'/a.B/{name}', request_serializer=Empty.SerializeToString, response_deserializer=Empty.FromString)
            for _ in call(Empty(), timeout=3):
                pass
        except grpc.RpcError as error:
            end = error.code().name
        print(f'grpcio, {name}: {end}')

async def with_grpclib():
    channel = Channel('127.0.0.1', port)
    for name in names:
        end = 'OK'
        try:
            async with UnaryStreamMethod(channel, f'/a.B/{name}', Empty, Empty).open(timeout=3) as stream:
                await stream.send_message(Empty(), end=True)
                async for _ in stream:
                    pass
        except GRPCError as error:
            end = error.status.name
        except asyncio.TimeoutError:
            end = 'waited until the deadline'
        print(f'grpclib, {name}: {end}')
    channel.close()

asyncio.run(with_grpclib())
END
mkdir -p go-clients tonic/src
cat >go-clients/main.go <<'END'
package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"connectrpc.com/connect"
	"golang.org/x/net/http2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

func withGrpc(ctx context.Context, address, name string) string {
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, "/a.B/"+name)
	if err == nil {
		err = stream.SendMsg(&emptypb.Empty{})
	}
	if err == nil {
		err = stream.CloseSend()
	}
	for err == nil {
		err = stream.RecvMsg(&emptypb.Empty{})
	}
	if err == io.EOF {
		return "OK"
	}
	return strings.ToUpper(status.Code(err).String())
}

func withConnect(ctx context.Context, address, name string) string {
	dial := func(_ context.Context, network, address string, _ *tls.Config) (net.Conn, error) { return net.Dial(network, address) }
	plain := &http.Client{Transport: &http2.Transport{AllowHTTP: true, DialTLSContext: dial}}
	client := connect.NewClient[emptypb.Empty, emptypb.Empty](plain, "http://"+address+"/a.B/"+name, connect.WithGRPC())
	stream, err := client.CallServerStream(ctx, connect.NewRequest(&emptypb.Empty{}))
	if err == nil {
		for stream.Receive() {
		}
		err = stream.Err()
	}
	if err == nil {
		return "OK"
	}
	return strings.ToUpper(connect.CodeOf(err).String())
}

func main() {
	address := "127.0.0.1:" + os.Args[1]
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for _, name := range []string{"whole", "none", "other"} {
		fmt.Printf("grpc-go, %s: %s\n", name, withGrpc(ctx, address, name))
	}
	for _, name := range []string{"whole", "none", "other"} {
		fmt.Printf("connect-go, %s: %s\n", name, withConnect(ctx, address, name))
	}
}
END
cat >tonic/Cargo.toml <<'END'
[package]
name = "peer"
version = "0.1.0"
edition = "2021"
[dependencies]
prost = "=0.14.6"
tokio = { version = "1", features = ["macros", "rt"] }
tonic = { version = "=VERSION", default-features = false, features = ["codegen", "transport"] }
tonic-prost = "=VERSION"
END
cat >tonic/src/main.rs <<'END'
use tonic::codegen::http::uri::PathAndQuery;
use tonic_prost::ProstCodec;

#[derive(Clone, PartialEq, prost::Message)]
struct Empty {}

async fn end_of(port: &str, name: &'static str) -> Result<(), tonic::Status> {
    let channel = tonic::transport::Channel::from_shared(format!("http://127.0.0.1:{port}")).unwrap().connect().await.unwrap();
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.unwrap();
    let codec = ProstCodec::<Empty, Empty>::default();
    let path = PathAndQuery::try_from(format!("/a.B/{name}")).unwrap();
    let mut stream = client.server_streaming(tonic::Request::new(Empty {}), path, codec).await?.into_inner();
    let mut messages = 0;
    while stream.message().await?.is_some() {
        messages += 1;
    }
    assert_eq!(messages, 2);
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let port = std::env::args().nth(1).unwrap();
    for name in ["whole", "none", "other"] {
        match end_of(&port, name).await {
            Ok(()) => println!("tonic, {name}: OK"),
            Err(status) => println!("tonic, {name}: {}", format!("{:?}", status.code()).to_uppercase()),
        }
    }
}
END

export GOPATH=$work/_go GOFLAGS=-modcacherw
{
  npm install --silent --no-save --ignore-scripts @grpc/grpc-js@1.14.7 @connectrpc/connect@2.3.0 @connectrpc/connect-node@2.3.0 @bufbuild/protobuf@2.17.0
  python3 -m venv py
  py/bin/pip -q install grpcio==1.85.3 grpclib==0.4.9 protobuf==7.36.2
  (cd go-clients && go mod init try && go get google.golang.org/grpc@v1.73.1 connectrpc.com/connect@v1.18.1 && go mod tidy && go build -o ../go-clients.run .)
  for version in 0.14.3 0.14.9; do
    cp -r tonic "tonic-$version"
    sed -i "s/VERSION/$version/" "tonic-$version/Cargo.toml"
    (cd "tonic-$version" && CARGO_HOME=$work/cargo CARGO_TARGET_DIR=$work/target cargo build -q && mv ../target/debug/peer ../tonic-$version.run)
  done
} >install.log 2>&1 || { cat install.log >&2; exit 2; }
node server.mjs &
for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done
port=$(cat port)
echo 'grpc-js 1.14.7, connect-node 2.3.0, grpcio 1.85.3, grpclib 0.4.9, grpc-go 1.73.1, connect-go 1.18.1, tonic 0.14.3 and 0.14.9'
{
  node grpc-js.mjs "$port"
  node connect-node.mjs "$port"
  py/bin/python clients.py "$port" 2>/dev/null
  ./go-clients.run "$port"
  for version in 0.14.3 0.14.9; do "./tonic-$version.run" "$port" | sed "s/^tonic/tonic $version/"; done
} | tee seen

diff - seen <<'END' || { echo 'a client does something else now' >&2; exit 1; }
grpc-js, whole: OK
grpc-js, none: INTERNAL
grpc-js, other: UNKNOWN
connect-node, whole: OK
connect-node, none: INTERNAL
connect-node, other: INTERNAL
grpcio, whole: OK
grpcio, none: UNKNOWN
grpcio, other: UNKNOWN
grpclib, whole: OK
grpclib, none: waited until the deadline
grpclib, other: UNKNOWN
grpc-go, whole: OK
grpc-go, none: INTERNAL
grpc-go, other: UNKNOWN
connect-go, whole: OK
connect-go, none: INTERNAL
connect-go, other: UNKNOWN
tonic 0.14.3, whole: OK
tonic 0.14.3, none: OK
tonic 0.14.3, other: OK
tonic 0.14.9, whole: OK
tonic 0.14.9, none: UNKNOWN
tonic 0.14.9, other: UNKNOWN
END
