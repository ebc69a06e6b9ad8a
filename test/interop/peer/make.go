package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	raftboltdb "github.com/hashicorp/raft-boltdb/v2"
)

// makeStore is `peer make-store`: a raft directory with one snapshot and a term, written by the engine's own stores.
func makeStore(arguments []string) error {
	flags := flag.NewFlagSet("make-store", flag.ContinueOnError)
	var snapshot snapshotInput
	raftDir := flags.String("raft-dir", "", "where to write")
	flags.Uint64Var(&snapshot.Index, "index", 1, "snapshot index")
	flags.Uint64Var(&snapshot.Term, "term", 1, "snapshot term")
	flags.Uint64Var(&snapshot.ConfigurationIndex, "configuration-index", 1, "index of the configuration")
	id := flags.String("id", "node", "the voter's id")
	address := flags.String("address", "127.0.0.1:7001", "the voter's address")
	stateFile := flags.String("state", "", "file with the snapshot's state")
	currentTerm := flags.Uint64("current-term", 0, "CurrentTerm; 0 leaves it out")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	content, err := os.ReadFile(*stateFile)
	if err != nil {
		return err
	}
	snapshot.State = content
	snapshot.Servers = []server{{*id, *address, "Voter"}}
	return seedStore(*raftDir, snapshot, *currentTerm)
}

func seedStore(raftDir string, snapshot snapshotInput, currentTerm uint64) error {
	if _, err := storeSnapshot(raftDir, snapshot); err != nil {
		return err
	}
	log, err := raftboltdb.NewBoltStore(filepath.Join(raftDir, "log.db"))
	if err != nil {
		return err
	}
	if currentTerm > 0 {
		err = log.SetUint64([]byte("CurrentTerm"), currentTerm)
	}
	return errors.Join(err, log.Close())
}

// makeArchive is `peer make-archive`: an archive as a daemon would send it, of a cluster that need not exist.
func makeArchive(arguments []string) error {
	flags := flag.NewFlagSet("make-archive", flag.ContinueOnError)
	metadata := archiveMetadata{TakenAt: time.Now().UTC().Format(time.RFC3339), LeaderAtSnapshot: "127.0.0.1:7001"}
	protoDir := flags.String("proto-dir", "", "where jaco/v1/*.proto are")
	out := flags.String("out", "", "the archive to write")
	flags.StringVar(&metadata.ClusterID, "cluster-id", "made-up", "cluster id")
	flags.Uint64Var(&metadata.SnapshotIndex, "index", 1, "snapshot index")
	flags.Uint64Var(&metadata.SnapshotTerm, "term", 1, "snapshot term")
	flags.StringVar(&metadata.JacoVersion, "jaco-version", "0.0.1-dev", "version of the daemon")
	sizeBytes := flags.Int("state-bytes", 0, "exact size of the state; 0 leaves it as small as it is")
	keyFile := flags.String("key-file", "", "keyring: the archive is sealed")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	contract, contractErr := loadContract(*protoDir)
	ring, ringErr := keyringIn(*keyFile, "")
	if err := errors.Join(contractErr, ringErr); err != nil {
		return err
	}
	content, err := contract.sampleState(metadata.ClusterID, *sizeBytes)
	if err != nil {
		return err
	}
	if ring != nil {
		content = ring.seal(content, forSnapshot)
	}
	file, err := os.Create(*out)
	if err != nil {
		return err
	}
	err = writeArchive(file, metadata, ring, bytes.NewReader(content), int64(len(content)))
	return errors.Join(err, file.Close())
}

// sampleState is the state of a cluster with one deployment, of exactly sizeBytes bytes when that is not 0.
func (c *contract) sampleState(clusterID string, sizeBytes int) ([]byte, error) {
	cluster := c.fragment("cluster", c.make("ClusterMeta").with("cluster_id", clusterID)).encode()
	of := func(filler []byte, name string) []byte {
		deployment := c.make("Deployment").with("name", name).with("applied_revision", uint64(1))
		return append(bytes.Clone(cluster), c.fragment("deployments", deployment.with("jaco_yaml", filler)).encode()...)
	}
	if sizeBytes == 0 {
		return of(nil, "write-1"), nil
	}
	filler := noise(sizeBytes)
	// Lengths are encoded in one to five bytes, so the filler is found by trying; where a length grows by a byte the
	// wanted size may fall between two fillers, and a longer name then closes the gap.
	for _, name := range []string{"write-1", "write-01"} {
		for overhead := len(of(nil, name)); overhead < len(of(nil, name))+16 && overhead <= sizeBytes; overhead++ {
			if content := of(filler[:sizeBytes-overhead], name); len(content) == sizeBytes {
				return content, nil
			}
		}
	}
	return nil, fmt.Errorf("no state has exactly %d bytes", sizeBytes)
}
