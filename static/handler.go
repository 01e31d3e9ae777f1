package static

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

type asset struct {
	name  string
	print string
	kind  string
	body  []byte
	small func() []byte // gzipped, made at the first request; nil where compression gains nothing
}

// kinds are written out, because what the system's MIME table says differs from machine to machine.
var kinds = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

func newAsset(name string, body []byte) *asset {
	a := &asset{name: name, print: fingerprint(body), kind: kinds[path.Ext(name)], body: body}
	if a.kind == "" {
		panic("static: no content type for " + name)
	}
	if a.kind != "font/woff2" {
		a.small = sync.OnceValue(func() []byte { return squeeze(body) })
	}
	return a
}

// Handler answers everything below Prefix; the whole path is expected, Prefix included. There are no listings. A file asked for
// under another release's fingerprint (a page that was open during a deployment) gets today's file, but may not keep it.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "Method not allowed", http.StatusMethodNotAllowed)
			return
		}
		print, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Prefix), "/")
		a, ok := assets[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		a.serve(w, r, print == a.print)
	})
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request, keep bool) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "no-cache")
	if keep {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body, tag := a.body, a.print
	if a.small != nil {
		h.Set("Vary", "Accept-Encoding")
		if r.Header.Get("Range") == "" && takesGzip(r) {
			body, tag = a.small(), a.print+"-gz"
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, a.name, time.Time{}, bytes.NewReader(body))
}

// takesGzip reads Accept-Encoding; "gzip;q=0" is a refusal.
func takesGzip(r *http.Request) bool {
	for offer := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, weight, _ := strings.Cut(strings.TrimSpace(offer), ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			q := strings.TrimLeft(strings.TrimPrefix(strings.ReplaceAll(weight, " ", ""), "q="), "0.")
			return weight == "" || q != ""
		}
	}
	return false
}

func squeeze(body []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		panic("static: " + err.Error())
	}
	if _, err = w.Write(body); err == nil {
		err = w.Close()
	}
	if err != nil {
		panic("static: " + err.Error()) // a bytes.Buffer does not refuse
	}
	return out.Bytes()
}
