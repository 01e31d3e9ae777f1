package desk

import (
	"errors"
	"sync"
	"time"
)

var errZone = errors.New("desk: its time zone is not known here")

// zones keeps what LoadLocation reads from files each time it is asked.
var zones sync.Map // name → *time.Location

// zoneOf is the time zone of a name such as America/New_York. The machine's own zone
// is no desk's.
func zoneOf(name string) (*time.Location, error) {
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location), nil
	}
	if name == "" || name == "Local" {
		return nil, errZone
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, errZone
	}
	zones.Store(name, zone)
	return zone, nil
}
