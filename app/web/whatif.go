package web

// The what-if pages play a past period again under another policy.

func (w *Web) whatifRoutes() []route { return nil }
