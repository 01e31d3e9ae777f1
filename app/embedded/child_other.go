//go:build unix && !linux

package embedded

import "syscall"

// childAttributes put a child into a process group of its own, so that the
// Ctrl-C meant for us does not reach it first. Only Linux can end it with us;
// elsewhere the next start deals with the orphan.
func childAttributes(as *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: as, Setpgid: true}
}
