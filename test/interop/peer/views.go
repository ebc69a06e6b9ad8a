package main

import (
	"slices"
	"time"

	"github.com/hashicorp/raft"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// auditPollInterval is how often a following query looks for new events.
const auditPollInterval = 50 * time.Millisecond

// status answers Cluster.Status: the nodes are the state's, and how they take part is raft's own configuration.
func (n *node) status() record {
	response := n.contract.make("ClusterStatusResponse")
	future := n.raft.GetConfiguration()
	if future.Error() != nil {
		return response
	}
	nodes := n.state.look().nodes
	for _, name := range sortedNames(nodes) {
		response.with("nodes", []record{nodes[name]})
	}
	servers := future.Configuration().Servers
	for _, server := range servers {
		kind := protoreflect.EnumNumber(1)
		if server.Suffrage != raft.Voter {
			kind = 2
		}
		response.with("suffrages", []record{n.contract.make("NodeSuffrage").with("hostname", string(server.ID)).with("kind", kind)})
	}
	leader, _ := n.raft.LeaderWithID()
	return response.with("leader", string(leader)).with("raft_index", n.raft.AppliedIndex()).with("initialized", len(servers) > 0)
}

// queryAudit answers Audit.Query, oldest first; with follow it goes on until the caller leaves.
func (n *node) queryAudit(request record, stream grpc.ServerStream) error {
	for sent := 0; ; {
		events := n.state.look().audit
		for _, event := range events[sent:] {
			if !wanted(request, event) {
				continue
			}
			if err := stream.SendMsg(event.Interface()); err != nil {
				return err
			}
		}
		sent = len(events)
		if !request.Get(request.field("follow")).Bool() {
			return nil
		}
		select {
		case <-stream.Context().Done():
			return nil
		case <-time.After(auditPollInterval):
		}
	}
}

func wanted(request, event record) bool {
	at := event.time("ts")
	if request.has("since") && at.Before(request.time("since")) || request.has("until") && at.After(request.time("until")) {
		return false
	}
	list := request.Get(request.field("types")).List()
	types := make([]protoreflect.EnumNumber, list.Len())
	for i := range types {
		types[i] = list.Get(i).Enum()
	}
	return len(types) == 0 || slices.Contains(types, event.enum("type"))
}
