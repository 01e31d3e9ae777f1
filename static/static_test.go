package static

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func ask(t *testing.T, url string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, url, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAFileMayBeKeptForAYearUnderItsFingerprint(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]string{
		"app.css": "text/css; charset=utf-8", "js/app.js": "text/javascript; charset=utf-8", "vendor/htmx.min.js": "text/javascript; charset=utf-8",
		"icons.svg": "image/svg+xml", "fonts/newsreader.woff2": "font/woff2", "fonts/newsreader.OFL.txt": "text/plain; charset=utf-8",
	} {
		res := ask(t, URL(name))
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != kind {
			t.Errorf("%s: %d %s", name, res.StatusCode, res.Header.Get("Content-Type"))
		}
		if got := res.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control %q", name, got)
		}
		if tag := res.Header.Get("ETag"); ask(t, URL(name), "If-None-Match", tag).StatusCode != http.StatusNotModified {
			t.Errorf("%s: asked again with its ETag %s, it was sent again", name, tag)
		}
	}
}

func TestAnOldFingerprintGetsTodaysFileButMayNotKeepIt(t *testing.T) {
	t.Parallel()
	res := ask(t, Prefix+"0123456789ab/app.css")
	if res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "no-cache" {
		t.Fatalf("%d, %q", res.StatusCode, res.Header.Get("Cache-Control"))
	}
}

func TestNothingElseIsServed(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"/static/", "/static/x/", "/static/x/css/", "/static/x/css/tokens.css", "/static/x/static.go", "/static/x/../static.go", "/static/app.css", "/static/x/fonts"} {
		if res := ask(t, url); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", url, res.StatusCode)
		}
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, URL("app.css"), nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}

func TestTextIsSentCompressedToThoseWhoTakeIt(t *testing.T) {
	t.Parallel()
	plain := body(t, ask(t, URL("app.css")).Body)
	res := ask(t, URL("app.css"), "Accept-Encoding", "br;q=1, gzip;q=0.8")
	if res.Header.Get("Content-Encoding") != "gzip" || res.Header.Get("Vary") != "Accept-Encoding" {
		t.Fatalf("headers %v", res.Header)
	}
	z, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if body(t, z) != plain {
		t.Error("compressed and plain differ")
	}
	for _, refusal := range []string{"", "br", "gzip;q=0", "gzip; q=0.0"} {
		if got := ask(t, URL("app.css"), "Accept-Encoding", refusal).Header.Get("Content-Encoding"); got != "" {
			t.Errorf("Accept-Encoding %q got %s", refusal, got)
		}
	}
	if got := ask(t, URL("fonts/newsreader.woff2"), "Accept-Encoding", "gzip").Header.Get("Content-Encoding"); got != "" {
		t.Errorf("a font was compressed twice: %s", got)
	}
}

func TestTheStylesheetHoldsEveryPartAndFindsItsFonts(t *testing.T) {
	t.Parallel()
	css := string(assets["app.css"].body)
	if !strings.HasPrefix(strings.TrimSpace(css[strings.Index(css, "@layer"):]), "@layer tokens, base, rooms, components, print;") {
		t.Error("the order of the layers is not declared first")
	}
	err := fs.WalkDir(files, "css", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		part, err := files.ReadFile(name)
		if !strings.Contains(css, strings.TrimSpace(string(part))) && !strings.Contains(string(part), "url(") {
			t.Errorf("%s is not in the list of parts", name)
		}
		if strings.Count(string(part), "{") != strings.Count(string(part), "}") {
			t.Errorf("%s: braces do not match", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	fonts := regexp.MustCompile(`url\("([^"]*)"\)`).FindAllStringSubmatch(css, -1)
	if len(fonts) != 2 {
		t.Errorf("%d addresses in the stylesheet, two fonts were expected", len(fonts))
	}
	for _, f := range fonts {
		if res := ask(t, f[1]); res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "font/woff2" {
			t.Errorf("%s: %d", f[1], res.StatusCode)
		}
	}
	if outside := regexp.MustCompile(`@import|https?:`).FindString(css); outside != "" {
		t.Errorf("the stylesheet asks somebody else: %s", outside)
	}
}

// The budget of a cold cache: what every page loads.
func TestThePageWeighsLittle(t *testing.T) {
	t.Parallel()
	code, fonts := 0, 0
	for name, a := range assets {
		switch {
		case strings.HasSuffix(name, ".css"), strings.HasSuffix(name, ".js"):
			code += len(a.small())
		case strings.HasSuffix(name, ".woff2"):
			fonts += len(a.body)
		}
	}
	if code > 60_000 {
		t.Errorf("CSS and JS weigh %d bytes compressed, at most 60,000", code)
	}
	if fonts > 100_000 {
		t.Errorf("fonts weigh %d bytes, at most 100,000", fonts)
	}
}

func TestAWrongNameIsFoundAtOnce(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("an address was made for a file that is not there")
		}
	}()
	URL("app.cs")
}
