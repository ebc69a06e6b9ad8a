package main

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
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
	authority, err := newAuthority(ed25519Key, daemonKeyIdentifier)
	if err != nil {
		return err
	}
	node, err := authority.certify("test node", []string{"localhost"}, x509.ExtKeyUsageServerAuth)
	if err != nil {
		return err
	}
	return errors.Join(authority.write(filepath.Join(dir, "ca")), node.write(filepath.Join(dir, "node")))
}

// joinIdentity is `peer join-identity <CA dir> <name> <dir>`: what the leader gives a node that joins, for the CA in
// ca.crt and ca.key of the first directory: <name>.crt and <name>.key, and the CA's certificate beside them.
func joinIdentity(arguments []string) error {
	if len(arguments) != 3 {
		return errors.New("usage: join-identity <CA dir> <name> <dir>")
	}
	source, name, dir := arguments[0], arguments[1], arguments[2]
	authority, err := readAuthority(source)
	if err != nil {
		return err
	}
	node, err := authority.certify(name, []string{name, "localhost"}, x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth)
	if err != nil {
		return err
	}
	certificate, err := os.ReadFile(filepath.Join(source, "ca.crt"))
	if err != nil {
		return err
	}
	return errors.Join(
		os.MkdirAll(dir, 0o700),
		os.WriteFile(filepath.Join(dir, "ca.crt"), certificate, 0o644),
		node.write(filepath.Join(dir, name)),
	)
}

// certified is a certificate with its private key.
type certified struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

// newAuthority makes a CA, as the daemon does but for its key and for the way in which it names that key. Without a
// way it names none.
func newAuthority(makeKey func() (crypto.Signer, error), identify func(publicKey []byte) []byte) (certified, error) {
	key, err := makeKey()
	if err != nil {
		return certified{}, err
	}
	from := time.Now().Add(-time.Minute)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "JACO Cluster CA"},
		NotBefore: from, NotAfter: from.AddDate(10, 0, 0),
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature | x509.KeyUsageCRLSign,
	}
	if identify == nil {
		// Go names the key of every CA that it makes, so this one says in its own way that it is one.
		template.ExtraExtensions = []pkix.Extension{{Id: basicConstraints, Critical: true, Value: isAuthority}}
	} else {
		template.IsCA, template.BasicConstraintsValid = true, true
		bits, err := publicKeyBits(key.Public())
		if err != nil {
			return certified{}, err
		}
		template.SubjectKeyId = identify(bits)
	}
	return issue(template, certified{template, key}, key)
}

// certify makes a node's certificate for names and loopback.
func (authority certified) certify(commonName string, names []string, usages ...x509.ExtKeyUsage) (certified, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return certified{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return certified{}, err
	}
	from := time.Now().Add(-time.Minute)
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: commonName},
		NotBefore: from, NotAfter: from.AddDate(10, 0, 0),
		DNSNames: names, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: usages,
	}
	return issue(template, authority, key)
}

func issue(template *x509.Certificate, issuer certified, key crypto.Signer) (certified, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, issuer.certificate, key.Public(), issuer.key)
	if err != nil {
		return certified{}, err
	}
	certificate, err := x509.ParseCertificate(der)
	return certified{certificate, key}, err
}

// write leaves <path>.crt and <path>.key.
func (c certified) write(path string) error {
	secret, err := x509.MarshalPKCS8PrivateKey(c.key)
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(path+".crt", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.certificate.Raw}), 0o644),
		os.WriteFile(path+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600),
	)
}

// readAuthority reads ca.crt and ca.key.
func readAuthority(dir string) (certified, error) {
	var blocks [2]*pem.Block
	for number, name := range []string{"ca.crt", "ca.key"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return certified{}, err
		}
		if blocks[number], _ = pem.Decode(text); blocks[number] == nil {
			return certified{}, fmt.Errorf("%s is not PEM", name)
		}
	}
	certificate, err := x509.ParseCertificate(blocks[0].Bytes)
	if err != nil {
		return certified{}, err
	}
	key, err := x509.ParsePKCS8PrivateKey(blocks[1].Bytes)
	if err != nil {
		return certified{}, err
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return certified{}, errors.New("ca.key cannot sign")
	}
	return certified{certificate, signer}, nil
}

func ed25519Key() (crypto.Signer, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	return key, err
}

// daemonKeyIdentifier is how Go 1.25 and newer, and so the daemon's CA, name a key (RFC 7093, section 2, method 1),
// whichever Go builds this.
func daemonKeyIdentifier(publicKey []byte) []byte {
	digest := sha256.Sum256(publicKey)
	return digest[:20]
}
