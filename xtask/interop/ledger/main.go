// Verifies a Palisade ledger with Go's own transparency log: checkpoint signature, tree, tiles, proofs.
//
//	oracle LEDGER [PROOF…]
package main

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: oracle LEDGER [PROOF…]")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ledger string, proofs []string) error {
	key, err := os.ReadFile(filepath.Join(ledger, "key.pub"))
	if err != nil {
		return err
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	if err != nil {
		return fmt.Errorf("key.pub: %w", err)
	}
	signed, err := os.ReadFile(filepath.Join(ledger, "checkpoint"))
	if err != nil {
		return err
	}
	size, root, err := checkpoint(signed, verifier)
	if err != nil {
		return err
	}
	entries, err := readEntries(ledger, size)
	if err != nil {
		return err
	}

	// The tree once from the entries, in memory.
	var hashes []tlog.Hash
	memory := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			if index >= int64(len(hashes)) {
				return nil, errors.New("hash beyond the log")
			}
			found = append(found, hashes[index])
		}
		return found, nil
	})
	for number, entry := range entries {
		more, err := tlog.StoredHashes(int64(number), entry, memory)
		if err != nil {
			return err
		}
		hashes = append(hashes, more...)
	}
	computed, err := tlog.TreeHash(size, memory)
	if err != nil {
		return err
	}
	if computed != root {
		return fmt.Errorf("the entries' root is %v, the checkpoint says %v", computed, root)
	}

	// And once from the tiles, which Go checks against the root while it reads them.
	tiles := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, &tileReader{ledger})
	for _, index := range []int64{0, size / 2, size - 1} {
		proof, err := tlog.ProveRecord(size, index, tiles)
		if err != nil {
			return fmt.Errorf("tiles: %w", err)
		}
		if err := tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(entries[index])); err != nil {
			return fmt.Errorf("tiles, entry %d: %w", index, err)
		}
	}

	for _, path := range proofs {
		if err := checkProof(path, verifier, entries); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	fmt.Printf("%d entries, tiles and %d proofs agree with the signed root\n", size, len(proofs))
	return nil
}

// checkpoint opens a C2SP tlog-checkpoint: origin, size, root, then extensions.
func checkpoint(signed []byte, verifier note.Verifier) (int64, tlog.Hash, error) {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return 0, tlog.Hash{}, fmt.Errorf("checkpoint: %w", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return 0, tlog.Hash{}, errors.New("checkpoint: not origin, size, root")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 1 {
		return 0, tlog.Hash{}, errors.New("checkpoint: bad size")
	}
	root, err := tlog.ParseHash(lines[2])
	return size, root, err
}

// readEntries reads the bundles of C2SP tlog-tiles: a 16-bit length before each entry.
func readEntries(ledger string, size int64) ([][]byte, error) {
	var entries [][]byte
	for bundle := int64(0); bundle*256 < size; bundle++ {
		path := filepath.Join(ledger, "tile", "entries", nested(bundle))
		if rest := size - bundle*256; rest < 256 {
			path += fmt.Sprintf(".p/%d", rest)
		}
		bytes, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		for len(bytes) > 0 {
			if len(bytes) < 2 || len(bytes)-2 < int(binary.BigEndian.Uint16(bytes)) {
				return nil, fmt.Errorf("%s is cut", path)
			}
			length := int(binary.BigEndian.Uint16(bytes))
			entries = append(entries, bytes[2:2+length])
			bytes = bytes[2+length:]
		}
	}
	if int64(len(entries)) != size {
		return nil, fmt.Errorf("%d entries, the checkpoint says %d", len(entries), size)
	}
	return entries, nil
}

// nested is a number in groups of three digits, all but the last after an x: x001/234.
func nested(number int64) string {
	path := fmt.Sprintf("%03d", number%1000)
	for number >= 1000 {
		number /= 1000
		path = fmt.Sprintf("x%03d/%s", number%1000, path)
	}
	return path
}

type tileReader struct{ ledger string }

func (*tileReader) Height() int { return 8 }

func (reader *tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range tiles {
		path := filepath.Join(reader.ledger, "tile", strconv.Itoa(tile.L), nested(tile.N))
		if tile.W < 256 {
			path += fmt.Sprintf(".p/%d", tile.W)
		}
		bytes, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		read = append(read, bytes)
	}
	return read, nil
}

func (*tileReader) SaveTiles([]tlog.Tile, [][]byte) {}

// checkProof reads a C2SP tlog-proof: header, optional extra, index, hashes, an empty line, the checkpoint.
func checkProof(path string, verifier note.Verifier, entries [][]byte) error {
	bytes, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, signed, found := strings.Cut(string(bytes), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a tlog-proof")
	}
	size, root, err := checkpoint([]byte(signed), verifier)
	if err != nil {
		return err
	}
	lines = lines[1:]
	var extra []byte
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		if extra, err = base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[0], "extra ")); err != nil {
			return err
		}
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return errors.New("no index")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil || index < 0 || index >= int64(len(entries)) {
		return errors.New("bad index")
	}
	var proof tlog.RecordProof
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	if string(extra) != string(entries[index]) {
		return errors.New("the proof carries another entry than the ledger")
	}
	return tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(extra))
}
