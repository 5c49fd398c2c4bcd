// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"runtime"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
)

func TestMatmul(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		for _, dtype := range []dtypes.DType{dtypes.Float32, dtypes.Float64} {
			m, err := NewMatmul(b.Backend, 1, dtype, 64)
			if err != nil {
				t.Fatal(err)
			}
			if m.Size != 64 || m.Operations() != 2*64*64*64 {
				t.Errorf("%s: size %d, %g operations", dtype, m.Size, m.Operations())
			}
			if rate, err := m.Rate(); err != nil || !(rate > 0) {
				t.Errorf("%s: rate %g, %v", dtype, rate, err)
			}
			m.Finalize()
		}
	})
}

// The factors are neither zeros nor all alike.
func TestFill(t *testing.T) {
	values := make([]float32, 1000)
	fill(values)
	sum, seen := 0.0, map[float32]bool{}
	for _, v := range values {
		sum += float64(v)
		seen[v] = true
		if !(v >= -1 && v <= 1) {
			t.Fatalf("got %v", v)
		}
	}
	if len(seen) < 990 || sum/1000 > 0.1 || sum/1000 < -0.1 {
		t.Errorf("%d different values, mean %g", len(seen), sum/1000)
	}
}

// account has the fields of an executable that CompiledMemory reads.
type account struct {
	compute.Executable
	exec *struct {
		OnDeviceMemoryUsageStats struct{ GeneratedCode, Inputs, Outputs, Aliases, Temporary int64 }
	}
}

func TestCompiledMemory(t *testing.T) {
	var e account
	if c, ok := CompiledMemory(&e); ok {
		t.Errorf("nil told %+v", c)
	}
	e.exec = new(struct {
		OnDeviceMemoryUsageStats struct{ GeneratedCode, Inputs, Outputs, Aliases, Temporary int64 }
	})
	e.exec.OnDeviceMemoryUsageStats.Inputs = 100
	if c, ok := CompiledMemory(&e); ok {
		t.Errorf("without temporaries it told %+v", c)
	}
	stats := &e.exec.OnDeviceMemoryUsageStats
	stats.GeneratedCode, stats.Outputs, stats.Aliases, stats.Temporary = 7, 50, 20, 1000
	if c, ok := CompiledMemory(&e); !ok || c != (Compiled{7, 100, 50, 20, 1000}) || c.Peak() != 1137 {
		t.Errorf("got %+v, %v", c, ok)
	}
}

// go-xla's executables have the fields. Where the account has temporaries it is told.
func TestCompiledMemoryOfBackends(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		const n = 256
		exec := graph.MustNewExec(b.Backend, func(x *graph.Node) *graph.Node { return graph.ReduceAllSum(graph.MatMul(graph.MatMul(x, x), x)) })
		defer exec.Finalize()
		g, err := exec.Compile(shapes.Make(dtypes.Float32, n, n))
		if err != nil {
			t.Fatal(err)
		}
		c, ok := CompiledMemory(g.Executable())
		if b.Kind == "go" {
			if ok {
				t.Errorf("the Go backend told %+v", c)
			}
			return
		}
		if c.Inputs != 4*n*n || c.Outputs < 4 || ok != (c.Temporary > 0) {
			t.Errorf("got %+v, %v, want inputs of %d bytes", c, ok, 4*n*n)
		}
	})
}

// The peak rises with memory that is touched, and begins anew.
func TestPeakMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skipf("not run on %s: only Linux lets the peak begin anew", runtime.GOOS)
	}
	const size = 64 << 20
	first := Watch()
	if !first.since {
		t.Skip("this kernel does not let the peak begin anew")
	}
	block := make([]byte, size)
	for i := 0; i < len(block); i += 4096 {
		block[i] = 1
	}
	grown := first.Usage()
	if grown.Peak < grown.Before+size*9/10 {
		t.Errorf("%+v after touching %d bytes", grown, size)
	}
	runtime.KeepAlive(block)
	block = nil
	again := Watch().Usage()
	if again.Peak > grown.Peak-size/2 {
		t.Errorf("%+v after beginning anew, %+v before", again, grown)
	}
}
