package guidance

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"hotline/app/fault"
)

var lineLike = regexp.MustCompile(`line (\d+)`)

// faultLine is the line a fault of ParseFile, or of an article's check, is about.
func faultLine(content []byte, err error) int {
	lines := strings.Split(plainBreaks(string(content)), "\n")
	end := len(lines)
	for i, line := range lines {
		if i > 0 && strings.TrimSpace(line) == "---" {
			end = i + 1
			break
		}
	}
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		if bad[0].Name == "body" {
			return min(end+1, len(lines))
		}
		return max(1, keyLine(lines[:end], bad[0].Name, 1))
	}
	said := err.Error()
	if found := lineLike.FindStringSubmatch(said); found != nil {
		n, _ := strconv.Atoi(found[1]) // digits, and few
		return n
	}
	_, what, _ := strings.Cut(said, ".md: ")
	key, _, _ := strings.Cut(what, " ")
	switch {
	case strings.HasPrefix(what, "the first line"), strings.HasPrefix(what, "no ---"):
		return 1
	case strings.HasPrefix(what, "nothing follows"), strings.HasSuffix(what, "is missing"):
		return end
	case strings.HasSuffix(what, "given twice"):
		return max(1, keyLine(lines[:end], key, 2))
	}
	return max(1, keyLine(lines[:end], key, 1))
}

// keyLine is the line where a key stands for the nth time; 0: nowhere.
func keyLine(lines []string, key string, nth int) int {
	for i, line := range lines {
		if k, _, found := strings.Cut(line, ":"); found && strings.TrimSpace(k) == key {
			if nth--; nth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

func faultWords(name string, err error) string {
	if bad, ok := errors.AsType[fault.Fields](err); ok {
		return bad[0].Says
	}
	words := strings.TrimPrefix(err.Error(), name+": ")
	return strings.ToUpper(words[:1]) + words[1:] + "."
}
