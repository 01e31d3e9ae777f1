package whatif

import "hotline/app/routing"

// Knob is one number of a policy that a plan may change. Its name is the policy's own,
// as in JSON: "weights.room", "loads.critical", "warn".
type Knob struct {
	Name        string
	Least, Most int
	in          func(*routing.Policy) *int
}

// Of is its number in a policy.
func (k Knob) Of(p routing.Policy) int { return *k.in(&p) }

const (
	mostPoints = 1000
	mostLoad   = 20
	mostWait   = 7 * 24 * 60 // minutes
)

// Knobs are all of them, in the order they are shown.
var Knobs = func() []Knob {
	all := []Knob{
		{"weights.room", 0, mostPoints, func(p *routing.Policy) *int { return &p.Weights.Room }},
		{"weights.depth", 0, mostPoints, func(p *routing.Policy) *int { return &p.Weights.Depth }},
		{"weights.state", 0, mostPoints, func(p *routing.Policy) *int { return &p.Weights.State }},
		{"weights.language", 0, mostPoints, func(p *routing.Policy) *int { return &p.Weights.Language }},
		{"weights.matter", 0, mostPoints, func(p *routing.Policy) *int { return &p.Weights.Matter }},
		{"weights.physician", 0, mostPoints, func(p *routing.Policy) *int { return &p.Weights.Physician }},
		{"weights.practice", 0, mostPoints, func(p *routing.Policy) *int { return &p.Weights.Practice }},
		{"weights.cover", 0, mostPoints, func(p *routing.Policy) *int { return &p.Weights.Cover }},
	}
	each := func(name string, least, most int, of func(*routing.Policy) *routing.ByUrgency) {
		all = append(all,
			Knob{name + ".critical", least, most, func(p *routing.Policy) *int { return &of(p).Critical }},
			Knob{name + ".urgent", least, most, func(p *routing.Policy) *int { return &of(p).Urgent }},
			Knob{name + ".routine", least, most, func(p *routing.Policy) *int { return &of(p).Routine }})
	}
	each("loads", 1, mostLoad, func(p *routing.Policy) *routing.ByUrgency { return &p.Loads })
	each("accept", 0, mostWait, func(p *routing.Policy) *routing.ByUrgency { return &p.Accept })
	each("tell", 0, mostWait, func(p *routing.Policy) *routing.ByUrgency { return &p.Tell })
	return append(all, Knob{"warn", 0, 90, func(p *routing.Policy) *int { return &p.Warn }})
}()
