package mail

import "strings"

// Text is a letter for readers that show no HTML.
func Text(l Letter) string {
	var b strings.Builder
	for _, part := range []string{l.Name + ",", l.Says, l.Does + ":\n" + l.Link, l.Ends} {
		if part != "" {
			b.WriteString(part)
			b.WriteString("\n\n")
		}
	}
	b.WriteString("Hotline, Risk Management\n")
	if l.Phone != "" {
		b.WriteString(l.Phone + "\n")
	}
	b.WriteString("\nConsultation only, not notice of a claim. Please do not answer this e-mail:\nnobody reads it. In an emergency call 911.\n")
	return b.String()
}
