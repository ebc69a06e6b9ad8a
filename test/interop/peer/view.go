package main

import (
	"maps"
	"slices"
)

// view is what the node itself needs to know of the state, kept up to date while commands are merged.
type view struct {
	clusterID string
	// writes are the test writes in the order in which they were applied, and the deployments of a made-up archive.
	writes []write
	nodes  map[string]record
	tokens []record
	// audit has all other events.
	audit []record
}

// write is one test write and the raft index at which it was applied.
type write struct {
	Name  string `json:"name"`
	Index uint64 `json:"index,string"`
}

func newView() view {
	return view{nodes: map[string]record{}}
}

// merge takes a piece of the state in; of two nodes with one hostname the later counts.
func (v *view) merge(piece record) {
	if piece.has("cluster") {
		v.clusterID = record{piece.Get(piece.field("cluster")).Message()}.text("cluster_id")
	}
	for _, deployment := range piece.list("deployments") {
		v.writes = append(v.writes, write{deployment.text("name"), deployment.number("applied_revision")})
	}
	for _, event := range piece.list("audit_events") {
		if event.enum("type") == auditApply {
			v.writes = append(v.writes, write{event.texts("payload")["deployment"], event.number("raft_index")})
		} else {
			v.audit = append(v.audit, event)
		}
	}
	for _, node := range piece.list("nodes") {
		v.nodes[node.text("hostname")] = node
	}
	v.tokens = append(v.tokens, piece.list("tokens")...)
}

// look gives a consistent reading of the view; what it returns is never changed afterwards.
func (s *state) look() view {
	s.mu.RLock()
	defer s.mu.RUnlock()
	copied := s.view
	copied.nodes = map[string]record{}
	for name, node := range s.view.nodes {
		copied.nodes[name] = node
	}
	copied.writes = slices.Clip(s.view.writes)
	copied.tokens = slices.Clip(s.view.tokens)
	copied.audit = slices.Clip(s.view.audit)
	return copied
}

func sortedNames(nodes map[string]record) []string {
	return slices.Sorted(maps.Keys(nodes))
}

// stateDump is the whole state in a form that tests compare.
type stateDump struct {
	ClusterID string        `json:"clusterId"`
	Digest    string        `json:"digest"`
	SizeBytes int           `json:"sizeBytes"`
	Restored  restoredState `json:"restored"`
	Writes    []write       `json:"writes"`
	Audit     []auditEntry  `json:"audit"`
	Nodes     []nodeEntry   `json:"nodes"`
}

// nodeEntry is one node as the state records it, its status by its number in jaco.v1.NodeStatus.
type nodeEntry struct {
	Hostname    string `json:"hostname"`
	Address     string `json:"address"`
	GrpcAddress string `json:"grpcAddress"`
	Status      int32  `json:"status"`
}

// auditEntry is one audit event by its number in jaco.v1.AuditEventType.
type auditEntry struct {
	Index   uint64            `json:"index,string"`
	Type    int32             `json:"type"`
	Payload map[string]string `json:"payload"`
}

func (s *state) dump() stateDump {
	s.mu.RLock()
	content, restored := s.capture(), s.restored
	s.mu.RUnlock()
	seen := s.look()
	dump := stateDump{
		ClusterID: seen.clusterID,
		Digest:    content.digest(),
		SizeBytes: content.sizeBytes(),
		Restored:  restored,
		Writes:    append([]write{}, seen.writes...),
		Audit:     []auditEntry{},
		Nodes:     []nodeEntry{},
	}
	for _, name := range sortedNames(seen.nodes) {
		node := seen.nodes[name]
		dump.Nodes = append(dump.Nodes, nodeEntry{name, node.text("address"), node.text("grpc_address"), int32(node.enum("status"))})
	}
	for _, event := range seen.audit {
		dump.Audit = append(dump.Audit, auditEntry{event.number("raft_index"), int32(event.enum("type")), event.texts("payload")})
	}
	return dump
}

// canonicalDigest is of the state as it is now.
func (s *state) canonicalDigest() (string, error) {
	s.mu.RLock()
	content := s.capture()
	s.mu.RUnlock()
	return s.contract.canonicalDigest(slices.Concat(content.rest, content.nodes))
}
