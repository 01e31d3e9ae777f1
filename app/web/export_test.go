package web

import "hotline/app/actor"

// Route is a line of the route list, for the test that holds it against the matrix.
type Route struct {
	Method, Path string
	Who          []actor.Role
}

// Routes is the list of everything that can be asked for.
func (w *Web) Routes() []Route {
	var out []Route
	for _, r := range w.routes() {
		out = append(out, Route{r.method, r.path, r.who})
	}
	return out
}
