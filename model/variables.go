// SPDX-License-Identifier: Apache-2.0

package model

import (
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	gomlx "github.com/gomlx/gomlx/ml/model"
)

// Variables ties a network to the variables of a GoMLX store, so that its weights stay on the device between steps.
type Variables struct {
	Config Config
	Store  *gomlx.Store
}

// scope is the part of the store that holds the network; what an optimizer keeps lies elsewhere. startScope holds the weights that an anchored network starts
// from, once more: they follow from the configuration, as C and U do, so checkpoints leave them out.
const (
	scope      = "/net/"
	startScope = "/start/"
)

// NewVariables draws the initial values of the network into a new store.
func NewVariables(c Config) (*Variables, error) {
	v := &Variables{Config: c, Store: gomlx.NewStore()}
	for _, name := range c.TensorNames() {
		value, err := c.InitialValue(name)
		if err != nil {
			return nil, err
		}
		if c.Anchored() && IsTrained(name) {
			start, err := value.LocalClone()
			if err != nil {
				return nil, err
			}
			if err := v.create(startScope, name, start, false); err != nil {
				return nil, err
			}
		}
		if err := v.create(scope, name, value, IsTrained(name)); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func (v *Variables) create(scope, name string, value *tensors.Tensor, trained bool) error {
	variable, err := v.Store.CreateVariable(path(scope, name), value)
	if err != nil {
		return err
	}
	variable.SetTrainable(trained)
	return nil
}

// IsTrained tells from the name of a tensor whether training changes it.
func IsTrained(name string) bool {
	return strings.HasSuffix(name, ".W") || strings.HasSuffix(name, ".b")
}

func path(scope, name string) string { return scope + strings.ReplaceAll(name, ".", "/") }

// Network returns the weights as nodes of g; inside a step these are the weights before it.
func (v *Variables) Network(g *graph.Graph) *Network {
	n := &Network{Blocks: v.blocks(g, scope), U: v.node(g, scope, ReadoutName)}
	if v.Config.Anchored() {
		return n.anchored(v.blocks(g, startScope), v.Config)
	}
	return n
}

// blocks are the blocks with the trained weights that lie in the scope.
func (v *Variables) blocks(g *graph.Graph, trained string) []Block {
	var blocks []Block
	for l := range v.Config.Blocks {
		blocks = append(blocks, Block{F: v.coupling(g, trained, 2*l), G: v.coupling(g, trained, 2*l+1)})
	}
	return blocks
}

func (v *Variables) coupling(g *graph.Graph, trained string, i int) *Coupling {
	name := CouplingName(i)
	c := &Coupling{Name: name, Act: v.Config.ActivationOf(i), C: v.node(g, scope, name+".C"), W: v.node(g, trained, name+".W")}
	if v.Config.Bias {
		c.Bias = v.node(g, trained, name+".b")
	}
	return c
}

func (v *Variables) node(g *graph.Graph, scope, name string) *graph.Node {
	return v.variable(scope, name).NodeValue(g)
}

// Variable is the variable of a tensor by its name, one of TensorNames.
func (v *Variables) Variable(name string) *gomlx.Variable { return v.variable(scope, name) }

func (v *Variables) variable(scope, name string) *gomlx.Variable {
	return v.Store.GetVariable(path(scope, name))
}

// Trained lists the trained tensors' variables by name, in the order of TensorNames.
func (v *Variables) Trained() []Named {
	var trained []Named
	for _, name := range v.Config.TensorNames() {
		if IsTrained(name) {
			trained = append(trained, Named{name, v.variable(scope, name)})
		}
	}
	return trained
}

// Named is a variable with the name that files use for it.
type Named struct {
	Name     string
	Variable *gomlx.Variable
}

// Values copies every tensor of the network to the host; names are those of TensorNames.
func (v *Variables) Values() (map[string]*tensors.Tensor, error) {
	values := map[string]*tensors.Tensor{}
	for _, name := range v.Config.TensorNames() {
		value, err := v.variable(scope, name).Value()
		if err != nil {
			return nil, err
		}
		values[name] = value
	}
	return values, nil
}

// Update writes the weights after a step into the graph: new[i] is coupling i's Z.
func (v *Variables) Update(after []Delta) {
	for i, z := range after {
		name := CouplingName(i)
		v.variable(scope, name+".W").SetNodeValue(z.W)
		if z.Bias != nil {
			v.variable(scope, name+".b").SetNodeValue(z.Bias)
		}
	}
}
