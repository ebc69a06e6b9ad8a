#!/usr/bin/env bash
# gRPC clients with a timeout of 110,000 seconds, which is more than a day, and of 30 days; and servers that get such a timeout.
# gRPC sends it as at most eight digits and a unit.
#
# Guess:     every client takes a unit in which the number has eight digits, and servers refuse nine. 30 days are as good as two.
# Seen:      connect-node knows milliseconds alone: from 100,000 seconds on it sends nine digits. connect-node's own server, connect-go
#            and grpc-go refuse such a call; grpc-js and grpcio serve it. With 30 days connect-node's call ends at once with
#            DEADLINE_EXCEEDED, since Node's timer holds no more than 24.8 days and then waits one millisecond.
# Confirmed: a backup with --timeout 30d works (test/faults/source-side.test.ts): src/adapters/grpc leaves the deadline to grpc-js.
set -euo pipefail
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

cat >service.mjs <<'END'
import { create, createFileRegistry } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, file_google_protobuf_empty } from '@bufbuild/protobuf/wkt';
const type = '.google.protobuf.Empty';
const method = [{ name: 'C', inputType: type, outputType: type }];
const file = create(FileDescriptorProtoSchema, {
  name: 'b.proto', package: 'a', syntax: 'proto3', dependency: ['google/protobuf/empty.proto'], service: [{ name: 'B', method }],
});
export const service = createFileRegistry(file, () => file_google_protobuf_empty.proto).getService('a.B');
END
# Shows the timeout that it is sent, and answers after half a second.
cat >shows.mjs <<'END'
import { createServer } from 'node:http2';
import { appendFileSync } from 'node:fs';
createServer().on('stream', (stream, headers) => {
  const timeout = headers['grpc-timeout'];
  appendFileSync('sent', timeout.length > 9 ? timeout : 'at most eight digits');
  stream.on('error', () => undefined).resume();
  setTimeout(() => {
    if (stream.destroyed) return;
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.end(Buffer.alloc(5));
  }, 500);
}).listen(19510, '127.0.0.1');
END
cat >servers.mjs <<'END'
import { createServer } from 'node:http2';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { service } from './service.mjs';
createServer(connectNodeAdapter({ routes: (router) => router.service(service, { c: () => ({}) }) })).listen(19512, '127.0.0.1');
const same = (bytes) => bytes;
const codec = { requestDeserialize: same, requestSerialize: same, responseDeserialize: same, responseSerialize: same };
const server = new Server();
server.addService({ C: { path: '/a.B/C', requestStream: false, responseStream: false, ...codec } }, { C: (_, reply) => reply(null, Buffer.alloc(0)) });
server.bindAsync('127.0.0.1:19511', ServerCredentials.createInsecure(), () => undefined);
END
cat >servers.py <<'END'
import concurrent.futures
import grpc
from google.protobuf.empty_pb2 import Empty
server = grpc.server(concurrent.futures.ThreadPoolExecutor(1))
answer = grpc.unary_unary_rpc_method_handler(lambda request, context: Empty(), Empty.FromString, Empty.SerializeToString)
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler('a.B', {'C': answer}),))
server.add_insecure_port('127.0.0.1:19515')
server.start()
server.wait_for_termination()
END
mkdir go-peer
cat >go-peer/main.go <<'END'
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"connectrpc.com/connect"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

func serve() {
	server := grpc.NewServer(grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
		if err := stream.RecvMsg(&emptypb.Empty{}); err != nil {
			return err
		}
		return stream.SendMsg(&emptypb.Empty{})
	}))
	listener, err := net.Listen("tcp", "127.0.0.1:19513")
	if err != nil {
		panic(err)
	}
	go server.Serve(listener)
	answer := func(context.Context, *connect.Request[emptypb.Empty]) (*connect.Response[emptypb.Empty], error) {
		return connect.NewResponse(&emptypb.Empty{}), nil
	}
	handler := http.NewServeMux()
	handler.Handle("/a.B/C", connect.NewUnaryHandler("/a.B/C", answer))
	panic(http.ListenAndServe("127.0.0.1:19514", h2c.NewHandler(handler, &http2.Server{})))
}

func main() {
	if len(os.Args) == 1 {
		serve()
	}
	seconds, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(seconds)*time.Second)
	defer cancel()
	conn, err := grpc.NewClient("127.0.0.1:19510", grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		panic(err)
	}
	fmt.Println(strings.ToUpper(status.Code(conn.Invoke(ctx, "/a.B/C", &emptypb.Empty{}, &emptypb.Empty{})).String()))
}
END
cat >grpc-js.mjs <<'END'
import { Client, credentials, status } from '@grpc/grpc-js';
const same = (bytes) => bytes;
const client = new Client('127.0.0.1:19510', credentials.createInsecure());
const deadline = Date.now() + Number(process.argv[2]) * 1_000;
client.makeUnaryRequest('/a.B/C', same, same, Buffer.alloc(0), { deadline }, (error) => {
  console.log(status[error?.code ?? 0]);
  client.close();
});
END
cat >connect-node.mjs <<'END'
import { Code, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { service } from './service.mjs';
const [seconds, port] = process.argv.slice(2);
const client = createClient(service, createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}` }));
const end = await client.c({}, { timeoutMs: Number(seconds) * 1_000 }).then(() => 'OK', (error) => Code[error.code]);
console.log(end.replace(/(?<=[a-z])(?=[A-Z])/, '_').toUpperCase());
process.exit(0);
END
cat >client.py <<'END'
import sys
import grpc
from google.protobuf.empty_pb2 import Empty
with grpc.insecure_channel('127.0.0.1:19510') as channel:
    call = channel.unary_unary('/a.B/C', request_serializer=Empty.SerializeToString, response_deserializer=Empty.FromString)
    try:
        call(Empty(), timeout=int(sys.argv[1]))
        print('OK')
    except grpc.RpcError as error:
        print(error.code().name)
END

export GOPATH=$work/_go GOFLAGS=-modcacherw
{
  npm install --silent --no-save --ignore-scripts @grpc/grpc-js@1.14.7 @connectrpc/connect@2.3.0 @connectrpc/connect-node@2.3.0 @bufbuild/protobuf@2.17.0
  python3 -m venv py
  py/bin/pip -q install grpcio==1.85.3 protobuf==7.36.2
  (cd go-peer && go mod init try && go get google.golang.org/grpc@v1.73.1 connectrpc.com/connect@v1.18.1 && go mod tidy && go build -o ../go-peer.run .)
} >install.log 2>&1 || { cat install.log >&2; exit 2; }
node shows.mjs &
node servers.mjs &
py/bin/python servers.py &
./go-peer.run &
for port in 19510 19511 19512 19513 19514 19515; do for _ in $(seq 100); do (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done; done
call() { # the client, seconds
  case $1 in
    grpc-js) node grpc-js.mjs "$2" ;;
    connect-node) node connect-node.mjs "$2" 19510 2>/dev/null ;;
    grpcio) py/bin/python client.py "$2" ;;
    grpc-go) ./go-peer.run "$2" ;;
  esac
}
echo 'grpc-js 1.14.7, connect-node 2.3.0, grpcio 1.85.3, grpc-go 1.73.1, connect-go 1.18.1'
{
  for client in grpc-js connect-node grpcio grpc-go; do
    : >sent
    end=$(call "$client" 110000)
    echo "$client, 110000 s: $(cat sent): $end"
    echo "$client, 30 days: $(call "$client" 2592000)"
  done
  for server in grpc-js=19511 connect-node=19512 grpc-go=19513 connect-go=19514 grpcio=19515; do
    for seconds in 90000 110000; do
      echo "a server of ${server%=*}, from connect-node, $seconds s: $(node connect-node.mjs "$seconds" "${server#*=}")"
    done
  done
} | tee seen

diff - seen <<'END' || { echo 'a client or a server does something else now' >&2; exit 1; }
grpc-js, 110000 s: at most eight digits: OK
grpc-js, 30 days: OK
connect-node, 110000 s: 110000000m: OK
connect-node, 30 days: DEADLINE_EXCEEDED
grpcio, 110000 s: at most eight digits: OK
grpcio, 30 days: OK
grpc-go, 110000 s: at most eight digits: OK
grpc-go, 30 days: OK
a server of grpc-js, from connect-node, 90000 s: OK
a server of grpc-js, from connect-node, 110000 s: OK
a server of connect-node, from connect-node, 90000 s: OK
a server of connect-node, from connect-node, 110000 s: INVALID_ARGUMENT
a server of grpc-go, from connect-node, 90000 s: OK
a server of grpc-go, from connect-node, 110000 s: INTERNAL
a server of connect-go, from connect-node, 90000 s: OK
a server of connect-go, from connect-node, 110000 s: INVALID_ARGUMENT
a server of grpcio, from connect-node, 90000 s: OK
a server of grpcio, from connect-node, 110000 s: OK
END
