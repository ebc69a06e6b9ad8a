package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// plainSchema and sealedSchema are the two kinds of archives.
const (
	plainSchema  = 1
	sealedSchema = 2
)

// openArchive puts the plain state of a sealed archive in the place of its snapshot.bin. Without a ring the archive must
// be a plain one.
func (c *contract) openArchive(entries map[string][]byte, ring *keyring) error {
	var metadata archiveMetadata
	if ring == nil {
		if err := json.Unmarshal(entries["meta.json"], &metadata); err != nil {
			return err
		}
		return requireSchema(metadata, plainSchema)
	}
	if err := decodeStrictly(entries["meta.json"], &metadata); err != nil {
		return fmt.Errorf("meta.json: %w", err)
	}
	if err := requireSchema(metadata, sealedSchema); err != nil {
		return err
	}
	inner, err := ring.open(entries["snapshot.bin"], forBackup(entries["meta.json"]))
	if err != nil {
		return fmt.Errorf("snapshot.bin: %w", err)
	}
	state, err := ring.open(inner, forSnapshot)
	if err != nil {
		return fmt.Errorf("the snapshot in snapshot.bin: %w", err)
	}
	entries["snapshot.bin"] = state
	return c.requireAgreement(metadata, state)
}

func requireSchema(metadata archiveMetadata, wanted int) error {
	if metadata.SchemaVersion != wanted {
		return fmt.Errorf("an archive of schema %d where one of schema %d is wanted", metadata.SchemaVersion, wanted)
	}
	return nil
}

// requireAgreement holds the state to its metadata, as a newer daemon does before it takes either.
func (c *contract) requireAgreement(metadata archiveMetadata, state []byte) error {
	for _, number := range []uint64{metadata.SnapshotIndex, metadata.SnapshotTerm} {
		if number == 0 || number == math.MaxUint64 {
			return fmt.Errorf("an index or a term of %d", number)
		}
	}
	whole, err := c.parse("FSMSnapshot", state)
	if err != nil {
		return err
	}
	if id := whole.message("cluster").text("cluster_id"); id != metadata.ClusterID {
		return fmt.Errorf("the state is of the cluster %q, and the metadata of %q", id, metadata.ClusterID)
	}
	if len(whole.GetUnknown()) > 0 {
		return errors.New("the state has fields that are not known")
	}
	return nil
}
