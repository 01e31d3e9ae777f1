package web

import (
	"testing"
	"time"

	"hotline/app/desk"
	"hotline/app/ticket"
)

func TestTheLinesOfAWorkingAddUpAsTheyAreRounded(t *testing.T) {
	t.Parallel()
	third := 20*time.Minute + 20*time.Second
	w := workingOf([]ticket.Working{{Kind: "first_answer", Minutes: 61, Steps: []ticket.Step{
		{What: "open", Counts: third}, {What: "open", Counts: third}, {What: "open", Counts: third}}}}, desk.Times{Zone: time.UTC})
	if w[0].Lines[0].Counts != "20 min" || w[0].Lines[1].Counts != "21 min" || w[0].Lines[2].Counts != "20 min" || w[0].Total != "1 h 1 min" {
		t.Errorf("%+v", w[0])
	}
}
