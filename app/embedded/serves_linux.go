package embedded

import (
	"bytes"
	"fmt"
	"os"
)

// serves says whether the process is the postgres of this data folder. Its
// command line tells: a zombie has none, and a stranger who got the number of
// a dead server has another. (Its working folder would tell too, but root in
// a container may not read that.)
func serves(pid int, data string) bool {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return err == nil && bytes.Contains(line, []byte("\x00-D\x00"+data+"\x00"))
}
