package triage

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
)

// Model is what a text is read by: the lexicon it was trained with, the features it knows
// and their weights. It does not change once made; many may read with it at once.
type Model struct {
	lexicon  Lexicon
	ready    *compiled
	vocab    *vocabulary
	topics   head
	urgency  head
	articles head
	critical float64 // from which likelihood on the words alone make a question critical
	sealed   []byte  // the model as bytes
	version  string
}

// Version names the model by what is in it: twelve hexadecimal digits.
func (m *Model) Version() string { return m.version }

// Lexicon is the lexicon the model was trained with, a copy.
func (m *Model) Lexicon() Lexicon { return m.lexicon.Clone() }

// seal writes the model down and gives it its version.
func (m *Model) seal() {
	m.sealed = m.encode()
	sum := sha256.Sum256(m.sealed)
	m.version = hex.EncodeToString(sum[:6])
}

// head is one question a model answers: the classes, and for every feature and class a
// weight, in steps of 1/grain; the last row is the classes' own.
type head struct {
	classes []string
	w       []int16
}

const grain = 1024

func newHead(classes []string, features int, w []float64) head {
	h := head{classes, make([]int16, (features+1)*len(classes))}
	for i, x := range w {
		h.w[i] = int16(max(-32767, min(32767, math.Floor(float64(x*grain)+0.5))))
	}
	return h
}

// ask gives how likely each class is.
func (h *head) ask(v vector) []float64 {
	n := len(h.classes)
	p := make([]float64, n)
	for k, w := range h.w[len(h.w)-n:] {
		p[k] = float64(w) / grain
	}
	for j, at := range v.at {
		x := v.x[j] / grain
		for k, w := range h.w[int(at)*n : (int(at)+1)*n] {
			p[k] += float64(x * float64(w))
		}
	}
	likely(p)
	return p
}

// speaks is how much feature `at`, there with weight x, speaks for class k more than for the
// others.
func (h *head) speaks(at int32, x float64, k int) float64 {
	n := len(h.classes)
	row := h.w[int(at)*n : (int(at)+1)*n]
	mean := 0.0
	for _, w := range row {
		mean += float64(w)
	}
	return float64(x * (float64(row[k]) - mean/float64(n)))
}
