package main

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Numbers of jaco.v1.
const (
	nodeUnspecified protoreflect.EnumNumber = 0
	nodeJoining     protoreflect.EnumNumber = 1
	nodeReady       protoreflect.EnumNumber = 2
	nodeIsolation   protoreflect.EnumNumber = 3

	auditApply            protoreflect.EnumNumber = 1
	auditNodeJoin         protoreflect.EnumNumber = 4
	auditNodeRemove       protoreflect.EnumNumber = 5
	auditIsolation        protoreflect.EnumNumber = 12
	auditBackupTaken      protoreflect.EnumNumber = 13
	auditRestoreCompleted protoreflect.EnumNumber = 14
)

// apply does to the state what the daemon's state machine does for a command, as far as this program knows them. What
// it does not know is an error, so that no test passes over it.
func (s *state) apply(command record, index uint64) error {
	kind := command.chosen("payload")
	if kind == "" {
		return fmt.Errorf("a command without a payload that is known: %v", command)
	}
	payload := command.message(kind)
	switch kind {
	case "batch":
		// Each child on its own, at the index of the whole.
		for _, child := range payload.list("children") {
			if err := s.apply(child, index); err != nil {
				return err
			}
		}
	case "audit_append":
		if payload.has("event") {
			s.append("audit_events", payload.message("event").with("raft_index", index))
		}
	case "cluster_init":
		s.begin(command, payload)
		s.tell(auditNodeJoin, command, index, map[string]string{"cluster_id": payload.text("cluster_id")})
	case "node_join":
		node := s.contract.make("Node").with("status", nodeJoining).copied(command, "ts", "joined_at")
		for _, name := range []string{"hostname", "address", "server_cert_fingerprint", "wireguard_pubkey", "grpc_address"} {
			node.copied(payload, name, name)
		}
		s.view.nodes[node.text("hostname")] = node
		s.tell(auditNodeJoin, command, index, map[string]string{"hostname": payload.text("hostname")})
	case "node_remove":
		s.remove(payload.text("hostname"))
		s.tell(auditNodeRemove, command, index, map[string]string{"hostname": payload.text("hostname")})
	case "node_status_update":
		s.change(payload.text("hostname"), func(node record) { updateStatus(node, payload, command) })
		if payload.enum("status") == nodeIsolation {
			s.tell(auditIsolation, command, index, map[string]string{"hostname": payload.text("hostname")})
		}
	case "node_update_self":
		s.change(payload.text("hostname"), func(node record) {
			for _, name := range []string{"wireguard_pubkey", "grpc_address"} {
				if payload.has(name) {
					node.copied(payload, name, name)
				}
			}
		})
	default:
		return fmt.Errorf("a command of the kind %s", kind)
	}
	return nil
}

// begin is how a cluster comes to be: its record, its first token, its first node.
func (s *state) begin(command, init record) {
	cluster := s.contract.make("ClusterMeta").copied(command, "ts", "created_at")
	for _, name := range []string{"cluster_id", "ca_cert", "ca_key"} {
		cluster.copied(init, name, name)
	}
	s.append("cluster", cluster)
	if init.has("operator_token_hashed_secret") {
		token := s.contract.make("Token").with("identity", "bootstrap").copied(command, "ts", "issued_at")
		s.append("tokens", token.copied(init, "operator_token_hashed_secret", "hashed_secret"))
	}
	if name := init.text("self_hostname"); name != "" {
		s.view.nodes[name] = s.contract.make("Node").with("hostname", name).with("address", init.text("self_address")).
			with("status", nodeReady).copied(command, "ts", "joined_at")
	}
}

func updateStatus(node, update, command record) {
	if update.enum("status") != nodeUnspecified {
		node.with("status", update.enum("status"))
		node.Clear(node.field("status_details"))
		node.with("status_details", update.texts("details"))
	}
	if update.Get(update.field("include_pressure")).Bool() {
		node.copied(update, "cpu_pressure", "cpu_pressure").copied(update, "memory_pressure", "memory_pressure")
		node.copied(command, "ts", "last_pressure_at")
	}
}

// remove takes a node out, and frees the subnets of its containers.
func (s *state) remove(hostname string) {
	delete(s.view.nodes, hostname)
	subnets := s.contract.stateField("subnets")
	s.rest = withoutRecords(s.rest, func(field protowire.Number, element []byte) bool {
		if field != subnets {
			return false
		}
		subnet, err := s.contract.parse("Subnet", element)
		return err == nil && subnet.text("host") == hostname
	})
}

// change gives a node a new record; where the state knows none of that name nothing happens.
func (s *state) change(hostname string, how func(node record)) {
	known, ok := s.view.nodes[hostname]
	if !ok {
		return
	}
	// Whoever looks at the state keeps the record that was.
	node := record{proto.Clone(known.Interface()).ProtoReflect()}
	how(node)
	s.view.nodes[hostname] = node
}

// tell adds the event that a command brings with it.
func (s *state) tell(kind protoreflect.EnumNumber, command record, index uint64, payload map[string]string) {
	s.append("audit_events", s.contract.make("AuditEvent").with("type", kind).with("raft_index", index).
		with("identity", command.text("identity")).with("payload", payload).copied(command, "ts", "ts"))
}

func (s *state) append(field string, element record) {
	piece := s.contract.fragment(field, element)
	s.rest = append(s.rest, piece.encode()...)
	s.view.merge(piece)
}
