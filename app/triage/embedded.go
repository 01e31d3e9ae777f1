package triage

import (
	_ "embed"
	"sync"
)

//go:generate go run make_model.go

//go:embed model.bin
var modelFile []byte

var embedded = sync.OnceValue(func() *Model {
	m := new(Model)
	if err := m.UnmarshalBinary(modelFile); err != nil {
		panic(err.Error())
	}
	return m
})

// Embedded is the model the program is shipped with: Train(Corpus(), EmbeddedLexicon()),
// made by `go generate` in this folder. It is read once, when first asked for.
func Embedded() *Model { return embedded() }
