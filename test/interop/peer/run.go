package main

import (
	"fmt"
	"os"
)

// runNode is `peer run`: it opens a node and serves until its standard input ends or it is told to shut down, so that
// no node outlives the test that started it.
func runNode(arguments []string) error {
	settings, err := parseSettings(arguments)
	if err != nil {
		return err
	}
	n, err := openNode(settings)
	if err != nil {
		return err
	}
	if err := n.serveCalls(); err != nil {
		return fmt.Errorf("serving gRPC: %w", err)
	}
	if n.fresh && settings.bootstrap {
		if err := n.found(); err != nil {
			return err
		}
	}
	go n.serveAsLeader()
	control := newControl(n, os.Stdout)
	control.send(reply{Event: "ready", Result: map[string]string{
		"raftAddress": string(n.transport.LocalAddr()),
		"grpcAddress": n.grpcAddress,
	}})
	control.serve(os.Stdin)
	return n.close()
}
