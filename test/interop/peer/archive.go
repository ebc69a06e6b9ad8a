package main

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"io"
	"time"
)

// archiveMetadata is meta.json of schema 1.
type archiveMetadata struct {
	SchemaVersion    int    `json:"schema_version"`
	ClusterID        string `json:"cluster_id"`
	SnapshotIndex    uint64 `json:"snapshot_index"`
	SnapshotTerm     uint64 `json:"snapshot_term"`
	JacoVersion      string `json:"jaco_version"`
	TakenAt          string `json:"taken_at"`
	LeaderAtSnapshot string `json:"leader_at_snapshot"`
}

// writeArchive writes an archive as the daemon sends it: gzip of a tar with meta.json, then snapshot.bin.
func writeArchive(to io.Writer, metadata archiveMetadata, snapshot io.Reader, sizeBytes int64) error {
	encoded, err := json.MarshalIndent(metadata, "", "  ")
	if err != nil {
		return err
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
