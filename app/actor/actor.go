// Package actor says who is acting: a person with a role, or the system inside a
// named job. It is passed as an argument and never read from a context by a room.
package actor

import "slices"

// Role is what a person is to the house. One role a person.
type Role string

// The roles. System acts only inside a named job or command.
const (
	Physician     Role = "physician"
	Delegate      Role = "delegate"
	Consultant    Role = "consultant"
	Manager       Role = "manager"
	Claims        Role = "claims"
	Administrator Role = "administrator"
	Auditor       Role = "auditor"
	System        Role = "system"
)

// Roles are the roles a person can have.
var Roles = []Role{Physician, Delegate, Consultant, Manager, Claims, Administrator, Auditor}

// Actor is who acts. Desks are the desks whose tickets they may see, for
// consultants and managers. Promise is the outbox row a job was promised by.
type Actor struct {
	ID      int64
	Role    Role
	Name    string
	Desks   []int64
	Job     string
	Promise int64
}

// Is says whether the actor has one of the roles.
func (a Actor) Is(roles ...Role) bool { return slices.Contains(roles, a.Role) }

// Insured says whether the actor is a physician or speaks for one.
func (a Actor) Insured() bool { return a.Is(Physician, Delegate) }

// Desk says whether the actor works tickets: a consultant or a manager.
func (a Actor) Desk() bool { return a.Is(Consultant, Manager) }

// Staff says whether the actor works for the insurer.
func (a Actor) Staff() bool { return a.Is(Consultant, Manager, Claims, Administrator, Auditor) }

// Job is the system inside a job that the outbox promised.
func Job(kind string, promise int64) Actor { return Actor{Role: System, Job: kind, Promise: promise} }

// Command is the system at the hands of an operator who runs a verb of the program.
func Command(verb string) Actor { return Actor{Role: System, Job: "command:" + verb} }
