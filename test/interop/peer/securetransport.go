package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hashicorp/raft"
)

// raftProtocol is what both sides of newer daemons' raft transport agree on by ALPN.
const raftProtocol = "jaco-raft-v1"

// raftIdentity proves a node to its peers: <name>.crt and <name>.key, and the CA that it trusts, ca.crt.
type raftIdentity struct {
	certificate tls.Certificate
	authority   *x509.CertPool
}

func readRaftIdentity(dir, name string) (raftIdentity, error) {
	path := filepath.Join(dir, name)
	certificate, err := tls.LoadX509KeyPair(path+".crt", path+".key")
	if err != nil {
		return raftIdentity{}, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "ca.crt"))
	if err != nil {
		return raftIdentity{}, err
	}
	authority := x509.NewCertPool()
	if !authority.AppendCertsFromPEM(text) {
		return raftIdentity{}, errors.New("ca.crt holds no certificate")
	}
	return raftIdentity{certificate, authority}, nil
}

// accepting is the side that is dialled: any node of the cluster may come.
func (identity raftIdentity) accepting() *tls.Config {
	return identity.speaking(&tls.Config{
		ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: identity.authority,
		VerifyConnection: func(state tls.ConnectionState) error { return requireNode(state, "") },
	})
}

// dialling is the side that dials the node called name.
func (identity raftIdentity) dialling(name string) *tls.Config {
	return identity.speaking(&tls.Config{
		ServerName: name, RootCAs: identity.authority,
		VerifyConnection: func(state tls.ConnectionState) error { return requireNode(state, name) },
	})
}

func (identity raftIdentity) speaking(config *tls.Config) *tls.Config {
	config.MinVersion, config.NextProtos = tls.VersionTLS13, []string{raftProtocol}
	config.Certificates = []tls.Certificate{identity.certificate}
	return config
}

// requireNode holds a peer to what newer daemons ask of a node: its hostname as common name and as a DNS name, both
// purposes, no CA. An empty name is that of whoever comes. That the CA has signed has been verified.
func requireNode(state tls.ConnectionState, name string) error {
	leaf := state.PeerCertificates[0]
	own := leaf.Subject.CommonName
	both := slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageServerAuth) &&
		slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
	switch {
	case state.NegotiatedProtocol != raftProtocol:
		return fmt.Errorf("the peer does not speak %s", raftProtocol)
	case leaf.IsCA:
		return errors.New("the peer's certificate is that of a CA")
	case !both:
		return errors.New("the peer's certificate is not for both servers and clients")
	case own == "" || !slices.Contains(leaf.DNSNames, own):
		return fmt.Errorf("the peer's common name %q is not among its DNS names", own)
	case name != "" && own != name:
		return fmt.Errorf("the peer is %q, not %q", own, name)
	}
	return nil
}

// secureLayer carries raft over such connections. It dials only addresses of raft's configuration, and there only the
// server that the configuration names.
type secureLayer struct {
	net.Listener
	identity raftIdentity
	raft     atomic.Pointer[raft.Raft]
}

// secure puts a listener behind TLS.
func secure(listener net.Listener, identity raftIdentity) *secureLayer {
	return &secureLayer{Listener: tls.NewListener(listener, identity.accepting()), identity: identity}
}

// Dial implements raft.StreamLayer.
func (layer *secureLayer) Dial(address raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	engine := layer.raft.Load()
	if engine == nil {
		return nil, errors.New("raft has not started")
	}
	for _, server := range engine.GetConfiguration().Configuration().Servers {
		if server.Address == address {
			dialer := &net.Dialer{Timeout: timeout}
			return tls.DialWithDialer(dialer, "tcp", string(address), layer.identity.dialling(string(server.ID)))
		}
	}
	return nil, fmt.Errorf("no server of the configuration has the address %s", address)
}
