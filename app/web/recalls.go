package web

type recallPages struct{ *Web }

func (w *Web) recallRoutes() []route {
	return nil
}
