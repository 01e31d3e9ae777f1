//go:build unix && !linux

package embedded

import (
	"os/exec"
	"strconv"
	"strings"
)

// serves says whether the process is the postgres of this data folder. Its
// command line tells: a zombie has none, and a stranger who got the number of
// a dead server has another.
func serves(pid int, data string) bool {
	line, err := exec.Command("ps", "-ww", "-o", "args=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.Contains(string(line), " -D "+data+" ")
}
