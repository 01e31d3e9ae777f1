package triage

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
)

// A model as bytes: magic, the lexicon as JSON, the threshold, the features' names (each as
// how much of the one before it begins with, and the rest) with their weights, the heads.
const magic = "hotline triage 1\n"

func (m *Model) encode() []byte {
	b := []byte(magic)
	lex, err := json.Marshal(m.lexicon) // maps come in the order of their keys
	if err != nil {
		panic("triage: a lexicon cannot be written: " + err.Error())
	}
	b = appendBytes(b, lex)
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(m.critical))
	b = binary.AppendUvarint(b, uint64(len(m.vocab.names)))
	before := ""
	for i, name := range m.vocab.names {
		same := 0
		for same < len(name) && same < len(before) && name[same] == before[same] {
			same++
		}
		b = binary.AppendUvarint(b, uint64(same))
		b = appendBytes(b, []byte(name[same:]))
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(m.vocab.idf[i])))
		before = name
	}
	for _, h := range []head{m.topics, m.urgency, m.articles} {
		b = binary.AppendUvarint(b, uint64(len(h.classes)))
		for _, c := range h.classes {
			b = appendBytes(b, []byte(c))
		}
		for _, w := range h.w {
			b = binary.LittleEndian.AppendUint16(b, uint16(w))
		}
	}
	return b
}

func appendBytes(b, more []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(more))), more...)
}

// MarshalBinary writes the model as bytes that UnmarshalBinary reads.
func (m *Model) MarshalBinary() ([]byte, error) {
	if m.sealed == nil {
		return nil, errors.New("triage: there is no model to write")
	}
	return slices.Clone(m.sealed), nil
}

// UnmarshalBinary makes m the model that was written. Bytes that are none are refused, and m
// stays as it was.
func (m *Model) UnmarshalBinary(b []byte) error {
	r := &reader{b: b}
	if string(r.take(len(magic))) != magic {
		return errors.New("triage: these bytes are no model of this version")
	}
	next := Model{sealed: slices.Clone(b)}
	lex := r.bytes()
	if r.bad {
		return errors.New("triage: the model is cut short")
	}
	if err := json.Unmarshal(lex, &next.lexicon); err != nil {
		return fmt.Errorf("triage: the model's lexicon cannot be read: %w", err)
	}
	var err error
	if next.ready, err = compile(next.lexicon); err != nil {
		return fmt.Errorf("triage: the model's lexicon: %w", err)
	}
	next.critical = math.Float64frombits(r.u64())
	next.vocab = r.vocabulary()
	features := len(next.vocab.names)
	for _, h := range []*head{&next.topics, &next.urgency, &next.articles} {
		*h = r.head(features)
	}
	if r.bad || len(r.b) > 0 {
		return errors.New("triage: the model is cut short, or more than a model")
	}
	if !slices.Equal(next.topics.classes, Topics) || !slices.Equal(next.urgency.classes, Urgencies) || len(next.articles.classes) == 0 {
		return errors.New("triage: the model answers for other topics or levels than ours")
	}
	next.seal()
	if !slices.Equal(next.sealed, b) {
		return errors.New("triage: the model is not written as this program writes it")
	}
	*m = next
	return nil
}

// reader takes bytes apart; once they do not suffice it is bad and gives nothing.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n int) []byte {
	if r.bad || n < 0 || n > len(r.b) {
		r.bad = true
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) number() int {
	n, size := binary.Uvarint(r.b)
	if r.bad || size <= 0 || n > 1<<30 {
		r.bad = true
		return 0
	}
	r.b = r.b[size:]
	return int(n)
}

func (r *reader) bytes() []byte { return r.take(r.number()) }

func (r *reader) u64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *reader) vocabulary() *vocabulary {
	n := r.number()
	if n > len(r.b)/6 { // a name takes six bytes at least
		r.bad = true
		return &vocabulary{}
	}
	v := &vocabulary{names: make([]string, 0, n), idf: make([]float64, 0, n), at: make(map[string]int32, n)}
	var name []byte
	for range n {
		same := r.number()
		rest := r.bytes()
		idf := r.take(4)
		if r.bad || same > len(name) || same+len(rest) == 0 {
			r.bad = true
			return v
		}
		name = append(name[:same], rest...)
		v.at[string(name)] = int32(len(v.names))
		v.names = append(v.names, string(name))
		v.idf = append(v.idf, float64(math.Float32frombits(binary.LittleEndian.Uint32(idf))))
	}
	return v
}

func (r *reader) head(features int) head {
	n := r.number()
	if n > 100 {
		r.bad = true
		return head{}
	}
	var h head
	for range n {
		h.classes = append(h.classes, string(r.bytes()))
	}
	b := r.take(2 * n * (features + 1))
	if r.bad {
		return head{}
	}
	h.w = make([]int16, n*(features+1))
	for i := range h.w {
		h.w[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return h
}
