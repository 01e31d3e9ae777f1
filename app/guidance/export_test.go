package guidance

var (
	Public  = public
	Nearest = nearest
)
