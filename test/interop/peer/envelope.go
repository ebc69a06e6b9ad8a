package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/raft"
)

// envelopeMagic begins every envelope; the byte behind it is the version.
const (
	envelopeMagic   = "JACOENC"
	envelopeVersion = 1
	nonceBytes      = 12
	tagBytes        = 16
	wrappedBytes    = nonceBytes + keyBytes + tagBytes
)

// What envelopes are for; one that was made for another purpose does not open.
const (
	forCommand  = "raft-command"
	forSnapshot = "raft-snapshot"
	forFormat   = "raft-format"
)

// forSnapshotFile is the purpose of state.bin on a disk: whatever its meta.json says of the snapshot, but for Size and CRC.
func forSnapshotFile(meta *raft.SnapshotMeta) string {
	name, err := json.Marshal(struct {
		Version            raft.SnapshotVersion
		ID                 string
		Index, Term        uint64
		Configuration      raft.Configuration
		ConfigurationIndex uint64
	}{meta.Version, meta.ID, meta.Index, meta.Term, meta.Configuration, meta.ConfigurationIndex})
	if err != nil {
		panic(err)
	}
	return "raft-snapshot-file:" + string(name)
}

// forLogEntry is the purpose of one entry of log.db.
func forLogEntry(entry *raft.Log) string {
	return fmt.Sprintf("raft-log-file:%d:%d:%d", entry.Index, entry.Term, entry.Type)
}

// forBackup is the purpose of snapshot.bin in the archive with that meta.json.
func forBackup(metadata []byte) string { return "backup-snapshot:" + string(metadata) }

// seal makes an envelope under the active key.
func (r *keyring) seal(plain []byte, purpose string) []byte {
	header := slices.Concat([]byte(envelopeMagic), []byte{envelopeVersion}, withLength(r.active))
	dataKey := make([]byte, keyBytes)
	_, _ = rand.Read(dataKey)
	bound := slices.Concat(header, []byte{0}, []byte(purpose))
	wrapped := encrypt(r.keys[r.active], dataKey, bound)
	payload := encrypt(dataKey, plain, slices.Concat(bound, wrapped))
	return slices.Concat(header, wrapped, payload)
}

// open gives what is in an envelope that was made for purpose.
func (r *keyring) open(envelope []byte, purpose string) ([]byte, error) {
	header, id, err := envelopeHeader(envelope)
	if err != nil {
		return nil, err
	}
	key := r.keys[id]
	if key == nil {
		return nil, fmt.Errorf("sealed under the key %s, which the ring does not hold", id)
	}
	rest := envelope[len(header):]
	if len(rest) < wrappedBytes+nonceBytes+tagBytes {
		return nil, errors.New("the envelope is cut short")
	}
	bound := slices.Concat(header, []byte{0}, []byte(purpose))
	dataKey, err := decrypt(key, rest[:wrappedBytes], bound)
	if err != nil {
		return nil, fmt.Errorf("the data key does not open under the key %s: %w", id, err)
	}
	plain, err := decrypt(dataKey, rest[wrappedBytes:], slices.Concat(bound, rest[:wrappedBytes]))
	if err != nil {
		return nil, fmt.Errorf("the content is not what was sealed: %w", err)
	}
	return plain, nil
}

// envelopeHeader is what precedes the wrapped data key, and the id of the key that wraps it.
func envelopeHeader(envelope []byte) (header []byte, id string, err error) {
	const fixed = len(envelopeMagic) + 3
	if len(envelope) < fixed || !bytes.HasPrefix(envelope, []byte(envelopeMagic)) {
		return nil, "", errors.New("not sealed")
	}
	if version := envelope[len(envelopeMagic)]; version != envelopeVersion {
		return nil, "", fmt.Errorf("an envelope of version %d", version)
	}
	end := fixed + int(binary.BigEndian.Uint16(envelope[fixed-2:]))
	if end > len(envelope) || !keyID.Match(envelope[fixed:end]) {
		return nil, "", errors.New("the envelope names no key")
	}
	return envelope[:end], string(envelope[fixed:end]), nil
}

// encrypt is AES-256-GCM: a fresh nonce, then the ciphertext and its tag.
func encrypt(key, plain, bound []byte) []byte {
	nonce := make([]byte, nonceBytes)
	_, _ = rand.Read(nonce)
	return append(nonce, gcm(key).Seal(nil, nonce, plain, bound)...)
}

func decrypt(key, sealed, bound []byte) ([]byte, error) {
	return gcm(key).Open(nil, sealed[:nonceBytes], sealed[nonceBytes:], bound)
}

// gcm has nonces of 12 bytes and tags of 16, as cipher.NewGCM always has.
func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	mode, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return mode
}
