package audit

import (
	"fmt"
	"strings"
)

// Exit is the command's exit code: 0 whole, 1 broken.
func (r Report) Exit() int {
	if r.Problem != nil {
		return 1
	}
	return 0
}

// String is what the command prints.
func (r Report) String() string {
	var b strings.Builder
	if r.Problem == nil {
		b.WriteString("The record is whole.\n")
	} else {
		fmt.Fprintf(&b, "The record is broken: %s\n", r.Problem)
	}
	fmt.Fprintf(&b, "entries: %d about %d subjects\n", r.Entries, r.Subjects)
	if r.Seals == 0 {
		b.WriteString("seals: none yet\n")
	} else {
		fmt.Fprintf(&b, "seals: %d, the last is no. %d of %s, root %x\n",
			r.Seals, r.LastSealNo, r.LastSealAt.UTC().Format(micro), r.LastSealRoot)
	}
	fmt.Fprintf(&b, "newer than the last seal: %d, held by their chains alone\n", r.NewerThanLastSeal)
	switch {
	case !r.KeyGiven:
		b.WriteString("MAC: not checked, no key was given\n")
	case r.MACChecked && r.WithoutMAC > 0:
		fmt.Fprintf(&b, "MAC: checked; the first %d seals carry none\n", r.WithoutMAC)
	case r.MACChecked:
		b.WriteString("MAC: checked\n")
	case r.Seals == 0:
		b.WriteString("MAC: not checked, there is no seal\n")
	default:
		b.WriteString("MAC: does not hold\n")
	}
	if r.Witnesses > 0 {
		fmt.Fprintf(&b, "witnesses: %d fit\n", r.Witnesses)
	}
	return b.String()
}

func (p *Problem) String() string {
	if p.Kind == "" {
		return fmt.Sprintf("seal %d was %s. %s", p.Seal, p.What, p.Sentence)
	}
	row := "no row"
	if p.RecordID != 0 {
		row = fmt.Sprintf("row %d", p.RecordID)
	}
	return fmt.Sprintf("%s %d, entry %d (%s) was %s. %s", p.Kind, p.SubjectID, p.Seq, row, p.What, p.Sentence)
}
