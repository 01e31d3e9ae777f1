// Package static holds what the browser is given once and may keep for a year: one stylesheet, the fonts, the icons, a
// small script and htmx, all compiled in. Every address carries the fingerprint of what it returns, so a new release is
// a new address and nothing needs to be asked for twice.
package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"path"
	"strings"
)

//go:embed css fonts js vendor icons.svg icon.svg icons.LICENSE.txt
var files embed.FS

// Prefix is where the handler stands in the router.
const Prefix = "/static/"

// sheets are the parts of app.css, in the order in which the browser reads them: tokens declares the layers and comes
// first, print comes last. Within the components layer the order is the one the design was drawn in; only rules of equal
// weight on one element depend on it.
var sheets = strings.Fields(`
	tokens base rooms
	components/icon components/brand components/key components/person components/button
	components/field components/error components/choice components/search
	components/urgency components/status components/speakers components/notice components/flash components/empty components/emergency
	components/evidence components/ask components/request components/consultations components/timeline components/letter components/summary components/more
	components/queues components/row components/ticket components/panel components/due components/facts components/why
	components/history components/leg components/message components/note components/composer
	components/call components/caller
	components/report components/figures components/table components/chart
	components/people components/calendar components/whatif components/waiting components/operations components/decision
	components/editor components/recall components/letters components/summary_card components/triage
	components/article components/threshold components/tabs components/tip components/dialog components/forced
	print
`)

var assets = load()

// URL is the fingerprinted address of a file: "app.css", "js/app.js", "vendor/htmx.min.js", "icons.svg", "fonts/…".
// It panics on a name that is not there, because that is a mistake in a template and never a visitor's.
func URL(name string) string {
	a, ok := assets[name]
	if !ok {
		panic("static: no file named " + name)
	}
	return Prefix + a.print + "/" + name
}

func load() map[string]*asset {
	all := map[string]*asset{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) == ".css" {
			return err
		}
		body, err := files.ReadFile(name)
		if err == nil {
			all[name] = newAsset(name, body)
		}
		return err
	})
	if err != nil {
		panic("static: " + err.Error()) // an embedded file that cannot be read: the binary itself is broken
	}
	all["app.css"] = newAsset("app.css", stylesheet(all))
	return all
}

// stylesheet is the parts in order, with the fonts' addresses replaced by fingerprinted ones.
func stylesheet(all map[string]*asset) []byte {
	var css bytes.Buffer
	for _, name := range sheets {
		part, err := files.ReadFile("css/" + name + ".css")
		if err != nil {
			panic("static: " + err.Error())
		}
		css.Write(bytes.TrimSpace(part))
		css.WriteByte('\n')
	}
	out := css.String()
	for name, a := range all {
		if strings.HasPrefix(name, "fonts/") {
			out = strings.ReplaceAll(out, `url("`+name+`")`, `url("`+Prefix+a.print+"/"+name+`")`)
		}
	}
	return []byte(out)
}

func fingerprint(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:6])
}
