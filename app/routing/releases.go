package routing

import (
	"container/heap"
	"time"
)

// release is the end of a ticket in somebody's load.
type release struct {
	at     time.Time
	player int
	load   int
}

// releases is a heap, the earliest first.
type releases []release

func (r *releases) put(x release)     { heap.Push(r, x) }
func (r *releases) take() release     { return heap.Pop(r).(release) }
func (r releases) Len() int           { return len(r) }
func (r releases) Less(i, j int) bool { return r[i].at.Before(r[j].at) }
func (r releases) Swap(i, j int)      { r[i], r[j] = r[j], r[i] }

// Push is heap's; put is the one to call.
func (r *releases) Push(x any) { *r = append(*r, x.(release)) }

// Pop is heap's; take is the one to call.
func (r *releases) Pop() any {
	last := len(*r) - 1
	x := (*r)[last]
	*r = (*r)[:last]
	return x
}
