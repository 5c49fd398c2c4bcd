// SPDX-License-Identifier: Apache-2.0

package devices

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gomlx/compute/distributed"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/core/tensors/dtensor"
	gomlx "github.com/gomlx/gomlx/ml/model"

	"revgn/model"
)

// axis names the one axis along which devices are laid out.
const axis = "hidden"

// Group is the devices that share a network, and where its variables lie on them.
type Group struct {
	count      int
	hidden, d  int                       // W is (hidden, d)
	mesh       *distributed.DeviceMesh   // nil for one device, as is what follows
	rows, cols *distributed.ShardingSpec // of a matrix that is split
	whole      *distributed.ShardingSpec
}

// New is a group of the first n devices of a backend for a network of the configuration. n must divide its hidden size.
func New(n int, c model.Config) (*Group, error) {
	if n < 1 {
		return nil, fmt.Errorf("%d devices: give at least 1", n)
	}
	if c.Hidden%n != 0 {
		return nil, fmt.Errorf("%d devices cannot share a hidden size of %d evenly", n, c.Hidden)
	}
	g := &Group{count: n, hidden: c.Hidden, d: c.Half()}
	if n == 1 {
		return g, nil
	}
	var err error
	if g.mesh, err = distributed.NewDeviceMesh([]int{n}, []string{axis}); err != nil {
		return nil, err
	}
	g.whole = distributed.NewReplicatedShardingSpec(g.mesh)
	if g.rows, err = distributed.BuildSpec(g.mesh).S(axis).R().Done(); err != nil {
		return nil, err
	}
	g.cols, err = distributed.BuildSpec(g.mesh).R().S(axis).Done()
	return g, err
}

// Count is the number of devices.
func (g *Group) Count() int { return g.count }

// layout is where a variable lies: the frozen projections by columns, whatever is shaped like W by rows, all else whole on each device.
func (g *Group) layout(name string, shape shapes.Shape) *distributed.ShardingSpec {
	switch {
	case name == "C" && slices.Equal(shape.Dimensions, []int{g.d, g.hidden}):
		return g.cols
	case slices.Equal(shape.Dimensions, []int{g.hidden, g.d}):
		return g.rows
	}
	return g.whole
}

// place lays out the variables of a store that do not lie where they should, and cuts their values at once, so that the whole of a split one is kept nowhere.
func (g *Group) place(store *gomlx.Store) error {
	for v := range store.IterVariables() {
		spec := g.layout(v.Name(), v.Shape())
		if v.ShardingSpec() == spec {
			continue
		}
		if !v.HasValue() {
			if err := v.SetShardingSpec(spec); err != nil {
				return err
			}
			continue
		}
		value, err := v.Value()
		if err != nil {
			return err
		}
		parts, err := dtensor.ShardTensor(spec, value)
		if err != nil {
			return fmt.Errorf("spreading %s over %d devices: %w", v.Path(), g.count, err)
		}
		if err := v.SetDistributedValue(parts); err != nil {
			return err
		}
	}
	return nil
}

// Free gives the memory of tensors back, on the devices and on the host; nil ones are passed over. It goes on after an error and returns the first.
func Free(list ...*tensors.Tensor) error {
	var first error
	for _, t := range list {
		if t != nil {
			first = cmp.Or(first, t.FinalizeAll())
		}
	}
	return first
}
