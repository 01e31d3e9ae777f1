package web

import (
	"net/url"
	"regexp"
)

func escape(s string) string { return url.QueryEscape(s) }

var linkLike = regexp.MustCompile(`https?://[^\s]+`)

// links are the paths of the addresses in a letter, for the demo's mailbox.
func links(text string) []string {
	var out []string
	for _, found := range linkLike.FindAllString(text, -1) {
		if u, err := url.Parse(found); err == nil && u.Path != "" {
			out = append(out, u.Path)
		}
	}
	return out
}
