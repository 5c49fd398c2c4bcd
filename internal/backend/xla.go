// SPDX-License-Identifier: Apache-2.0

//go:build ((linux && (amd64 || arm64)) || (darwin && arm64)) && !noxla

package backend

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/gomlx/go-xla/compute/xla"
	"github.com/gomlx/go-xla/pjrt"
	"k8s.io/klog/v2"

	"revgn/internal/backend/compilecache"
	"revgn/internal/backend/plugin"
	"revgn/internal/heap"
)

const xlaBuilt = true

// opening lets one plugin open at a time: klog's settings and go-xla's list of plugins are the process's.
var opening sync.Mutex

// openXLA opens a plugin by its absolute path. go-xla never installs anything by itself then, but it is told so too.
//
// TF32, which keeps 10 bits of a float32's mantissa, is off: on CUDA go-xla then asks for the highest precision in
// every dot (compute/xla/ops_dotgeneral.go). A CPU plugin shows 4 devices whatever the
// cores unless told otherwise. XLA's own messages below errors are off (go-xla sets TF_CPP_MIN_LOG_LEVEL=3 unless the
// user set it); go-xla's warnings go to logf. Where a cache is given, compilations go through it if the plugin allows.
func openXLA(kind, path string, devices int, cache *compilecache.Cache, logf func(string, ...any)) (*Backend, error) {
	opening.Lock()
	defer opening.Unlock()
	xla.EnableAutoInstall(false)
	defer captureLog(logf)()
	if kind == "xla:cuda" {
		// A second bar against TF32, inside NVIDIA's libraries: 0 overrides whatever a program asks for.
		if err := os.Setenv("NVIDIA_TF32_OVERRIDE", "0"); err != nil {
			return nil, err
		}
	}
	name, uncached := path, ""
	if cache != nil {
		hooked, err := compilecache.Hook(path, cache)
		if err != nil {
			cache, uncached = nil, err.Error()
		} else {
			name = hooked
		}
	}
	config, options, kept := xlaConfig(kind, name, devices)
	b, err := xla.NewWithOptions(config, options)
	if err != nil {
		return nil, err
	}
	if b.NumDevices() < 1 {
		return nil, fmt.Errorf("it shows no device")
	}
	if device := b.DeviceDescription(0); isGPU(device) && !b.IsCUDA() {
		b.Finalize()
		return nil, fmt.Errorf("it drives a GPU (%s) but its path does not say cuda, so TF32 could not be kept out: name the file %s",
			oneLine(device), plugin.FileName("cuda"))
	}
	if kind == "xla:tpu" {
		logf("%s multiplies float32 matrices in bfloat16 (go-xla v0.4.1 sets no precision there): certificates will show it", kind)
	}
	p, err := pjrt.GetPlugin(name)
	if err != nil {
		return nil, err
	}
	major, minor := p.Version()
	return &Backend{
		Backend: b, Description: fmt.Sprintf("%s: PJRT API %d.%d, %s", kind, major, minor, describeDevices(b)), Cache: cache, Uncached: uncached,
		kept: kept,
	}, nil
}

// isGPU reads off a device's description whether it is an NVIDIA GPU.
func isGPU(description string) bool {
	lower := strings.ToLower(description)
	return strings.Contains(lower, "cuda") || strings.Contains(lower, "gpu")
}

// xlaConfig is what go-xla is given for a kind of plugin, and whether memory is kept (heap). go-xla's guesses go by words in the path; shared buffers
// (device memory is host memory) are therefore named outright. One CPU device computes in the thread that calls it where the memory of that thread is kept.
func xlaConfig(kind, path string, devices int) (config string, options pjrt.NamedValuesMap, kept bool) {
	if kind != "xla:cpu" {
		return path + ",tf32=false,shared_buffers=false", nil, false
	}
	options = pjrt.NamedValuesMap{"cpu_device_count": int64(devices)}
	if devices == 1 && heap.Keep() {
		options["asynchronous"], kept = false, true
	}
	return path + ",tf32=false,shared_buffers=true", options, kept
}

// captureLog turns the warnings that go-xla prints through klog into notices, until the returned function is called.
func captureLog(logf func(string, ...any)) (restore func()) {
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	old := map[string]string{}
	for name, value := range map[string]string{"logtostderr": "false", "stderrthreshold": "FATAL", "one_output": "true", "skip_headers": "true"} {
		old[name] = flags.Lookup(name).Value.String()
		_ = flags.Set(name, value) // names and values are klog's own
	}
	klog.SetOutput(logWriter(logf))
	return func() {
		klog.Flush()
		klog.SetOutput(io.Discard)
		for name, value := range old {
			_ = flags.Set(name, value) // as above
		}
	}
}

type logWriter func(string, ...any)

func (w logWriter) Write(p []byte) (int, error) {
	if s := strings.TrimSpace(string(p)); s != "" {
		w("XLA: %s", oneLine(s))
	}
	return len(p), nil
}
