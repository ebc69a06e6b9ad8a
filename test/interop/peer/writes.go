package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/hashicorp/raft"
)

// batch is a run of writes named prefix-from, prefix-(from+1), and so on.
type batch struct {
	Prefix    string `json:"prefix"`
	From      int    `json:"from"`
	Count     int    `json:"count"`
	SizeBytes int    `json:"sizeBytes"`
}

// batchWindow is how many commands may wait for their commit at once.
const batchWindow = 2048

// writeCommand is one test write: the event of a deployment, with sizeBytes that hardly compress. The state machine gives
// it the raft index at which it was applied, so that a test can tell exactly which writes a snapshot index covers.
func (n *node) writeCommand(name string, sizeBytes int) record {
	payload := map[string]string{"deployment": name}
	if sizeBytes > 0 {
		payload["content"] = base64.RawStdEncoding.EncodeToString(noise(sizeBytes))[:sizeBytes]
	}
	event := n.contract.make("AuditEvent").with("type", auditApply).with("ts", time.Now()).with("payload", payload)
	return n.command("audit_append", n.contract.make("AuditAppend").with("event", event))
}

func noise(sizeBytes int) []byte {
	content := make([]byte, sizeBytes)
	source := rand.NewChaCha8([32]byte{byte(sizeBytes)})
	_, _ = source.Read(content)
	return content
}

// writeBatch commits a run of writes, many in flight at once, and answers with the indexes of all of them.
func (n *node) writeBatch(b batch) ([]write, error) {
	done := make([]write, 0, b.Count)
	pending := make([]raft.ApplyFuture, 0, batchWindow)
	settle := func() error {
		for _, future := range pending {
			if err := future.Error(); err != nil {
				return err
			}
			done = append(done, write{fmt.Sprintf("%s-%d", b.Prefix, b.From+len(done)), future.Index()})
		}
		pending = pending[:0]
		return nil
	}
	for i := range b.Count {
		name := fmt.Sprintf("%s-%d", b.Prefix, b.From+i)
		pending = append(pending, n.submit(n.writeCommand(name, b.SizeBytes)))
		if len(pending) == batchWindow {
			if err := settle(); err != nil {
				return nil, err
			}
		}
	}
	return done, settle()
}

// loadShape says how writes arrive while a load runs: several writers, each waiting for its write to be committed.
type loadShape struct {
	Prefix    string `json:"prefix"`
	Writers   int    `json:"writers"`
	SizeBytes int    `json:"sizeBytes"`
}

// load writes without pause until it is stopped, and remembers which index each acknowledged write got.
type load struct {
	node *node
	mu   sync.Mutex
	quit chan struct{}
	wait sync.WaitGroup

	acknowledged []write
	failed       []string
}

func (l *load) start(shape loadShape) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.quit != nil {
		return errors.New("a load is running")
	}
	l.quit, l.acknowledged, l.failed = make(chan struct{}), []write{}, []string{}
	for writer := range shape.Writers {
		l.wait.Add(1)
		go l.write(fmt.Sprintf("%s-%d", shape.Prefix, writer), shape.SizeBytes, l.quit)
	}
	return nil
}

func (l *load) write(prefix string, sizeBytes int, quit chan struct{}) {
	defer l.wait.Done()
	for i := 0; ; i++ {
		select {
		case <-quit:
			return
		default:
		}
		name := fmt.Sprintf("%s-%d", prefix, i)
		index, err := l.node.apply(l.node.writeCommand(name, sizeBytes))
		l.mu.Lock()
		if err == nil {
			l.acknowledged = append(l.acknowledged, write{name, index})
		} else {
			l.failed = append(l.failed, name)
		}
		l.mu.Unlock()
	}
}

// loadResult is what a load achieved.
type loadResult struct {
	Acknowledged []write  `json:"acknowledged"`
	Failed       []string `json:"failed"`
}

func (l *load) stop() (loadResult, error) {
	l.mu.Lock()
	quit := l.quit
	l.quit = nil
	l.mu.Unlock()
	if quit == nil {
		return loadResult{}, errors.New("no load is running")
	}
	close(quit)
	l.wait.Wait()
	return loadResult{l.acknowledged, l.failed}, nil
}
