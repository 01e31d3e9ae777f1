package web

type editorPages struct{ *Web }

func (w *Web) editorRoutes() []route {
	return nil
}
