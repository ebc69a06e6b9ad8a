package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"time"
)

// archiveMetadata is meta.json of schema 1, and of schema 2 for a sealed archive.
type archiveMetadata struct {
	SchemaVersion    int    `json:"schema_version"`
	ClusterID        string `json:"cluster_id"`
	SnapshotIndex    uint64 `json:"snapshot_index"`
	SnapshotTerm     uint64 `json:"snapshot_term"`
	JacoVersion      string `json:"jaco_version"`
	TakenAt          string `json:"taken_at"`
	LeaderAtSnapshot string `json:"leader_at_snapshot"`
}

// writeArchive writes an archive as the daemon sends it: gzip of a tar with meta.json, then snapshot.bin. Under a ring,
// snapshot is the envelope that the state machine made, and the archive binds it to its metadata.
func writeArchive(to io.Writer, metadata archiveMetadata, ring *keyring, snapshot io.Reader, sizeBytes int64) error {
	metadata.SchemaVersion = plainSchema
	if ring != nil {
		metadata.SchemaVersion = sealedSchema
	}
	encoded, err := json.MarshalIndent(metadata, "", "  ")
	if err != nil {
		return err
	}
	if ring != nil {
		inner, err := io.ReadAll(snapshot)
		if err != nil {
			return err
		}
		sealed := ring.seal(inner, forBackup(encoded))
		snapshot, sizeBytes = bytes.NewReader(sealed), int64(len(sealed))
	}
	compressed, err := gzip.NewWriterLevel(to, gzip.BestSpeed)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(compressed)
	modified := time.Now().Truncate(time.Second)
	header := tar.Header{Name: "meta.json", Mode: 0o600, Size: int64(len(encoded)), ModTime: modified}
	if err := archive.WriteHeader(&header); err != nil {
		return err
	}
	if _, err := archive.Write(encoded); err != nil {
		return err
	}
	header = tar.Header{Name: "snapshot.bin", Mode: 0o600, Size: sizeBytes, ModTime: modified}
	if err := archive.WriteHeader(&header); err != nil {
		return err
	}
	if _, err := io.Copy(archive, snapshot); err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return compressed.Close()
}
