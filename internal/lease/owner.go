// SPDX-License-Identifier: Apache-2.0

package lease

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// Owner is who holds a lease.
type Owner struct {
	Host    string    `json:"host"`    // for people
	Machine string    `json:"machine"` // where PID means something
	PID     int       `json:"pid"`
	Begun   uint64    `json:"begun"` // when the process was started, in the machine's own count; 0: not known
	Nonce   string    `json:"nonce"`
	Taken   time.Time `json:"taken"` // for people
}

func newOwner() Owner {
	host, _ := os.Hostname() // a machine without a name is told apart by the rest
	pid := os.Getpid()
	nonce := make([]byte, 8)
	rand.Read(nonce) // never fails
	return Owner{Host: host, Machine: machine(host), PID: pid, Begun: begun(pid), Nonce: hex.EncodeToString(nonce), Taken: time.Now().UTC()}
}

// pulse is the second line of a lease file.
type pulse struct {
	Free  bool // given back
	Beat  uint64
	Child int // a process that writes for the owner, 0 for none
	Begun uint64
}

// line has the same length for every pulse, so that it can be rewritten in place without new blocks on a full disk.
func (p pulse) line() []byte {
	state := "held"
	if p.Free {
		state = "free"
	}
	return fmt.Appendf(nil, "%s %020d %010d %020d\n", state, p.Beat, p.Child, p.Begun)
}

// sheet is what a lease file holds.
type sheet struct {
	owner Owner
	pulse pulse
	text  string // as it stands; any change of it is a sign of life
	whole bool   // it could be read
}

func (o Owner) sheet(p pulse) ([]byte, error) {
	text, err := json.Marshal(o)
	return append(append(text, '\n'), p.line()...), err
}

// maxSheet bounds what is read of a lease file.
const maxSheet = 4096

func parse(text []byte) sheet {
	s := sheet{text: string(text)}
	head, tail, ok := bytes.Cut(text, []byte("\n"))
	if !ok || json.Unmarshal(head, &s.owner) != nil {
		return s
	}
	var state string
	n, err := fmt.Sscanf(string(tail), "%s %d %d %d\n", &state, &s.pulse.Beat, &s.pulse.Child, &s.pulse.Begun)
	s.whole = err == nil && n == 4 && (state == "free" || state == "held")
	s.pulse.Free = s.whole && state == "free"
	return s
}

// gone says that the owner is a process of this machine that is no more, and neither is its child.
func (s sheet) gone(machine string) bool {
	return s.whole && s.owner.Machine == machine && !alive(s.owner.PID, s.owner.Begun) && (s.pulse.Child == 0 || !alive(s.pulse.Child, s.pulse.Begun))
}
