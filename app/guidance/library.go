package guidance

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

//go:embed library/*.md
var shelf embed.FS

// Library holds the articles that ship with the program, one `<slug>.md` each.
func Library() fs.FS {
	books, err := fs.Sub(shelf, "library")
	if err != nil {
		panic(err) // the folder is compiled in; its name is a constant
	}
	return books
}

// Front is what stands above an article's text: what it is, who keeps it (Owner, a
// name), in what capacity it was written (Author, a role), and the days between which
// it may be trusted.
type Front struct {
	Title, Slug, Topic, Visible, Owner, Author, For, Summary, Keywords string
	Reviewed, ReviewBy                                                 time.Time // days, at midnight UTC
}

// frontKeys are all required, in the order an article lists them.
var frontKeys = []string{"title", "slug", "topic", "visible", "owner", "author", "reviewed", "review_by", "for", "summary", "keywords"}

var topics = []string{
	"close_relationships", "online_reviews", "discharge", "difficult_patient", "boundaries_communication",
	"transparency_records", "equity_culture", "misinformation", "privacy_disclosure", "other_liability",
}

// ParseFile reads one article: `key: value` lines between two `---` lines, then
// the Markdown body. Name is the file's name, whose stem must be the slug. An
// error names the file and the key or line at fault, never a value.
func ParseFile(name string, b []byte) (Front, string, error) {
	lines := strings.Split(strings.TrimPrefix(plainBreaks(string(b)), "\uFEFF"), "\n")
	if strings.TrimSpace(lines[0]) != "---" {
		return Front{}, "", fmt.Errorf("%s: the first line is not ---", name)
	}
	end := 1 + slices.IndexFunc(lines[1:], func(l string) bool { return strings.TrimSpace(l) == "---" })
	if end == 0 {
		return Front{}, "", fmt.Errorf("%s: no --- closes the front matter", name)
	}

	values := map[string]string{}
	for i, line := range lines[1:end] {
		if strings.TrimSpace(line) == "" {
			continue
		}
		key, value, found := strings.Cut(line, ":")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !found || !slices.Contains(frontKeys, key) {
			return Front{}, "", fmt.Errorf("%s: line %d is not one of %s, a colon and a value", name, i+2, strings.Join(frontKeys, ", "))
		}
		if _, twice := values[key]; twice {
			return Front{}, "", fmt.Errorf("%s: %s is given twice", name, key)
		}
		values[key] = value
	}
	for _, key := range frontKeys {
		if values[key] == "" {
			return Front{}, "", fmt.Errorf("%s: %s is missing", name, key)
		}
	}

	f := Front{
		Title: values["title"], Slug: values["slug"], Topic: values["topic"], Visible: values["visible"],
		Owner: values["owner"], Author: values["author"], For: values["for"], Summary: values["summary"], Keywords: values["keywords"],
	}
	var err error
	if f.Reviewed, err = time.Parse(time.DateOnly, values["reviewed"]); err != nil {
		return Front{}, "", fmt.Errorf("%s: reviewed is not a day written 2006-01-02", name)
	}
	if f.ReviewBy, err = time.Parse(time.DateOnly, values["review_by"]); err != nil {
		return Front{}, "", fmt.Errorf("%s: review_by is not a day written 2006-01-02", name)
	}
	switch {
	case !f.ReviewBy.After(f.Reviewed):
		return Front{}, "", fmt.Errorf("%s: review_by is not after reviewed", name)
	case f.Slug != strings.TrimSuffix(path.Base(name), ".md"):
		return Front{}, "", fmt.Errorf("%s: slug is not the file's name", name)
	case !slices.Contains(topics, f.Topic):
		return Front{}, "", fmt.Errorf("%s: topic is not one of %s", name, strings.Join(topics, ", "))
	case f.Visible != "insured" && f.Visible != "desk":
		return Front{}, "", fmt.Errorf("%s: visible is neither insured nor desk", name)
	}
	body := strings.TrimSpace(strings.Join(lines[end+1:], "\n"))
	if body == "" {
		return Front{}, "", fmt.Errorf("%s: nothing follows the front matter", name)
	}
	return f, body + "\n", nil
}
