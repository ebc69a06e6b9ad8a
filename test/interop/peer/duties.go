package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/raft"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Numbers of jaco.v1 that this program writes itself.
const (
	nodeReady             protoreflect.EnumNumber = 2
	deploymentActive      protoreflect.EnumNumber = 2
	auditBackupTaken      protoreflect.EnumNumber = 13
	auditRestoreCompleted protoreflect.EnumNumber = 14
)

// found makes this node the single voter of a new cluster and writes the cluster's own records.
func (n *node) found() error {
	self := raft.Server{ID: raft.ServerID(n.settings.id), Address: n.transport.LocalAddr()}
	if err := n.raft.BootstrapCluster(raft.Configuration{Servers: []raft.Server{self}}).Error(); err != nil {
		return fmt.Errorf("founding the cluster: %w", err)
	}
	if err := n.awaitLeadership(30 * time.Second); err != nil {
		return err
	}
	if err := n.barrier(); err != nil {
		return err
	}
	if _, err := n.apply(n.foundingRecords()); err != nil {
		return err
	}
	return n.recordSelf()
}

func (n *node) foundingRecords() record {
	id := n.settings.clusterID
	if id == "" {
		random := make([]byte, 16)
		_, _ = rand.Read(random)
		id = hex.EncodeToString(random)
	}
	cluster := n.contract.make("ClusterMeta").with("cluster_id", id).with("created_at", time.Now())
	for field, path := range map[string]string{"ca_cert": n.settings.caCert, "ca_key": n.settings.caKey} {
		if content, err := os.ReadFile(path); err == nil {
			cluster.with(field, content)
		}
	}
	records := n.contract.fragment("cluster", cluster)
	if n.settings.token != "" {
		secret := sha256.Sum256([]byte(n.settings.token))
		records.with("tokens", []record{n.contract.make("Token").
			with("identity", "operator").with("hashed_secret", secret[:]).with("issued_at", time.Now())})
	}
	return records
}

func (n *node) awaitLeadership(patience time.Duration) error {
	for deadline := time.Now().Add(patience); n.raft.State() != raft.Leader; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("no leadership within %s", patience)
		}
	}
	return nil
}

// serveAsLeader does, each time this node comes to lead an initialized cluster, what the daemon does then: it keeps
// its own record current and, on the first boot after a restore, writes RESTORE_COMPLETED.
func (n *node) serveAsLeader() {
	for leads := range n.raft.LeaderCh() {
		n.settled.Store(false)
		if !leads || n.barrier() != nil {
			continue
		}
		if n.settings.duties && n.state.look().clusterID != "" {
			for _, duty := range []func() error{n.recordSelf, n.recordRestore} {
				if err := duty(); err != nil {
					fmt.Fprintf(os.Stderr, "peer: leader's duty: %v\n", err)
				}
			}
		}
		n.settled.Store(true)
	}
}

func (n *node) recordSelf() error {
	address := string(n.transport.LocalAddr())
	known, ok := n.state.look().nodes[n.settings.id]
	if ok && known.text("address") == address && known.text("grpc_address") == n.grpcAddress {
		return nil
	}
	_, err := n.apply(n.nodeRecord(n.settings.id, address, n.grpcAddress))
	return err
}

func (n *node) nodeRecord(hostname, address, grpcAddress string) record {
	return n.contract.fragment("nodes", n.contract.make("Node").with("hostname", hostname).with("address", address).
		with("grpc_address", grpcAddress).with("status", nodeReady).with("joined_at", time.Now()))
}

// recordRestore tells the audit log of the restore that the marker describes, unless the log has it already.
func (n *node) recordRestore() error {
	content, err := os.ReadFile(n.settings.markerPath())
	if os.IsNotExist(err) {
		return nil
	} else if err != nil {
		return err
	}
	marker := parseMarker(string(content))
	seen := n.state.look()
	if marker["cluster_id"] != seen.clusterID {
		return fmt.Errorf("the marker is of cluster %q, the state of %q", marker["cluster_id"], seen.clusterID)
	}
	for _, event := range seen.audit {
		payload := event.texts("payload")
		if event.enum("type") == auditRestoreCompleted && payload["imported_at"] == marker["imported_at"] {
			return nil
		}
	}
	return n.recordEvent(auditRestoreCompleted, marker)
}

func (n *node) recordEvent(kind protoreflect.EnumNumber, payload map[string]string) error {
	_, err := n.apply(n.contract.fragment("audit_events", n.contract.make("AuditEvent").
		with("type", kind).with("identity", n.settings.id).with("ts", time.Now()).with("payload", payload)))
	return err
}

func parseMarker(content string) map[string]string {
	marker := map[string]string{}
	for _, line := range strings.Split(content, "\n") {
		if key, value, found := strings.Cut(line, "="); found {
			marker[key] = value
		}
	}
	return marker
}
