// SPDX-License-Identifier: Apache-2.0

package plugin

import "runtime"

// Status is what List knows about one device's plugin.
type Status struct {
	Device  string
	Path    string   // empty where none is found
	SHA256  string   // of the plugin found
	Receipt *Receipt // nil where none is found or it was not installed by this program
	Err     error    // the plugin found does not fit its receipt, or cannot be read
	Wheels  []Wheel  // what can be installed on this machine
}

// List tells for each device which plugin is found in dirs and what could be installed. It loads no plugin.
func List(dirs []string) []Status {
	var all []Status
	for _, device := range Devices() {
		s := Status{Device: device}
		if runtime.GOOS == "linux" {
			s.Wheels = pinned(device, runtime.GOARCH, 13)
		}
		if path, ok := Find(dirs, device); ok {
			s.Path = path
			s.SHA256, s.Receipt, s.Err = Verify(path)
		}
		all = append(all, s)
	}
	return all
}
