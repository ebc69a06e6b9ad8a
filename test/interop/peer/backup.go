package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/hashicorp/raft"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
)

// chunkBytes is where the daemon cuts the archive.
const chunkBytes = 64 * 1024

// backup answers Cluster.Backup: a fresh snapshot of the engine, read back from its snapshot store and sent as a
// finished archive while it is made.
func (n *node) backup(_ record, stream grpc.ServerStream) error {
	configuration := n.raft.GetConfiguration()
	if err := configuration.Error(); err != nil {
		return n.contract.refuse(codes.Unavailable, "raft_unavailable", err.Error())
	}
	if len(configuration.Configuration().Servers) == 0 {
		return n.contract.refuse(codes.FailedPrecondition, "no_cluster", "this node belongs to no cluster")
	}
	if n.raft.State() != raft.Leader {
		return n.contract.refuse(codes.Unavailable, "no_leader", "backup requires leader")
	}
	meta, snapshot, err := n.freshSnapshot()
	if err != nil {
		return n.contract.refuse(codes.Internal, "backup_failed", err.Error())
	}
	defer snapshot.Close()
	chunks := bufio.NewWriterSize(chunkSender{n.contract, stream}, chunkBytes)
	err = writeArchive(chunks, n.describeSnapshot(meta), n.ring, snapshot, meta.Size)
	if err = errors.Join(err, chunks.Flush()); err != nil {
		return n.contract.refuse(codes.Internal, "backup_failed", err.Error())
	}
	payload := map[string]string{"snapshot_index": strconv.FormatUint(meta.Index, 10)}
	if err := n.recordEvent(auditBackupTaken, payload); err != nil {
		fmt.Fprintf(os.Stderr, "peer: backup was sent but not recorded: %v\n", err)
	}
	return nil
}

// freshSnapshot takes a snapshot now; where nothing was applied since the last one, that one is the state.
func (n *node) freshSnapshot() (*raft.SnapshotMeta, io.ReadCloser, error) {
	future := n.raft.Snapshot()
	err := future.Error()
	if err == nil {
		return future.Open()
	}
	if !errors.Is(err, raft.ErrNothingNewToSnapshot) {
		return nil, nil, err
	}
	list, err := n.snapshots.List()
	if err != nil || len(list) == 0 {
		return nil, nil, errors.Join(errors.New("there is no snapshot"), err)
	}
	return n.snapshots.Open(list[0].ID)
}

func (n *node) describeSnapshot(meta *raft.SnapshotMeta) archiveMetadata {
	leader, _ := n.raft.LeaderWithID()
	return archiveMetadata{
		ClusterID:        n.state.look().clusterID,
		SnapshotIndex:    meta.Index,
		SnapshotTerm:     meta.Term,
		JacoVersion:      n.settings.jacoVersion,
		TakenAt:          time.Now().UTC().Format(time.RFC3339),
		LeaderAtSnapshot: string(leader),
	}
}

// chunkSender sends what is written to it as BackupChunk messages of at most chunkBytes.
type chunkSender struct {
	contract *contract
	stream   grpc.ServerStream
}

func (c chunkSender) Write(data []byte) (int, error) {
	for sent := 0; sent < len(data); {
		end := min(sent+chunkBytes, len(data))
		chunk := c.contract.make("BackupChunk").with("data", data[sent:end])
		if err := c.stream.SendMsg(chunk.Interface()); err != nil {
			return sent, err
		}
		sent = end
	}
	return len(data), nil
}
