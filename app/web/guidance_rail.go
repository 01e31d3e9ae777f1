package web

import (
	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"

	"hotline/app/ticket"
)

// guidanceRail is what guidance has for a ticket, in its rail; nil for nothing.
func guidanceRail(_ *Web, _ *gin.Context, _ *ticket.Sheet) templ.Component { return nil }
