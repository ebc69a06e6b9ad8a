package main

import (
	"encoding/json"
	"fmt"
	"hash/crc64"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
)

// encodeInput is what `peer encode` reads from standard input.
type encodeInput struct {
	// Checksums are byte strings whose CRC-64 is asked for.
	Checksums  [][]byte        `json:"checksums"`
	Snapshots  []snapshotInput `json:"snapshots"`
	LogEntries []entryInput    `json:"logEntries"`
	// NewTimeFormat stores the entries with the option of raft-boltdb that writes times as msgpack timestamps.
	NewTimeFormat bool `json:"newTimeFormat,omitempty"`
}

// snapshotInput is everything that a snapshot store is told of a snapshot.
type snapshotInput struct {
	Index              uint64   `json:"index,string"`
	Term               uint64   `json:"term,string"`
	ConfigurationIndex uint64   `json:"configurationIndex,string"`
	Servers            []server `json:"servers"`
	State              []byte   `json:"state"`
}

// encodeOutput holds the engine's own encodings, in the order of the input.
type encodeOutput struct {
	Checksums []string       `json:"checksums"`
	Snapshots []snapshotText `json:"snapshots"`
	// LogEntries are the values that raft-boltdb put into its bucket.
	LogEntries [][]byte `json:"logEntries"`
}

// snapshotText is a snapshot as the engine's store wrote it: the name that it chose and its meta.json to the byte.
type snapshotText struct {
	ID       string `json:"id"`
	MetaJSON string `json:"metaJson"`
}

// encode is `peer encode`: JSON in, JSON out.
func encode([]string) error {
	var input encodeInput
	if err := json.NewDecoder(os.Stdin).Decode(&input); err != nil {
		return err
	}
	output, err := encodeAll(input)
	if err != nil {
		return err
	}
	return printJSON(output)
}

func encodeAll(input encodeInput) (encodeOutput, error) {
	output := encodeOutput{Checksums: []string{}, Snapshots: []snapshotText{}}
	for _, data := range input.Checksums {
		output.Checksums = append(output.Checksums, fmt.Sprintf("%016x", crc64.Checksum(data, crc64.MakeTable(crc64.ECMA))))
	}
	directory, err := os.MkdirTemp("", "peer-encode-")
	if err != nil {
		return output, err
	}
	defer os.RemoveAll(directory)
	for position, snapshot := range input.Snapshots {
		// The store names a snapshot after the millisecond: two of one term and index in the same one would collide.
		raftDir := filepath.Join(directory, strconv.Itoa(position))
		id, err := storeSnapshot(raftDir, snapshot)
		if err != nil {
			return output, err
		}
		text, err := os.ReadFile(filepath.Join(raftDir, "snapshots", id, "meta.json"))
		if err != nil {
			return output, err
		}
		output.Snapshots = append(output.Snapshots, snapshotText{id, string(text)})
	}
	output.LogEntries, err = storedEntries(filepath.Join(directory, "log.db"), input.LogEntries, input.NewTimeFormat)
	return output, err
}

// storeSnapshot writes one snapshot with the engine's own store, and tells the name it got.
func storeSnapshot(raftDir string, snapshot snapshotInput) (string, error) {
	store, err := raft.NewFileSnapshotStoreWithLogger(raftDir, 1000, hclog.NewNullLogger())
	if err != nil {
		return "", err
	}
	// The store asks the transport how an address is written into Peers.
	transport, err := raft.NewTCPTransport("127.0.0.1:0", nil, 1, 0, io.Discard)
	if err != nil {
		return "", err
	}
	defer transport.Close()
	configuration, err := configurationOf(snapshot.Servers)
	if err != nil {
		return "", err
	}
	sink, err := store.Create(1, snapshot.Index, snapshot.Term, configuration, snapshot.ConfigurationIndex, transport)
	if err != nil {
		return "", err
	}
	if _, err := sink.Write(snapshot.State); err != nil {
		return "", err
	}
	return sink.ID(), sink.Close()
}

func configurationOf(servers []server) (raft.Configuration, error) {
	var configuration raft.Configuration
	for _, s := range servers {
		suffrage, known := map[string]raft.ServerSuffrage{"Voter": raft.Voter, "Nonvoter": raft.Nonvoter}[s.Suffrage]
		if !known {
			return configuration, fmt.Errorf("suffrage %q", s.Suffrage)
		}
		configuration.Servers = append(configuration.Servers, raft.Server{
			Suffrage: suffrage, ID: raft.ServerID(s.ID), Address: raft.ServerAddress(s.Address),
		})
	}
	return configuration, nil
}
