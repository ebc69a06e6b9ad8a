package main

import (
	"encoding/json"
	"os"

	"github.com/hashicorp/raft"
)

// envelopesInput is what `peer envelopes` reads from standard input.
type envelopesInput struct {
	KeyFile string `json:"keyFile"`
	// Snapshots and Entries are places whose purposes are asked for.
	Snapshots []placeInput `json:"snapshots"`
	Entries   []entryInput `json:"entries"`
	Seal      []content    `json:"seal"`
	Open      []content    `json:"open"`
}

// placeInput is a snapshot with its name.
type placeInput struct {
	snapshotInput
	ID string `json:"id"`
}

// content is sealed or to be sealed for a purpose, both in base64.
type content struct {
	Purpose []byte `json:"purpose"`
	Bytes   []byte `json:"bytes"`
}

// envelopesOutput has the answers in the order of the questions.
type envelopesOutput struct {
	Proof            []byte   `json:"proof"`
	SnapshotPurposes []string `json:"snapshotPurposes"`
	EntryPurposes    []string `json:"entryPurposes"`
	Sealed           [][]byte `json:"sealed"`
	Opened           [][]byte `json:"opened"`
}

// envelopes is `peer envelopes`: JSON in, JSON out. An envelope that does not open is an error.
func envelopes([]string) error {
	var input envelopesInput
	if err := json.NewDecoder(os.Stdin).Decode(&input); err != nil {
		return err
	}
	ring, err := readKeyring(input.KeyFile, "")
	if err != nil {
		return err
	}
	output := envelopesOutput{ring.proof(), []string{}, []string{}, [][]byte{}, [][]byte{}}
	for _, place := range input.Snapshots {
		configuration, err := configurationOf(place.Servers)
		if err != nil {
			return err
		}
		output.SnapshotPurposes = append(output.SnapshotPurposes, forSnapshotFile(&raft.SnapshotMeta{
			Version: 1, ID: place.ID, Index: place.Index, Term: place.Term,
			Configuration: configuration, ConfigurationIndex: place.ConfigurationIndex,
		}))
	}
	for _, entry := range input.Entries {
		output.EntryPurposes = append(output.EntryPurposes, forLogEntry(entry.log()))
	}
	for _, plain := range input.Seal {
		output.Sealed = append(output.Sealed, ring.seal(plain.Bytes, string(plain.Purpose)))
	}
	for _, sealed := range input.Open {
		opened, err := ring.open(sealed.Bytes, string(sealed.Purpose))
		if err != nil {
			return err
		}
		output.Opened = append(output.Opened, append([]byte{}, opened...))
	}
	return printJSON(output)
}
