package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"os"
	"path/filepath"
)

// authorityKinds are CAs with every kind of key identifier and of key: how the key is made, how it is named. An empty
// name leaves the naming to Go.
var authorityKinds = map[string]struct {
	makeKey  func() (crypto.Signer, error)
	identify func(publicKey []byte) []byte
}{
	"go":                {ed25519Key, func([]byte) []byte { return nil }},
	"daemon":            {ed25519Key, daemonKeyIdentifier},
	"sha1":              {ed25519Key, func(bits []byte) []byte { digest := sha1.Sum(bits); return digest[:] }},
	"sha256":            {ed25519Key, func(bits []byte) []byte { digest := sha256.Sum256(bits); return digest[:] }},
	"one-byte":          {ed25519Key, func([]byte) []byte { return []byte{0} }},
	"two-hundred-bytes": {ed25519Key, func([]byte) []byte { return bytes.Repeat([]byte{0xa5}, 200) }},
	"like-der":          {ed25519Key, func([]byte) []byte { return []byte{4, 2, 1, 2} }},
	"none":              {ed25519Key, nil},
	"ecdsa":             {func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }, daemonKeyIdentifier},
	"rsa":               {func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) }, daemonKeyIdentifier},
}

// basicConstraints is the extension of that name, and isAuthority its value in a CA.
var (
	basicConstraints = asn1.ObjectIdentifier{2, 5, 29, 19}
	isAuthority      = []byte{0x30, 0x03, 0x01, 0x01, 0xff}
)

// makeAuthorities is `peer make-authorities <dir>`: for each kind <dir>/<kind>/ca.crt and ca.key. All have one name, as
// the CAs of all clusters do.
func makeAuthorities(arguments []string) error {
	if len(arguments) != 1 {
		return errors.New("usage: make-authorities <dir>")
	}
	// What Go 1.25 and newer do by default in programs whose go.mod asks for Go 1.25, as the daemon's does.
	if err := os.Setenv("GODEBUG", "x509sha256skid=1"); err != nil {
		return err
	}
	for name, kind := range authorityKinds {
		authority, err := newAuthority(kind.makeKey, kind.identify)
		if err != nil {
			return err
		}
		dir := filepath.Join(arguments[0], name)
		if err := errors.Join(os.MkdirAll(dir, 0o700), authority.write(filepath.Join(dir, "ca"))); err != nil {
			return err
		}
	}
	return nil
}

// publicKeyBits is what key identifiers are made of: the key as it stands in a certificate, without its algorithm.
func publicKeyBits(key crypto.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, err
	}
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	_, err = asn1.Unmarshal(der, &info)
	return info.Key.Bytes, err
}
