// Reads archives with Go's own gzip and tar, as a program does that takes the entries one after the other, and prints for each
// the digests of what is in it, or why it cannot be read. It is not of the peer's module: it has nothing but the standard library.
package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

func read(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		return "", err
	}
	var found []string
	for archive := tar.NewReader(plain); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return strings.Join(found, " "), nil
		} else if err != nil {
			return "", err
		}
		sum := sha256.New()
		if _, err := io.Copy(sum, archive); err != nil {
			return "", err
		}
		found = append(found, fmt.Sprintf("%s=%x", header.Name, sum.Sum(nil)))
	}
}

func main() {
	for _, path := range os.Args[1:] {
		found, err := read(path)
		if err != nil {
			found = "refused: " + err.Error()
		}
		fmt.Println(strings.ReplaceAll(found, "\n", " "))
	}
}
