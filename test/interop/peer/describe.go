package main

import (
	"encoding/json"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
)

// raftDirectory is what the engine's own stores read from a raft directory. Under a ring the digests are of what is in the
// envelopes.
type raftDirectory struct {
	// CurrentTerm and LastVoteTerm are absent where the key is.
	CurrentTerm  *uint64 `json:"currentTerm,string"`
	LastVoteTerm *uint64 `json:"lastVoteTerm,string"`
	LastVoteCand string  `json:"lastVoteCand"`
	FirstIndex   uint64  `json:"firstIndex,string"`
	LastIndex    uint64  `json:"lastIndex,string"`
	LastLogTerm  uint64  `json:"lastLogTerm,string"`
	Entries      int     `json:"entries"`
	// LogDigest is the SHA-256 of all entries in the form of hashEntry.
	LogDigest string          `json:"logDigest"`
	Snapshots []snapshotEntry `json:"snapshots"`
}

// snapshotEntry is one snapshot as the engine's store lists it.
type snapshotEntry struct {
	ID                 string   `json:"id"`
	Index              uint64   `json:"index,string"`
	Term               uint64   `json:"term,string"`
	ConfigurationIndex uint64   `json:"configurationIndex,string"`
	SizeBytes          int64    `json:"sizeBytes,string"`
	Servers            []server `json:"servers"`
	// Opens tells that the store could open it, which means that its checksum holds, and Digest is of what it then gave.
	Opens  bool   `json:"opens"`
	Digest string `json:"digest"`
}

// server is one member of a raft configuration.
type server struct {
	ID       string `json:"id"`
	Address  string `json:"address"`
	Suffrage string `json:"suffrage"`
}

// describe is `peer describe [-key-file <ring>] <raft directory>`.
func describe(arguments []string) error {
	flags := flag.NewFlagSet("describe", flag.ContinueOnError)
	keyFile := flags.String("key-file", "", "the keyring that the directory is sealed with")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	ring, err := keyringIn(*keyFile, flags.Arg(0))
	if err != nil {
		return err
	}
	found, err := readRaftDirectory(flags.Arg(0), ring)
	if err != nil {
		return err
	}
	return printJSON(found)
}

func readRaftDirectory(path string, ring *keyring) (raftDirectory, error) {
	found := raftDirectory{Snapshots: []snapshotEntry{}}
	if err := readLog(filepath.Join(path, "log.db"), ring, &found); err != nil {
		return found, err
	}
	store, err := raft.NewFileSnapshotStoreWithLogger(path, math.MaxInt32, hclog.NewNullLogger())
	if err != nil {
		return found, err
	}
	list, err := store.List()
	if err != nil {
		return found, err
	}
	for _, meta := range list {
		entry := describeMeta(meta)
		if _, content, err := store.Open(meta.ID); err == nil {
			data, err := io.ReadAll(content)
			if err == nil && ring != nil {
				data, err = ring.openStateFile(meta, data)
			}
			if entry.Opens = err == nil; entry.Opens {
				entry.Digest = digest(data)
			}
			content.Close()
		}
		found.Snapshots = append(found.Snapshots, entry)
	}
	return found, nil
}

func describeMetas(list []*raft.SnapshotMeta) []snapshotEntry {
	entries := make([]snapshotEntry, 0, len(list))
	for _, meta := range list {
		entries = append(entries, describeMeta(meta))
	}
	return entries
}

func describeMeta(meta *raft.SnapshotMeta) snapshotEntry {
	return snapshotEntry{
		ID: meta.ID, Index: meta.Index, Term: meta.Term, ConfigurationIndex: meta.ConfigurationIndex,
		SizeBytes: meta.Size, Servers: describeServers(meta.Configuration),
	}
}

func describeServers(configuration raft.Configuration) []server {
	servers := make([]server, 0, len(configuration.Servers))
	for _, s := range configuration.Servers {
		servers = append(servers, server{string(s.ID), string(s.Address), s.Suffrage.String()})
	}
	return servers
}

func printJSON(value any) error {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
