package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/raft"
)

// archive keeps a backup of the node as it is sent, with what is in it.
func (g golden) archive(n *node) error {
	meta, snapshot, err := n.freshSnapshot()
	if err != nil {
		return err
	}
	defer snapshot.Close()
	directory := filepath.Join(g.out, "archive")
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return err
	}
	path := filepath.Join(directory, "cluster.tar.gz")
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	err = writeArchive(file, n.describeSnapshot(meta), nil, snapshot, meta.Size)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	entries, err := readEntries(path)
	if err != nil {
		return err
	}
	report, err := n.contract.report(entries)
	if err != nil {
		return err
	}
	return writeJSON(filepath.Join(directory, "expected.json"), report)
}

// vectors keeps inputs beside the engine's encodings of them.
func (g golden) vectors() error {
	input := encodeInput{
		Checksums: [][]byte{{}, {0}, []byte("123456789"), bytes.Repeat([]byte{0xff}, 31), noise(100)},
	}
	// The lengths lie on both sides of 32 and 256 bytes, where MessagePack changes how it writes a length.
	for _, address := range []string{
		"a:1", "10.0.0.7:7001", "[2001:db8::1]:7001",
		nameOf(26) + ":7001", nameOf(27) + ":7001", nameOf(250) + ":7001", nameOf(251) + ":7001",
	} {
		input.Snapshots = append(input.Snapshots, snapshotInput{
			Index: 1000, Term: 7, ConfigurationIndex: 1, State: []byte(address), Servers: []server{{"node.example", address, "Voter"}},
		})
	}
	input.Snapshots = append(input.Snapshots,
		snapshotInput{Index: 1<<64 - 1, Term: 1 << 63, ConfigurationIndex: 1, State: []byte{}, Servers: []server{{"node", "10.0.0.7:7001", "Voter"}}},
		snapshotInput{Index: 1<<53 + 1, Term: 1<<53 + 3, ConfigurationIndex: 1<<53 + 5, State: []byte{1}, Servers: []server{
			{"a", "10.0.0.1:7001", "Voter"}, {"b", "10.0.0.2:7001", "Nonvoter"}, {"c", "10.0.0.3:7001", "Voter"},
		}},
	)
	input.LogEntries = sampleEntries()
	output, err := encodeAll(input)
	if err != nil {
		return err
	}
	return writeJSON(filepath.Join(g.out, "vectors.json"), struct {
		Input  encodeInput  `json:"input"`
		Output encodeOutput `json:"output"`
	}{input, output})
}

// sampleEntries lie on both sides of every length and number at which MessagePack changes its form.
func sampleEntries() []entryInput {
	const at = 1_700_000_000_123_456_789
	entries := []entryInput{
		{Index: 1, Term: 1, Type: uint8(raft.LogNoop), AppendedAt: at},
		{Index: 2, Term: 1, Type: uint8(raft.LogCommand)},
		{Index: 3, Term: 1, Type: uint8(raft.LogCommand), Data: []byte{}, Extensions: []byte{}, AppendedAt: at},
		{Index: 4, Term: 1, Type: uint8(raft.LogCommand), Data: []byte("d"), Extensions: []byte("e"), AppendedAt: at},
		{Index: 5, Term: 1, Type: uint8(raft.LogCommand), Data: []byte("d"), AppendedAt: at, ZoneSeconds: 2 * 3600},
		{Index: 6, Term: 1, Type: uint8(raft.LogCommand), Data: []byte("d"), AppendedAt: at, ZoneSeconds: -1234},
		{Index: 7, Term: 1, Type: uint8(raft.LogConfiguration), Data: raft.EncodeConfiguration(raft.Configuration{}), AppendedAt: at},
	}
	for _, number := range []uint64{127, 128, 255, 256, 1<<16 - 1, 1 << 16, 1<<32 - 1, 1 << 32, 1<<53 + 1, 1<<64 - 1} {
		entries = append(entries, entryInput{Index: number, Term: number, Data: []byte{1}, AppendedAt: at})
	}
	for i, length := range []int{31, 32, 255, 256} {
		entries = append(entries, entryInput{Index: uint64(1000 + i), Term: 9, Data: make([]byte, length), AppendedAt: at})
	}
	return entries
}

func nameOf(length int) string {
	return strings.Repeat("n", length)
}
