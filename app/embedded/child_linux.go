package embedded

import "syscall"

// childAttributes put a child into a process group of its own, so that the
// Ctrl-C meant for us does not reach it first, and have it shut down in good
// order when we are killed.
func childAttributes(as *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: as, Setpgid: true, Pdeathsig: syscall.SIGINT}
}
