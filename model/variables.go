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

// scope is the part of the store that holds the network; what an optimizer keeps lies elsewhere.
const scope = "/net/"

// NewVariables draws the initial values of the network into a new store.
func NewVariables(c Config) (*Variables, error) {
	v := &Variables{Config: c, Store: gomlx.NewStore()}
	for _, name := range c.TensorNames() {
		value, err := c.InitialValue(name)
		if err != nil {
			return nil, err
		}
		variable, err := v.Store.CreateVariable(path(name), value)
		if err != nil {
			return nil, err
		}
		variable.SetTrainable(IsTrained(name))
	}
	return v, nil
}

// IsTrained tells from the name of a tensor whether training changes it.
func IsTrained(name string) bool {
	return strings.HasSuffix(name, ".W") || strings.HasSuffix(name, ".b")
}

func path(name string) string { return scope + strings.ReplaceAll(name, ".", "/") }

// Network returns the weights as nodes of g; inside a step these are the weights before it.
func (v *Variables) Network(g *graph.Graph) *Network {
	n := &Network{U: v.node(g, ReadoutName)}
	for l := range v.Config.Blocks {
		n.Blocks = append(n.Blocks, Block{F: v.coupling(g, 2*l), G: v.coupling(g, 2*l+1)})
	}
	return n
}

func (v *Variables) coupling(g *graph.Graph, i int) *Coupling {
	name := CouplingName(i)
	c := &Coupling{Name: name, Act: v.Config.ActivationOf(i), C: v.node(g, name+".C"), W: v.node(g, name+".W")}
	if v.Config.Bias {
		c.Bias = v.node(g, name+".b")
	}
	return c
}

func (v *Variables) node(g *graph.Graph, name string) *graph.Node {
	return v.Store.GetVariable(path(name)).NodeValue(g)
}

// Trained lists the trained tensors' variables by name, in the order of TensorNames.
func (v *Variables) Trained() []Named {
	var trained []Named
	for _, name := range v.Config.TensorNames() {
		if IsTrained(name) {
			trained = append(trained, Named{name, v.Store.GetVariable(path(name))})
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
		value, err := v.Store.GetVariable(path(name)).Value()
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
		v.Store.GetVariable(path(name + ".W")).SetNodeValue(z.W)
		if z.Bias != nil {
			v.Store.GetVariable(path(name + ".b")).SetNodeValue(z.Bias)
		}
	}
}
