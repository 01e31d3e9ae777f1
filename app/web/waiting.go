package web

// The waiting is the queues as a manager sees them, live.

func (w *Web) waitingRoutes() []route { return nil }
