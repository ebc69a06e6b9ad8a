package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// request is one line from the test; the reply carries the same number.
type request struct {
	Number     int             `json:"number"`
	Operation  string          `json:"operation"`
	Parameters json.RawMessage `json:"parameters"`
}

// reply is one line to the test: the answer to a request, or an event of its own.
type reply struct {
	Number int    `json:"number,omitempty"`
	Event  string `json:"event,omitempty"`
	Result any    `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
}

// control lets the test drive this node: one JSON object a line, requests on standard input, replies on standard
// output in the order in which they are ready.
type control struct {
	node *node
	load *load
	mu   sync.Mutex
	out  *json.Encoder
}

func newControl(n *node, out io.Writer) *control {
	return &control{node: n, load: &load{node: n}, out: json.NewEncoder(out)}
}

func (c *control) send(line reply) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.out.Encode(line)
}

// serve answers until the input ends or "shutdown" is asked.
func (c *control) serve(in io.Reader) {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var asked request
		if err := json.Unmarshal(line, &asked); err != nil {
			c.send(reply{Event: "error", Error: err.Error()})
			continue
		}
		if asked.Operation == "shutdown" {
			c.send(reply{Number: asked.Number, Result: struct{}{}})
			return
		}
		go c.answer(asked)
	}
}

func (c *control) answer(asked request) {
	operation, known := operations[asked.Operation]
	if !known {
		c.send(reply{Number: asked.Number, Error: fmt.Sprintf("no operation %q", asked.Operation)})
		return
	}
	result, err := operation(c, asked.Parameters)
	if err != nil {
		c.send(reply{Number: asked.Number, Error: err.Error()})
		return
	}
	c.send(reply{Number: asked.Number, Result: result})
}
