package web

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// policy is what a page may load: our own files, and nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func setHeaders(h http.Header, secure bool) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

func (w *Web) headers(c *gin.Context) { setHeaders(c.Writer.Header(), w.secure()) }

// logged writes one line a request: the route's pattern, never the address, which
// may hold what somebody typed.
func (w *Web) logged(c *gin.Context) {
	start := time.Now()
	c.Next()
	took := time.Since(start)
	route := c.FullPath()
	if route == "" {
		route = "none"
	}
	w.metrics.request(c.Request.Method, route, c.Writer.Status(), took)
	slog.Debug("request", "method", c.Request.Method, "route", route, "status", c.Writer.Status(), "ms", took.Milliseconds(), "user", who(c).ID)
}
