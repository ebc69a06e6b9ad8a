package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"time"

	"github.com/hashicorp/raft"
	"google.golang.org/protobuf/reflect/protoreflect"
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
	if _, err := n.apply(n.command("cluster_init", n.clusterInit())); err != nil {
		return err
	}
	return n.publishSelf()
}

func (n *node) clusterInit() record {
	id := n.settings.clusterID
	if id == "" {
		random := make([]byte, 16)
		_, _ = rand.Read(random)
		id = hex.EncodeToString(random)
	}
	init := n.contract.make("ClusterInit").with("cluster_id", id).
		with("self_hostname", n.settings.id).with("self_address", string(n.transport.LocalAddr()))
	for field, path := range map[string]string{"ca_cert": n.settings.caCert, "ca_key": n.settings.caKey} {
		if content, err := os.ReadFile(path); err == nil {
			init.with(field, content)
		}
	}
	if n.settings.token != "" {
		secret := sha256.Sum256([]byte(n.settings.token))
		init.with("operator_token_hashed_secret", secret[:])
	}
	return init
}

func (n *node) awaitLeadership(patience time.Duration) error {
	for deadline := time.Now().Add(patience); n.raft.State() != raft.Leader; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("no leadership within %s", patience)
		}
	}
	return nil
}

// serveAsLeader does, each time this node comes to lead an initialized cluster, what the daemon does then. Like the
// daemon it publishes itself with a command that changes nothing where the state does not know its name, and reads no
// marker: what a restored cluster needs beyond that must stand in its log.
func (n *node) serveAsLeader() {
	for leads := range n.raft.LeaderCh() {
		n.settled.Store(false)
		if !leads || n.barrier() != nil {
			continue
		}
		if n.settings.duties && n.state.look().clusterID != "" {
			if err := n.publishSelf(); err != nil {
				fmt.Fprintf(os.Stderr, "peer: leader's duty: %v\n", err)
			}
		}
		n.settled.Store(true)
	}
}

func (n *node) publishSelf() error {
	known, ok := n.state.look().nodes[n.settings.id]
	if ok && known.text("grpc_address") == n.grpcAddress {
		return nil
	}
	update := n.contract.make("NodeUpdateSelf").with("hostname", n.settings.id).with("grpc_address", n.grpcAddress)
	_, err := n.apply(n.command("node_update_self", update))
	return err
}

// recordEvent is how the daemon records a backup: the event has neither a time nor an identity.
func (n *node) recordEvent(kind protoreflect.EnumNumber, payload map[string]string) error {
	event := n.contract.make("AuditEvent").with("type", kind).with("payload", payload)
	_, err := n.apply(n.command("audit_append", n.contract.make("AuditAppend").with("event", event)))
	return err
}
