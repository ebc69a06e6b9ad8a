#!/usr/bin/env bash
# A client without a certificate (Node's TLS and @grpc/grpc-js) with a Go server that requires one.
#
# Guess:   the handshake fails with every version of TLS: after 'secureConnect' the server has accepted the client.
# Seen:    that is true for TLS 1.2. With TLS 1.3 'secureConnect' comes first, and the refusal after it, as an error of the connection:
#          ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED. grpc-js reports UNAVAILABLE for both, and names the alert in its details.
# Changed: src/adapters/grpc/call-failure.ts treated a second handshake that succeeds as proof that the server can be reached now, and
#          said "try again". It now says that the port requires a client certificate, as raft's port (7001) does and gRPC's does not.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-save @grpc/grpc-js@1.14.7 >npm.log 2>&1 || { cat npm.log >&2; exit 2; }
cat >main.go <<'END'
package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"time"
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
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	must(err)
	must(os.WriteFile("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	ports := ""
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
			Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: private}},
			MinVersion:   version, MaxVersion: version, NextProtos: []string{"h2"}, ClientAuth: tls.RequireAnyClientCert,
		})
		must(err)
		ports += fmt.Sprintln(listener.Addr().(*net.TCPAddr).Port)
		go func() {
			for {
				connection, err := listener.Accept()
				must(err)
				go func() {
					io.Copy(io.Discard, connection)
					connection.Close()
				}()
			}
		}()
	}
	must(os.WriteFile("ports.part", []byte(ports), 0o600))
	must(os.Rename("ports.part", "ports"))
	time.Sleep(time.Minute)
}
END
cat >run.mjs <<'END'
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { Client, credentials, status } from '@grpc/grpc-js';
const ca = readFileSync('ca.pem');
for (const port of readFileSync('ports', 'utf8').trim().split('\n')) {
  const events = [];
  let version = 'TLS 1.2';
  await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca, ALPNProtocols: ['h2'] });
    socket.on('secureConnect', () => {
      if (socket.getProtocol() === 'TLSv1.3') version = 'TLS 1.3';
      events.push('secureConnect');
    });
    socket.on('error', (error) => events.push(`error ${error.code}`));
    socket.on('close', resolve);
  });
  console.log(`${version}, node:tls: ${events.join(', then ')}`);
  const client = new Client(`dns:localhost:${port}`, credentials.createSsl(ca));
  const take = (value) => value;
  await new Promise((resolve) => {
    client.makeUnaryRequest('/a.B/C', take, take, Buffer.alloc(0), (error) => {
      console.log(`${version}, grpc-js: ${status[error.code]}, ${/alert [a-z ]+/.exec(error.details)?.[0]}`);
      resolve();
    });
  });
  client.close();
}
END
go build -o server main.go
./server &
server=$!
for _ in $(seq 50); do [ -e ports ] && break; sleep 0.1; done
echo "@grpc/grpc-js 1.14.7, Node $(node --version), $(go version | cut -d' ' -f3)"
node run.mjs | tee seen

diff - seen <<'END' || { echo 'something else happens now' >&2; exit 1; }
TLS 1.2, node:tls: error ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE
TLS 1.2, grpc-js: UNAVAILABLE, alert handshake failure
TLS 1.3, node:tls: secureConnect, then error ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED
TLS 1.3, grpc-js: UNAVAILABLE, alert certificate required
END
