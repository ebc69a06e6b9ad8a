package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// ringLimitBytes is how large a keyring may be, and keyBytes how long each of its keys is.
const (
	ringLimitBytes = 64 * 1024
	keyBytes       = 32
)

var keyID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// keyring is what a newer daemon seals its state with. A nil keyring stands for a daemon that does not seal.
type keyring struct {
	active string
	keys   map[string][]byte
}

// readKeyring holds a file to the newer daemon's rules. The ring must not lie in dataDir; an empty one is no directory.
func readKeyring(path, dataDir string) (*keyring, error) {
	ring, err := readRing(path, dataDir)
	if err != nil {
		return nil, fmt.Errorf("keyring %s: %w", path, err)
	}
	return ring, nil
}

// keyringIn reads the ring that a flag names; without the flag there is none.
func keyringIn(path, dataDir string) (*keyring, error) {
	if path == "" {
		return nil, nil
	}
	return readKeyring(path, dataDir)
}

func readRing(path, dataDir string) (*keyring, error) {
	if !filepath.IsAbs(path) {
		return nil, errors.New("the path is not absolute")
	}
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is a link, or not a regular file")
	case info.Mode().Perm()&0o077 != 0:
		return nil, errors.New("the group or others have permissions")
	case info.Size() > ringLimitBytes:
		return nil, fmt.Errorf("it is larger than %d bytes", ringLimitBytes)
	}
	if err := requireOutside(path, dataDir); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseKeyring(text)
}

func requireOutside(path, dataDir string) error {
	directory, err := filepath.EvalSymlinks(dataDir)
	if dataDir == "" || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	real, realErr := filepath.EvalSymlinks(path)
	if err := errors.Join(err, realErr); err != nil {
		return err
	}
	if way, err := filepath.Rel(directory, real); err != nil || way == ".." || strings.HasPrefix(way, "../") {
		return err
	}
	return errors.New("it lies in the data directory")
}

func parseKeyring(text []byte) (*keyring, error) {
	var document struct {
		Version int               `json:"version"`
		Active  string            `json:"active"`
		Keys    map[string][]byte `json:"keys"`
	}
	if err := decodeStrictly(text, &document); err != nil {
		return nil, err
	}
	if document.Version != 1 {
		return nil, fmt.Errorf("version %d", document.Version)
	}
	for id, key := range document.Keys {
		if !keyID.MatchString(id) || len(key) != keyBytes {
			return nil, fmt.Errorf("key %q: a wrong id, or not %d bytes", id, keyBytes)
		}
	}
	if document.Keys[document.Active] == nil {
		return nil, fmt.Errorf("there is no active key %q", document.Active)
	}
	return &keyring{document.Active, document.Keys}, nil
}

// decodeStrictly reads one JSON value that has no unknown field, and nothing behind it.
func decodeStrictly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON object")
	}
	return nil
}

// proof names the whole ring: which key is active, and every key that there is.
func (r *keyring) proof() []byte {
	sum := sha256.New()
	sum.Write([]byte("JACO keyring possession v1\x00"))
	sum.Write(withLength(r.active))
	ids := make([]string, 0, len(r.keys))
	for id := range r.keys {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		sum.Write(withLength(id))
		sum.Write(r.keys[id])
	}
	return sum.Sum(nil)
}

// withLength is a text behind its length in two bytes.
func withLength(text string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(text))), text...)
}
