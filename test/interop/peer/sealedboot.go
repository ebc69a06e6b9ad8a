package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/crc64"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/hashicorp/raft"
	"go.etcd.io/bbolt"
)

// incompleteCopy marks a data directory whose offline copy has not ended.
const incompleteCopy = "state-copy.incomplete"

// checkSealed is `peer check-sealed -key-file <ring> <data directory>`: whether a newer daemon boots from it.
func checkSealed(arguments []string) error {
	flags := flag.NewFlagSet("check-sealed", flag.ContinueOnError)
	keyFile := flags.String("key-file", "", "the keyring")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	ring, err := readKeyring(*keyFile, flags.Arg(0))
	if err != nil {
		return err
	}
	return ring.requireBootable(flags.Arg(0))
}

// requireStart holds a data directory to what a newer daemon starts from: an empty raft directory where it is fresh.
func (r *keyring) requireStart(dataDir string, fresh bool) error {
	if fresh {
		return requireEntries(filepath.Join(dataDir, "raft"))
	}
	return r.requireBootable(dataDir)
}

// requireBootable holds a data directory with a raft store to all that a newer daemon asks for before it boots.
func (r *keyring) requireBootable(dataDir string) error {
	if _, err := os.Lstat(filepath.Join(dataDir, incompleteCopy)); !errors.Is(err, os.ErrNotExist) {
		return errors.Join(fmt.Errorf("%s: %s is there", dataDir, incompleteCopy), err)
	}
	raftDir := filepath.Join(dataDir, "raft")
	return errors.Join(
		requireEntries(raftDir, "log.db", "snapshots"),
		r.requireSealedLog(filepath.Join(raftDir, "log.db")),
		r.requireSealedSnapshots(filepath.Join(raftDir, "snapshots")),
	)
}

// requireEntries holds a directory to having exactly these names.
func requireEntries(directory string, wanted ...string) error {
	entries, err := os.ReadDir(directory)
	if err != nil {
		return err
	}
	names := []string{}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if !slices.Equal(names, wanted) {
		return fmt.Errorf("%s holds %q instead of %q", directory, names, wanted)
	}
	return nil
}

func (r *keyring) requireSealedLog(path string) error {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: 5 * time.Second})
	if err != nil {
		return err
	}
	defer db.Close()
	err = db.View(func(tx *bbolt.Tx) error {
		buckets := []string{}
		_ = tx.ForEach(func(name []byte, _ *bbolt.Bucket) error {
			buckets = append(buckets, string(name))
			return nil
		})
		if !slices.Equal(buckets, []string{"conf", "logs"}) {
			return fmt.Errorf("log.db has the buckets %q", buckets)
		}
		return r.requireFormat(tx.Bucket([]byte("conf")).Get(formatKey))
	})
	if err != nil {
		return err
	}
	return readLog(path, r, &raftDirectory{})
}

func (r *keyring) requireSealedSnapshots(directory string) error {
	entries, err := os.ReadDir(directory)
	for _, entry := range entries {
		if problem := r.requireSealedSnapshot(filepath.Join(directory, entry.Name())); problem != nil {
			err = errors.Join(err, fmt.Errorf("snapshot %s: %w", entry.Name(), problem))
		}
	}
	return err
}

func (r *keyring) requireSealedSnapshot(directory string) error {
	if err := requireEntries(directory, "meta.json", "state.bin"); err != nil {
		return err
	}
	text, textErr := os.ReadFile(filepath.Join(directory, "meta.json"))
	content, contentErr := os.ReadFile(filepath.Join(directory, "state.bin"))
	if err := errors.Join(textErr, contentErr); err != nil {
		return err
	}
	var meta struct {
		raft.SnapshotMeta
		CRC []byte
	}
	if err := json.Unmarshal(text, &meta); err != nil {
		return err
	}
	checksum := crc64.Checksum(content, crc64.MakeTable(crc64.ECMA))
	if meta.Size != int64(len(content)) || !bytes.Equal(meta.CRC, binary.BigEndian.AppendUint64(nil, checksum)) {
		return errors.New("size or CRC do not hold")
	}
	_, err := r.openStateFile(&meta.SnapshotMeta, content)
	return err
}

// openStateFile gives the state in a state.bin, out of both of its envelopes.
func (r *keyring) openStateFile(meta *raft.SnapshotMeta, content []byte) ([]byte, error) {
	inner, err := r.open(content, forSnapshotFile(meta))
	if err != nil {
		return nil, err
	}
	return r.open(inner, forSnapshot)
}
