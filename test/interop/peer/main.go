// Command peer is the other side of the interoperability tests: a node of a real raft cluster (hashicorp/raft with
// raft-boltdb) that speaks the daemon's contract, and a set of small tools that show what that engine reads from
// and writes to disk. It is made for tests only.
package main

import (
	"fmt"
	"os"
	"sort"
	"strings"
)

// command is one word of the command line; it gets what follows the word.
type command func(arguments []string) error

var commands = map[string]command{
	"run":              runNode,
	"make-authorities": makeAuthorities,
	"join-identity":    joinIdentity,
	"shake-hands":      shakeHands,
	"describe":         describe,
	"check-sealed":     checkSealed,
	"envelopes":        envelopes,
	"spoil-log":        spoilLog,
	"check-bolt":       checkBolt,
	"hammer-bolt":      hammerBolt,
	"forget-term":      forgetTerm,
	"encode":           encode,
	"make-store":       makeStore,
	"make-archive":     makeArchive,
	"read-archive":     readArchive,
	"make-identity":    makeIdentity,
	"make-golden":      makeGolden,
}

func main() {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		words := make([]string, 0, len(commands))
		for word := range commands {
			words = append(words, word)
		}
		sort.Strings(words)
		fmt.Fprintf(os.Stderr, "usage: peer <%s> [flags]\n", strings.Join(words, "|"))
		os.Exit(2)
	}
	if err := commands[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "peer %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}
