//go:build ignore

// This program trains the model that package triage embeds, from its corpus and lexicon.
// `go generate` runs it in the package's folder.
package main

import (
	"fmt"
	"os"

	"hotline/app/triage"
)

func main() {
	m, err := triage.Train(triage.Corpus(), triage.EmbeddedLexicon())
	if err == nil {
		var b []byte
		if b, err = m.MarshalBinary(); err == nil {
			err = os.WriteFile("model.bin", b, 0o644)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "triage:", err)
		os.Exit(1)
	}
	fmt.Println(m.Version())
}
