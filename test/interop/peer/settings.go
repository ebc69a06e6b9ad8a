package main

import (
	"errors"
	"flag"
	"path/filepath"
	"time"

	"github.com/hashicorp/raft"
)

// settings are the flags of `peer run`.
type settings struct {
	dataDir, protoDir string
	id, raftAddress   string
	grpcAddress       string
	certificate, key  string
	raftIdentity      string
	keyFile           string
	socket            string

	bootstrap bool
	clusterID string
	caCert    string
	caKey     string
	token     string

	jacoVersion string
	opaque      bool
	duties      bool

	snapshotThreshold uint64
	trailingLogs      uint64
	snapshotInterval  time.Duration
	electionTimeout   time.Duration
}

func parseSettings(arguments []string) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	flags.StringVar(&s.dataDir, "data-dir", "", "the daemon's data directory")
	flags.StringVar(&s.protoDir, "proto-dir", "", "where jaco/v1/*.proto are")
	flags.StringVar(&s.id, "id", "", "raft local id, the node's hostname")
	flags.StringVar(&s.raftAddress, "raft-addr", "127.0.0.1:0", "raft transport")
	flags.StringVar(&s.grpcAddress, "grpc-addr", "127.0.0.1:0", "gRPC over TLS; used with --cert")
	flags.StringVar(&s.certificate, "cert", "", "server certificate, PEM; without it nothing listens on TCP for gRPC")
	flags.StringVar(&s.key, "key", "", "its private key, PEM")
	flags.StringVar(&s.raftIdentity, "raft-identity", "", "directory with <id>.crt, <id>.key and ca.crt: raft's transport speaks TLS, as newer daemons' does")
	flags.StringVar(&s.keyFile, "key-file", "", "keyring: the node seals its state, as newer daemons do, and boots from no other")
	flags.StringVar(&s.socket, "socket", "", "unix socket for gRPC without TLS or token")
	flags.BoolVar(&s.bootstrap, "bootstrap", false, "found a cluster if there is no raft store yet")
	flags.StringVar(&s.clusterID, "cluster-id", "", "id of the cluster to found; random when empty")
	flags.StringVar(&s.caCert, "ca-cert", "", "CA certificate to put into the state of the cluster")
	flags.StringVar(&s.caKey, "ca-key", "", "its private key")
	flags.StringVar(&s.token, "token", "", "operator token to put into the state of the cluster, as SHA-256")
	flags.StringVar(&s.jacoVersion, "jaco-version", "0.0.1-dev", "version to write into archives")
	flags.BoolVar(&s.opaque, "opaque", false, "accept snapshots that are not an FSMSnapshot")
	flags.BoolVar(&s.duties, "duties", true, "publish oneself when coming to lead; without, a node leaves the state as it found it")
	flags.Uint64Var(&s.snapshotThreshold, "snapshot-threshold", 8192, "log entries between snapshots")
	flags.Uint64Var(&s.trailingLogs, "trailing-logs", 10240, "log entries kept behind a snapshot")
	flags.DurationVar(&s.snapshotInterval, "snapshot-interval", 2*time.Minute, "how often the threshold is looked at")
	flags.DurationVar(&s.electionTimeout, "election-timeout", 400*time.Millisecond, "election and heartbeat timeout")
	if err := flags.Parse(arguments); err != nil {
		return s, err
	}
	if s.dataDir == "" || s.protoDir == "" || s.id == "" {
		return s, errors.New("--data-dir, --proto-dir and --id are needed")
	}
	return s, nil
}

func (s settings) raftDir() string { return filepath.Join(s.dataDir, "raft") }
func (s settings) logPath() string { return filepath.Join(s.raftDir(), "log.db") }

// engine is the engine's own configuration with the timing and the thresholds that a test asks for.
func (s settings) engine() *raft.Config {
	config := raft.DefaultConfig()
	config.LocalID = raft.ServerID(s.id)
	config.HeartbeatTimeout = s.electionTimeout
	config.ElectionTimeout = s.electionTimeout
	config.LeaderLeaseTimeout = s.electionTimeout / 2
	config.CommitTimeout = 10 * time.Millisecond
	config.SnapshotThreshold = s.snapshotThreshold
	config.TrailingLogs = s.trailingLogs
	config.SnapshotInterval = s.snapshotInterval
	config.MaxAppendEntries = 512
	config.BatchApplyCh = true
	config.LogLevel = "INFO"
	return config
}
