package main

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"os"
	"time"
)

// meeting is a handshake of newer daemons' raft transport: a client dials the server that it takes for Expected.
type meeting struct {
	Server, Client raftParty
	Expected       string
}

// raftParty is a node by the directory of its identity.
type raftParty struct{ Directory, Name string }

// handshake is what each side complains about; empty where it trusts the other.
type handshake struct {
	Server string `json:"server"`
	Client string `json:"client"`
}

// shakeHands is `peer shake-hands`: meetings as a JSON array on standard input, their outcomes on standard output.
func shakeHands([]string) error {
	var meetings []meeting
	if err := json.NewDecoder(os.Stdin).Decode(&meetings); err != nil {
		return err
	}
	outcomes := make([]handshake, 0, len(meetings))
	for _, each := range meetings {
		outcome, err := each.hold()
		if err != nil {
			return err
		}
		outcomes = append(outcomes, outcome)
	}
	return json.NewEncoder(os.Stdout).Encode(outcomes)
}

func (m meeting) hold() (handshake, error) {
	server, err := readRaftIdentity(m.Server.Directory, m.Server.Name)
	if err != nil {
		return handshake{}, err
	}
	client, err := readRaftIdentity(m.Client.Directory, m.Client.Name)
	if err != nil {
		return handshake{}, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return handshake{}, err
	}
	defer listener.Close()
	accepted := make(chan error, 1)
	go func() {
		connection, err := listener.Accept()
		if err == nil {
			err = exchange(tls.Server(connection, server.accepting()))
		}
		accepted <- err
	}()
	connection, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		return handshake{}, err
	}
	failure := exchange(tls.Client(connection, client.dialling(m.Expected)))
	return handshake{Server: complaint(<-accepted), Client: complaint(failure)}, nil
}

// exchange sends a byte and reads the other's: in TLS 1.3 a client learns only so that it has been refused.
func exchange(connection *tls.Conn) error {
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	if _, err := connection.Write([]byte{1}); err != nil {
		return err
	}
	_, err := io.ReadFull(connection, make([]byte, 1))
	return err
}

func complaint(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
