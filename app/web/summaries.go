package web

type summaryPages struct{ *Web }

func (w *Web) summaryRoutes() []route {
	return nil
}
