package web

type triagePages struct{ *Web }

func (w *Web) triageRoutes() []route {
	return nil
}
