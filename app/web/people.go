package web

// The people are who works on a desk, when, and what they take.

func (w *Web) peopleRoutes() []route { return nil }
