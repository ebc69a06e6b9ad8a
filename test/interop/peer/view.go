package main

import "slices"

// view is what the node itself needs to know of the state, kept up to date while commands are merged.
type view struct {
	clusterID string
	// writes are the deployments in the order in which they were applied.
	writes []write
	nodes  map[string]record
	tokens []record
	audit  []record
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
	for _, node := range piece.list("nodes") {
		v.nodes[node.text("hostname")] = node
	}
	v.tokens = append(v.tokens, piece.list("tokens")...)
	v.audit = append(v.audit, piece.list("audit_events")...)
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

// stateDump is the whole state in a form that tests compare.
type stateDump struct {
	ClusterID string        `json:"clusterId"`
	Digest    string        `json:"digest"`
	SizeBytes int           `json:"sizeBytes"`
	Restored  restoredState `json:"restored"`
	Writes    []write       `json:"writes"`
	Audit     []auditEntry  `json:"audit"`
}

// auditEntry is one audit event by its number in jaco.v1.AuditEventType.
type auditEntry struct {
	Index   uint64            `json:"index,string"`
	Type    int32             `json:"type"`
	Payload map[string]string `json:"payload"`
}

func (s *state) dump() stateDump {
	s.mu.RLock()
	content, restored := s.content, s.restored
	seen := s.view
	s.mu.RUnlock()
	dump := stateDump{
		ClusterID: seen.clusterID,
		Digest:    digest(content),
		SizeBytes: len(content),
		Restored:  restored,
		Writes:    append([]write{}, seen.writes...),
		Audit:     []auditEntry{},
	}
	for _, event := range seen.audit {
		dump.Audit = append(dump.Audit, auditEntry{event.number("raft_index"), int32(event.enum("type")), event.texts("payload")})
	}
	return dump
}

// canonicalDigest is of the state as it is now.
func (s *state) canonicalDigest() (string, error) {
	s.mu.RLock()
	content := s.content
	s.mu.RUnlock()
	return s.contract.canonicalDigest(content)
}
