// SPDX-License-Identifier: Apache-2.0

package record

import (
	"os"
	"runtime"
	"runtime/debug"
	"time"
)

// Manifest says what ran, where, and on what data.
type Manifest struct {
	Program      string            `json:"program"`
	Version      string            `json:"version"`
	GoVersion    string            `json:"go_version"`
	GitRevision  string            `json:"git_revision,omitempty"`
	GitModified  *bool             `json:"git_modified,omitempty"` // the work tree had changes; nil where that is not known
	Build        map[string]string `json:"build,omitempty"`
	Modules      map[string]string `json:"modules,omitempty"` // path -> version
	Command      []string          `json:"command"`
	Backend      string            `json:"backend"`
	PluginPath   string            `json:"plugin_path,omitempty"`
	PluginSHA256 string            `json:"plugin_sha256,omitempty"`
	Device       string            `json:"device"`
	Devices      int               `json:"devices"` // that shared the network
	DType        string            `json:"dtype"`
	XLAFlags     string            `json:"xla_flags"`
	Data         string            `json:"data"`
	DataHash     string            `json:"data_hash"`
	DataNotes    []string          `json:"data_notes,omitempty"`
	Solver       string            `json:"solver,omitempty"` // how Gauss-Newton steps are solved, as chosen for the run
	Features     int               `json:"features"`         // D, with Classes what the data decide of the network
	Classes      int               `json:"classes"`          // K
	TrainSamples int               `json:"train_samples"`
	TestSamples  int               `json:"test_samples"`
	Probe        *ProbeSet         `json:"probe,omitempty"` // the samples of metrics' probe lines
	Host         Host              `json:"host"`
	Started      time.Time         `json:"started"`
	Ended        time.Time         `json:"ended,omitzero"`
	Resumed      []Resumption      `json:"resumed,omitempty"` // when the run went on, the earliest first
}

// Resumption is a process that went on with a run.
type Resumption struct {
	Step         int       `json:"step"` // from which it went on
	Time         time.Time `json:"time"`
	Version      string    `json:"version"`
	GitRevision  string    `json:"git_revision,omitempty"`
	Command      []string  `json:"command"`
	Backend      string    `json:"backend"`
	PluginSHA256 string    `json:"plugin_sha256,omitempty"`
	Device       string    `json:"device"`
	Host         Host      `json:"host"`
	Total        int       `json:"total_steps,omitempty"` // of the run from then on, where it was made longer
}

// Changed tells that the program was built from a work tree known to have changes.
func (m *Manifest) Changed() bool { return m.GitModified != nil && *m.GitModified }

// Newest says how the run last went on, or began.
func (m *Manifest) Newest() Resumption {
	if n := len(m.Resumed); n > 0 {
		return m.Resumed[n-1]
	}
	return Resumption{
		Time: m.Started, Version: m.Version, GitRevision: m.GitRevision, Command: m.Command,
		Backend: m.Backend, PluginSHA256: m.PluginSHA256, Device: m.Device, Host: m.Host,
	}
}

// Host is the machine.
type Host struct {
	Name string `json:"name,omitempty"`
	OS   string `json:"os"`
	Arch string `json:"arch"`
	CPUs int    `json:"cpus"` // usable by this process
}

// NewManifest fills what the process knows of itself: program, modules, build,
// command line, XLA_FLAGS, host and start time. Backend, device, dtype and data
// are the caller's.
func NewManifest(now time.Time) Manifest {
	m := Manifest{
		Program:   "revgn",
		Version:   "unknown",
		GoVersion: runtime.Version(),
		Command:   os.Args,
		XLAFlags:  os.Getenv("XLA_FLAGS"),
		Host:      Host{OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU()},
		Started:   now.UTC(),
	}
	m.Host.Name, _ = os.Hostname() // a machine without a name is still a machine
	if info, ok := debug.ReadBuildInfo(); ok {
		m.addBuild(info)
	}
	return m
}

// addBuild takes versions and settings from what the linker recorded.
func (m *Manifest) addBuild(info *debug.BuildInfo) {
	m.Version = info.Main.Version
	m.Modules = map[string]string{}
	for _, d := range info.Deps {
		version := d.Version
		if d.Replace != nil {
			version += " => " + d.Replace.Path + " " + d.Replace.Version
		}
		m.Modules[d.Path] = version
	}
	m.Build = map[string]string{}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			m.GitRevision = s.Value
		case "vcs.modified":
			modified := s.Value == "true"
			m.GitModified = &modified
		case "-tags", "CGO_ENABLED", "GOAMD64", "GOARM64", "GOEXPERIMENT":
			m.Build[s.Key] = s.Value
		}
	}
}
