package web

type letterPages struct{ *Web }

func (w *Web) letterRoutes() []route {
	return nil
}
