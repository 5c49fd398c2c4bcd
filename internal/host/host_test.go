// SPDX-License-Identifier: Apache-2.0

package host

import (
	"runtime"
	"testing"
)

func TestMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells all of it")
	}
	free, ok := Available()
	resident, known := Resident()
	peak, told := PeakResident()
	if !ok || !known || !told || free <= 0 || resident <= 0 || peak < resident/2 {
		t.Errorf("available %d %v, resident %d %v, peak %d %v", free, ok, resident, known, peak, told)
	}
	block := make([]byte, 64<<20)
	for i := range block {
		block[i] = 1
	}
	if after, _ := Resident(); after < resident+32<<20 {
		t.Errorf("resident %d, and %d after taking 64 MiB", resident, after)
	}
	runtime.KeepAlive(block)
}
