package web

import "net/http"

// healthz says that the process is alive. Nothing else: a sick database must not
// have every process restarted.
func (w *Web) healthz(rw http.ResponseWriter, _ *http.Request) {
	rw.Header().Set("Cache-Control", "no-store")
	rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = rw.Write([]byte("ok\n"))
}
