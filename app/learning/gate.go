package learning

import (
	"fmt"

	"hotline/app/triage"
)

// What a model must do better before it may replace the one in force. On a few hundred
// questions less than half a point is chance, and so is one alarm more.
const (
	margin     = 0.005
	moreAlarms = 0.01 // of those not critical, or one
	hair       = 1e-9
)

// refused says why one model may not replace another: both read the same questions, which
// they had not learned. "" : it may.
func refused(was, is triage.Score) string {
	in := func(was, is float64) string { return fmt.Sprintf("%.1f %% to %.1f %%", 100*was, 100*is) }
	switch {
	case is.Caught.K < was.Caught.K:
		return fmt.Sprintf("It catches %d of %d critical questions; the one in force catches %d.", is.Caught.K, is.Caught.N, was.Caught.K)
	case float64(is.FalseAlarms.K-was.FalseAlarms.K) > max(1, moreAlarms*float64(is.FalseAlarms.N)):
		return "It calls more questions critical that are not: " + in(was.FalseAlarms.Value(), is.FalseAlarms.Value()) + "."
	case is.Accuracy < was.Accuracy-hair:
		return "It finds the topic less often: " + in(was.Accuracy, is.Accuracy) + "."
	case is.MacroF1 < was.MacroF1-hair:
		return "It is less even over the topics (macro-F1): " + in(was.MacroF1, is.MacroF1) + "."
	case is.Accuracy < was.Accuracy+margin && is.MacroF1 < was.MacroF1+margin:
		return fmt.Sprintf("It is not better by half a point: topic %s, macro-F1 %s.", in(was.Accuracy, is.Accuracy), in(was.MacroF1, is.MacroF1))
	}
	return ""
}
