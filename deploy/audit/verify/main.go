// Command verify verifies what `alert-router audit export` has written, with Go's own code alone:
//
//	go run . -key NAME+ID+BASE64 DIR
//
// DIR holds `checkpoint`, a note signed by that key, and `entries.jsonl`. Each entry must be in the tree of the
// checkpoint; if all are there, the tree is built again, and `-earlier FILE`, a checkpoint from before, compared.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type exported struct {
	Seq   int64    `json:"seq"`
	Entry []byte   `json:"entry"`
	Proof [][]byte `json:"proof"`
}

func main() {
	key := flag.String("key", "", "the key of the log, NAME+ID+BASE64")
	earlier := flag.String("earlier", "", "a checkpoint from before")
	flag.Parse()
	result, err := verify(*key, *earlier, flag.Arg(0))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(result)
}

func verify(key, earlier, dir string) (string, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return "", err
	}
	tree, err := checkpoint(filepath.Join(dir, "checkpoint"), verifier)
	if err != nil {
		return "", err
	}
	entries, err := read(filepath.Join(dir, "entries.jsonl"))
	if err != nil {
		return "", err
	}
	for _, one := range entries {
		if err := tlog.CheckRecord(proof(one.Proof), tree.N, tree.Hash, one.Seq, tlog.RecordHash(one.Entry)); err != nil {
			return "", fmt.Errorf("entry %d: %w", one.Seq, err)
		}
	}
	if int64(len(entries)) != tree.N {
		return fmt.Sprintf("%d entries are in the log of %d", len(entries), tree.N), nil
	}
	return whole(entries, tree, earlier, verifier)
}

func whole(entries []exported, tree tlog.Tree, earlier string, verifier note.Verifier) (string, error) {
	var stored hashes
	for n, one := range entries {
		if one.Seq != int64(n) {
			return "", fmt.Errorf("entry %d stands at %d", one.Seq, n)
		}
		more, err := tlog.StoredHashes(int64(n), one.Entry, &stored)
		if err != nil {
			return "", err
		}
		stored = append(stored, more...)
	}
	if root, err := tlog.TreeHash(tree.N, &stored); err != nil || root != tree.Hash {
		return "", errors.Join(err, fmt.Errorf("the tree of all entries has another root: %v", root))
	}
	result := fmt.Sprintf("all %d entries of the log", tree.N)
	if earlier == "" {
		return result, nil
	}
	before, err := checkpoint(earlier, verifier)
	if err != nil {
		return "", err
	}
	grown, err := tlog.ProveTree(tree.N, before.N, &stored)
	if err != nil {
		return "", err
	}
	if err := tlog.CheckTree(grown, tree.N, tree.Hash, before.N, before.Hash); err != nil {
		return "", fmt.Errorf("the log of %d entries did not grow into this one: %w", before.N, err)
	}
	return fmt.Sprintf("%s, which grew from %d", result, before.N), nil
}

type hashes []tlog.Hash

func (stored *hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for n, index := range indexes {
		found[n] = (*stored)[index]
	}
	return found, nil
}

func checkpoint(file string, verifier note.Verifier) (tlog.Tree, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(content, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("%s is not a checkpoint of %s", file, verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func read(file string) ([]exported, error) {
	opened, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	var entries []exported
	lines := bufio.NewScanner(opened)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var one exported
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			return nil, err
		}
		entries = append(entries, one)
	}
	return entries, lines.Err()
}

func proof(given [][]byte) tlog.RecordProof {
	made := make(tlog.RecordProof, len(given))
	for n, one := range given {
		copy(made[n][:], one)
	}
	return made
}
