package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"flag"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// makeIdentity is `peer make-identity <dir>`: a cluster CA (ca.crt, ca.key) and a node certificate signed by it
// (node.crt, node.key) for 127.0.0.1 and localhost; Ed25519 and ten years, as the daemon has them.
func makeIdentity(arguments []string) error {
	flags := flag.NewFlagSet("make-identity", flag.ContinueOnError)
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	dir := flags.Arg(0)
	from := time.Now().Add(-time.Hour)
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test cluster CA"},
		NotBefore: from, NotAfter: from.AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	_, authorityKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	member := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "test node"},
		NotBefore: from, NotAfter: from.AddDate(10, 0, 0),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	_, memberKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	return errors.Join(
		writeIdentity(filepath.Join(dir, "ca"), authority, authority, authorityKey, authorityKey),
		writeIdentity(filepath.Join(dir, "node"), member, authority, memberKey, authorityKey),
	)
}

func writeIdentity(path string, certificate, issuer *x509.Certificate, key, issuerKey ed25519.PrivateKey) error {
	signed, err := x509.CreateCertificate(rand.Reader, certificate, issuer, key.Public(), issuerKey)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(path+".crt", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}), 0o644),
		os.WriteFile(path+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600),
	)
}
