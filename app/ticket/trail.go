package ticket

import "hotline/app/audit"

// Entry is one entry of a ticket's record, and Looker how many people of a role
// opened it, for pages: they read the record through the ticket it is about.
type (
	Entry  = audit.Entry
	Looker = audit.Looker
)
