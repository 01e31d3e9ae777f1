package main

import (
	"testing"

	"hotline/app/desk"
)

func TestTopicsAreReadWithTheirLevels(t *testing.T) {
	t.Parallel()
	known := []desk.Topic{{Code: "discharge"}, {Code: "misinformation"}}
	skills, err := readSkills([]string{"all", "discharge=leads"}, known)
	if err != nil || len(skills) != 3 || skills[1] != (desk.Skill{Topic: "misinformation", Level: "knows"}) || skills[2] != (desk.Skill{Topic: "discharge", Level: "leads"}) {
		t.Errorf("%v %v", skills, err)
	}
	for _, wrong := range []string{"weather", "discharge=guesses", "=leads"} {
		if _, err := readSkills([]string{wrong}, known); err == nil {
			t.Errorf("%q was read", wrong)
		}
	}
}
