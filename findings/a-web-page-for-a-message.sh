#!/usr/bin/env bash
# gRPC clients with an HTTP/2 server that answers with status 200 and something other than gRPC, like a web server that has a page for
# every path.
#
# Guess:   both clients refuse it because of its content-type, with the same code.
# Seen:    grpc-go does: UNKNOWN, and names the content-type. @grpc/grpc-js checks the content-type only if the status is not 200. It
#          reads "<html" as the header of a message of 0x68746d6c bytes: RESOURCE_EXHAUSTED, or, if the client has lifted the limit, a
#          message to wait for. If grpc-status is not a number, its error has no code.
# Changed: src/adapters/grpc/call.ts checks the content-type itself and ends such a call. Before, backup said "the connection broke, try
#          again", and collected data until its deadline. test/faults/source-side.test.ts tests it.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

cat >server.mjs <<'END'
import { createServer } from 'node:http2';
const answers = {
  page: [{ ':status': 200, 'content-type': 'text/html' }, '<html>Welcome</html>'],
  notFound: [{ ':status': 404, 'content-type': 'text/html' }, '<html>Not found</html>'],
  noType: [{ ':status': 200 }, '<html>Welcome</html>'],
  word: [{ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': 'OK' }],
};
createServer()
  .on('stream', (stream, headers) => {
    const [head, body] = answers[headers[':path'].slice('/try/'.length)];
    stream.respond(head, { endStream: body === undefined });
    if (body !== undefined) stream.end(body);
  })
  .listen(19300, '127.0.0.1', () => console.log('ready'));
END
cat >client.mjs <<'END'
import { Client, credentials, status } from '@grpc/grpc-js';
for (const name of ['page', 'notFound', 'noType', 'word']) {
  const client = new Client('127.0.0.1:19300', credentials.createInsecure());
  const bytes = (value) => value;
  await new Promise((resolve) => {
    client.makeUnaryRequest(`/try/${name}`, bytes, bytes, Buffer.alloc(0), { deadline: Date.now() + 5000 }, (error) => {
      console.log('grpc-js', name, error ? `${status[error.code]}: ${error.details || 'no word'}` : 'succeeds');
      resolve();
    });
  });
  client.close();
}
END
cat >main.go <<'END'
package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

func main() {
	for _, name := range []string{"page", "notFound", "noType", "word"} {
		connection, err := grpc.NewClient("127.0.0.1:19300", grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			panic(err)
		}
		limited, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		err = connection.Invoke(limited, "/try/"+name, &emptypb.Empty{}, &emptypb.Empty{})
		answer, _ := status.FromError(err)
		message, _, _ := strings.Cut(answer.Message(), ";")
		fmt.Printf("grpc-go %s %v: %s\n", name, answer.Code(), message)
		cancel()
		connection.Close()
	}
}
END
export GOPATH=$work/_go GOFLAGS=-modcacherw
{
  npm install --silent --no-save @grpc/grpc-js@1.14.7
  go mod init try
  go get google.golang.org/grpc@v1.73.1
  go mod tidy
  go build -o try .
} >install.log 2>&1 || { cat install.log >&2; exit 2; }
node server.mjs >server.log &
server=$!
for _ in $(seq 50); do grep -q ready server.log && break || sleep 0.1; done
echo "@grpc/grpc-js 1.14.7, grpc-go 1.73.1"
{ node client.mjs && ./try; } | tee seen

diff - seen <<'END' || { echo 'the clients do something else now' >&2; exit 1; }
grpc-js page RESOURCE_EXHAUSTED: Received message larger than max (1752460652 vs 4194304)
grpc-js notFound UNIMPLEMENTED: Received HTTP status code 404
grpc-js noType RESOURCE_EXHAUSTED: Received message larger than max (1752460652 vs 4194304)
grpc-js word undefined: no word
grpc-go page Unknown: transport: received unexpected content-type "text/html"
grpc-go notFound Unimplemented: unexpected HTTP status code received from server: 404 (Not Found)
grpc-go noType Unknown: malformed header: missing HTTP content-type
grpc-go word Internal: transport: malformed grpc-status: strconv.ParseInt: parsing "OK": invalid syntax
END
