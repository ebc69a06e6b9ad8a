#!/usr/bin/env bash
# What etcdutl says of an etcd snapshot that was damaged after it was taken: `snapshot status`, and the restore.
#
# Guess:     status verifies the SHA-256 that stands at the end of the file: it is what operators call to check a backup.
# Seen:      status does not look at that sum. With a changed byte in a value, with bytes behind the file or without half of its sum it
#            prints a revision and a size, without an error; only the restore refuses. The size is that of the database, not the file's.
# Confirmed: jaco inspect reads an archive to its end and checks all sums, as restore does (test/faults/damaged-archives.test.ts).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOPATH=$work/_go GOFLAGS=-modcacherw

cat >main.go <<'END'
package main

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/etcdutl/v3/snapshot"
	"go.etcd.io/etcd/server/v3/embed"
	"go.uber.org/zap"
)

const clients, peers = "http://127.0.0.1:19379", "http://127.0.0.1:19380"

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func address(text string) []url.URL {
	parsed, err := url.Parse(text)
	must(err)
	return []url.URL{*parsed}
}

func main() {
	config := embed.NewConfig()
	config.Dir, config.LogLevel, config.InitialCluster = "data", "panic", "default="+peers
	config.ListenClientUrls, config.AdvertiseClientUrls = address(clients), address(clients)
	config.ListenPeerUrls, config.AdvertisePeerUrls = address(peers), address(peers)
	server, err := embed.StartEtcd(config)
	must(err)
	<-server.Server.ReadyNotify()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	connection := clientv3.Config{Endpoints: []string{clients}}
	client, err := clientv3.New(connection)
	must(err)
	_, err = client.Put(ctx, "key", "some value")
	must(err)
	tool := snapshot.NewV3(zap.NewNop())
	_, err = tool.Save(ctx, connection, "saved.db")
	must(err)
	server.Close()

	saved, err := os.ReadFile("saved.db")
	must(err)
	for _, form := range []struct {
		name  string
		bytes []byte
	}{
		{"as saved", saved},
		{"a byte of a value changed", bytes.Replace(saved, []byte("some value"), []byte("sOme value"), 1)},
		{"bytes behind it", append(append([]byte{}, saved...), make([]byte, 512)...)},
		{"without half of its sum", saved[:len(saved)-16]},
	} {
		must(os.WriteFile("form.db", form.bytes, 0o600))
		must(os.RemoveAll("restored"))
		status, refused := tool.Status("form.db")
		failed := tool.Restore(snapshot.RestoreConfig{
			SnapshotPath: "form.db", Name: "default", OutputDataDir: "restored", PeerURLs: []string{peers},
			InitialCluster: "default=" + peers, InitialClusterToken: "token",
		})
		fmt.Printf("%s: %d bytes; status: revision %d, size %d, error %v; restored %v\n",
			form.name, len(form.bytes), status.Revision, status.TotalSize, refused, failed == nil)
	}
}
END
{
  go mod init try
  go get go.etcd.io/etcd/etcdutl/v3@v3.6.5 go.etcd.io/etcd/server/v3@v3.6.5 go.etcd.io/etcd/client/v3@v3.6.5
  go mod tidy
  go build -o try .
} >install.log 2>&1 || { cat install.log >&2; exit 2; }
echo 'etcdutl, server and client of etcd v3.6.5'
./try | tee seen

diff - seen <<'END' || { echo 'etcdutl does something else now' >&2; exit 1; }
as saved: 20512 bytes; status: revision 2, size 20480, error <nil>; restored true
a byte of a value changed: 20512 bytes; status: revision 2, size 20480, error <nil>; restored false
bytes behind it: 21024 bytes; status: revision 2, size 20480, error <nil>; restored false
without half of its sum: 20496 bytes; status: revision 2, size 20480, error <nil>; restored false
END
