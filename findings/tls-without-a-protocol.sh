#!/usr/bin/env bash
# gRPC clients with a TLS server that does not negotiate an application protocol (ALPN), such as a plain TLS port of another program.
#
# Guess:     both refuse it at once, since HTTP/2 over TLS has to be negotiated.
# Seen:      grpc-go does: "missing selected ALPN property". @grpc/grpc-js continues without it, and waits for the server's first frame
#            until the deadline of the call, in the state "Waiting for LB pick"; without a deadline it would wait for ever.
# Confirmed: src/adapters/grpc/call.ts: every call has a deadline (ten seconds for a status), and the error after the deadline names the
#            daemon and the network, not the certificate.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-save @grpc/grpc-js@1.14.7 >npm.log 2>&1 || { cat npm.log >&2; exit 2; }
cat >main.go <<'END'
package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/types/known/emptypb"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	must(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	must(err)
	must(os.WriteFile("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: private}}})
	must(err)
	go func() {
		for {
			connection, err := listener.Accept()
			must(err)
			go io.Copy(io.Discard, connection)
		}
	}()
	port := listener.Addr().(*net.TCPAddr).Port
	authority, err := credentials.NewClientTLSFromFile("ca.pem", "")
	must(err)
	client, err := grpc.NewClient(fmt.Sprintf("dns:localhost:%d", port), grpc.WithTransportCredentials(authority))
	must(err)
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	err = client.Invoke(ctx, "/a.B/C", &emptypb.Empty{}, &emptypb.Empty{})
	_, reason, _ := strings.Cut(err.Error(), "missing")
	reason, _, _ = strings.Cut(reason, ".")
	fmt.Println("grpc-go: Unavailable, missing" + reason)
	must(os.WriteFile("port.part", []byte(fmt.Sprint(port)), 0o600))
	must(os.Rename("port.part", "port"))
	time.Sleep(time.Minute)
}
END
export GOPATH=$work/_go GOFLAGS=-modcacherw
{ go mod init try && go get google.golang.org/grpc@v1.73.1 && go mod tidy && go build -o server .; } >go.log 2>&1 || { cat go.log >&2; exit 2; }
cat >run.mjs <<'END'
import { readFileSync } from 'node:fs';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
const client = new Client(`dns:localhost:${readFileSync('port', 'utf8')}`, credentials.createSsl(readFileSync('ca.pem')));
const take = (value) => value;
client.makeUnaryRequest('/a.B/C', take, take, Buffer.alloc(0), new Metadata(), { deadline: Date.now() + 3000 }, (error) => {
  console.log(`grpc-js: ${status[error.code]}, ${/Waiting for [A-Za-z ]+/.exec(error.details)?.[0]}`);
  client.close();
});
END
echo "@grpc/grpc-js 1.14.7, Node $(node --version), grpc-go 1.73.1, $(go version | cut -d' ' -f3)"
./server >from-go &
server=$!
for _ in $(seq 100); do [ -e port ] && break; sleep 0.1; done
{ cat from-go && node run.mjs; } | tee seen

diff - seen <<'END' || { echo 'something else happens now' >&2; exit 1; }
grpc-go: Unavailable, missing selected ALPN property
grpc-js: DEADLINE_EXCEEDED, Waiting for LB pick
END
