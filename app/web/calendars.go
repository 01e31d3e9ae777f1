package web

// The calendar pages are a desk's hours, holidays and promises.

func (w *Web) calendarRoutes() []route { return nil }
