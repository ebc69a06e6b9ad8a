package main

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

// archiveReport is what is in an archive, read with Go's own tar, gzip and JSON.
type archiveReport struct {
	ClusterID        string    `json:"clusterId"`
	SnapshotIndex    uint64    `json:"snapshotIndex,string"`
	SnapshotTerm     uint64    `json:"snapshotTerm,string"`
	LeaderAtSnapshot string    `json:"leaderAtSnapshot"`
	JacoVersion      string    `json:"jacoVersion"`
	TakenAt          string    `json:"takenAt"`
	State            stateDump `json:"state"`
}

// archiveReading is the report with the digest by which states are compared however they are encoded.
type archiveReading struct {
	archiveReport
	CanonicalDigest string `json:"canonicalDigest"`
}

// readArchive is `peer read-archive --proto-dir <dir> [--key-file <ring>] <file>`.
func readArchive(arguments []string) error {
	flags := flag.NewFlagSet("read-archive", flag.ContinueOnError)
	protoDir := flags.String("proto-dir", "", "where jaco/v1/*.proto are")
	snapshotOut := flags.String("snapshot-out", "", "also write snapshot.bin here")
	keyFile := flags.String("key-file", "", "the keyring that the archive is sealed with")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	contract, contractErr := loadContract(*protoDir)
	ring, ringErr := keyringIn(*keyFile, "")
	if err := errors.Join(contractErr, ringErr); err != nil {
		return err
	}
	entries, err := readEntries(flags.Arg(0))
	if err == nil {
		err = contract.openArchive(entries, ring)
	}
	if err != nil {
		return err
	}
	if *snapshotOut != "" {
		if err := os.WriteFile(*snapshotOut, entries["snapshot.bin"], 0o600); err != nil {
			return err
		}
	}
	report, err := contract.report(entries)
	if err != nil {
		return err
	}
	canonical, err := contract.canonicalDigest(entries["snapshot.bin"])
	if err != nil {
		return err
	}
	return printJSON(archiveReading{report, canonical})
}

func readEntries(path string) (map[string][]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	entries := map[string][]byte{}
	for archive := tar.NewReader(plain); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		if entries[header.Name], err = io.ReadAll(archive); err != nil {
			return nil, err
		}
	}
	if len(entries) != 2 || entries["meta.json"] == nil || entries["snapshot.bin"] == nil {
		return nil, fmt.Errorf("%s does not hold exactly meta.json and snapshot.bin", path)
	}
	// What is behind the tar must still be sound gzip.
	_, err = io.Copy(io.Discard, plain)
	return entries, err
}

func (c *contract) report(entries map[string][]byte) (archiveReport, error) {
	var metadata archiveMetadata
	if err := json.Unmarshal(entries["meta.json"], &metadata); err != nil {
		return archiveReport{}, err
	}
	content := newState(c, nil, false)
	if err := content.load(entries["snapshot.bin"]); err != nil {
		return archiveReport{}, err
	}
	state := content.dump()
	// Of the archive's own bytes, whatever their order.
	state.Digest, state.SizeBytes = digest(entries["snapshot.bin"]), len(entries["snapshot.bin"])
	return archiveReport{
		ClusterID:        metadata.ClusterID,
		SnapshotIndex:    metadata.SnapshotIndex,
		SnapshotTerm:     metadata.SnapshotTerm,
		LeaderAtSnapshot: metadata.LeaderAtSnapshot,
		JacoVersion:      metadata.JacoVersion,
		TakenAt:          metadata.TakenAt,
		State:            state,
	}, nil
}
