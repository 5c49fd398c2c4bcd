// SPDX-License-Identifier: Apache-2.0

package backend_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"

	"revgn/internal/backend"
	"revgn/internal/backend/backendtest"
)

func TestBackendsDescribeThemselves(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		y := graph.MustNewExec(b.Backend, func(x *graph.Node) *graph.Node { return graph.Mul(x, x) }).MustCall(float32(3))[0]
		if got := y.Value().(float32); got != 9 {
			t.Errorf("3*3 = %v", got)
		}
		if !strings.HasPrefix(b.Description, b.Kind+": ") || !strings.Contains(b.Description, "1 device") {
			t.Errorf("description %q of %s", b.Description, b.Kind)
		}
		if isXLA := strings.HasPrefix(b.Kind, "xla:"); isXLA != (b.PluginPath != "") || isXLA != (len(b.PluginSHA256) == 64) {
			t.Errorf("%s has plugin %q with SHA-256 %q", b.Kind, b.PluginPath, b.PluginSHA256)
		}
		t.Log(b.Description)
	})
}

func TestBadGraphIsAnError(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		err := backend.Catch(func() {
			graph.MustNewExec(b.Backend, graph.Add).MustCall([]float32{1, 2}, []float32{1, 2, 3})
		})
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("adding [2] and [3]: %v, want an error of one line", err)
		}
	})
}

// TestIndependentLoopsFinish holds the reason why the Go backend is opened sequential: with its parallel executor
// (compute v0.1.2) this graph hangs.
func TestIndependentLoopsFinish(t *testing.T) {
	const loops, steps = 24, 50
	backendtest.Each(t, func(t *testing.T, b *backend.Backend) {
		done := make(chan error, 1)
		var got float32
		go func() {
			done <- backend.Catch(func() {
				got = graph.MustNewExec(b.Backend, func(x *graph.Node) *graph.Node {
					var sum *graph.Node
					for range loops {
						y := count(x, steps)
						if sum == nil {
							sum = y
						} else {
							sum = graph.Add(sum, y)
						}
					}
					return graph.ReduceAllSum(sum)
				}).MustCall([]float32{0, 1})[0].Value().(float32)
			})
		}()
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
		case <-time.After(60 * time.Second):
			t.Fatal("independent While loops deadlock")
		}
		if want := float32(loops * (1 + 2*steps)); got != want {
			t.Errorf("sum %v, want %v", got, want)
		}
	})
}

// count adds 1 to x, steps times, in a While loop.
func count(x *graph.Node, steps int) *graph.Node {
	g := x.Graph()
	cond := graph.NewClosure(g, func(g *graph.Graph) []*graph.Node {
		i := graph.Parameter(g, "i", graph.Const(g, int32(0)).Shape())
		_ = graph.Parameter(g, "x", x.Shape())
		return []*graph.Node{graph.LessThan(i, graph.Const(g, int32(steps)))}
	})
	body := graph.NewClosure(g, func(g *graph.Graph) []*graph.Node {
		i := graph.Parameter(g, "i", graph.Const(g, int32(0)).Shape())
		y := graph.Parameter(g, "x", x.Shape())
		return []*graph.Node{graph.Add(i, graph.Const(g, int32(1))), graph.Add(y, graph.Const(g, float32(1)))}
	})
	return graph.While(cond, body, graph.Const(g, int32(0)), x)[1]
}

// TestDevices asks for several devices in one process, beside the shared one of the other tests.
func TestDevices(t *testing.T) {
	for _, n := range []int{0, 2, 4} {
		b, err := backend.Open(context.Background(), backend.Options{Name: "xla:cpu", Devices: n, Offline: true})
		if err != nil {
			t.Skip(err)
		}
		if b.NumDevices() != max(1, n) {
			t.Errorf("asked for %d devices, got %d", n, b.NumDevices())
		}
		last := b.DeviceDescription(compute.DeviceNum(b.NumDevices() - 1))
		if strings.Contains(last, "invalid") {
			t.Errorf("the last device is %q", last)
		}
		b.Finalize()
	}
}

func TestOpenByPath(t *testing.T) {
	named, err := backend.Open(context.Background(), backend.Options{Name: "xla:cpu", Offline: true})
	if err != nil {
		t.Skip(err)
	}
	defer named.Finalize()
	b, err := backend.Open(context.Background(), backend.Options{Name: named.PluginPath})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	if b.Kind != "xla:cpu" || b.PluginSHA256 != named.PluginSHA256 || b.Description != named.Description {
		t.Errorf("by path %+v, by name %+v", b, named)
	}
}
