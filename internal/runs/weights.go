// SPDX-License-Identifier: Apache-2.0

package runs

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/tensors"

	"revgn/gnstep"
	"revgn/internal/npy"
	"revgn/internal/train"
	"revgn/model"
)

// Newest stands for the newest checkpoint of a run.
const Newest = -1

// Weights are the trained tensors of a network at a step, on the host.
type Weights struct {
	Step   int
	Epoch  float64
	SHA256 string      // in hex, over name, shape and values of every trained tensor in order
	Arrays []npy.Array // the trained tensors, in the order of model.Config.TensorNames
	State  []npy.Array // what the optimizer kept, under the names of the checkpoint, opt/...; none at step 0
	Batch  []npy.Array // batch.x (B, D) and batch.y (B) of the step that led here; none at step 0
}

// Weights are those of a step's checkpoint, verified, or of the initial network for step 0.
func (r *Run) Weights(step int) (*Weights, error) {
	if step == 0 {
		return r.initial()
	}
	c, err := r.Checkpoint(step)
	if err != nil {
		return nil, err
	}
	if c.Step == 0 {
		return r.initial()
	}
	w := &Weights{Step: c.Step, Epoch: c.Epoch}
	for _, name := range trainedNames(r.Network) {
		a, ok := npy.Find(c.Arrays, name)
		if !ok {
			return nil, fmt.Errorf("%s, step %d: the checkpoint holds no %s", r.Dir(), c.Step, name)
		}
		if want := trainedShape(r.Network, name); !slices.Equal(a.Shape, want) {
			return nil, fmt.Errorf("%s, step %d: %s has shape %v, want %v by config.yaml", r.Dir(), c.Step, name, a.Shape, want)
		}
		w.Arrays = append(w.Arrays, a)
	}
	for _, a := range c.Arrays {
		switch {
		case strings.HasPrefix(a.Name, train.StatePrefix):
			w.State = append(w.State, a)
		case strings.HasPrefix(a.Name, "batch."):
			w.Batch = append(w.Batch, a)
		}
	}
	w.SHA256, err = hashOf(w.Arrays)
	return w, err
}

// initial draws the weights of step 0.
func (r *Run) initial() (*Weights, error) {
	w := &Weights{}
	for _, name := range trainedNames(r.Network) {
		a, err := InitialArray(r.Network, name)
		if err != nil {
			return nil, err
		}
		w.Arrays = append(w.Arrays, a)
	}
	var err error
	w.SHA256, err = hashOf(w.Arrays)
	return w, err
}

// InitialArray draws a tensor's initial value and copies it out.
func InitialArray(net model.Config, name string) (npy.Array, error) {
	value, err := net.InitialValue(name)
	if err != nil {
		return npy.Array{}, err
	}
	return train.HostArray(name, value)
}

// Put makes the variables of a network, which vars are of the run's configuration, those of the weights.
func (w *Weights) Put(vars *model.Variables) error {
	for _, a := range w.Arrays {
		if err := put(vars, a.Name, a); err != nil {
			return err
		}
	}
	return nil
}

// PutState gives an optimizer's variables what the checkpoint kept of them. The optimizer must be the run's own at that step, whose variables exist. Of a run that
// changed its optimizer under way, switched, the checkpoint may also hold what the other one kept.
func (w *Weights) PutState(vars *model.Variables, switched bool) error {
	for _, a := range w.State {
		path := gnstep.StateScope + strings.TrimPrefix(a.Name, train.StatePrefix)
		variable := vars.Store.GetVariable(path)
		if variable == nil && switched {
			continue
		}
		if variable == nil {
			return fmt.Errorf("step %d: the checkpoint holds %s, which this optimizer does not keep", w.Step, a.Name)
		}
		value, err := tensorOf(a)
		if err != nil {
			return err
		}
		if err := variable.SetValue(value); err != nil {
			return err
		}
	}
	return nil
}

func put(vars *model.Variables, name string, a npy.Array) error {
	value, err := tensorOf(a)
	if err != nil {
		return err
	}
	return vars.Variable(name).SetValue(value)
}

// Hash is the SHA256 that Weights would have for what the variables hold now.
func Hash(vars *model.Variables) (string, error) {
	var arrays []npy.Array
	for _, named := range vars.Trained() {
		value, err := named.Variable.Value()
		if err != nil {
			return "", err
		}
		a, err := train.HostArray(named.Name, value)
		if err != nil {
			return "", err
		}
		arrays = append(arrays, a)
	}
	return hashOf(arrays)
}

func hashOf(arrays []npy.Array) (string, error) {
	sum := sha256.New()
	for _, a := range arrays {
		fmt.Fprintf(sum, "%s %v\n", a.Name, a.Shape)
		if err := addValues(sum, a); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}

func addValues(sum hash.Hash, a npy.Array) error {
	switch a.Data.(type) {
	case []float32, []float64:
		return binary.Write(sum, binary.LittleEndian, a.Data)
	}
	return fmt.Errorf("%s holds %T, want float32 or float64", a.Name, a.Data)
}

func tensorOf(a npy.Array) (*tensors.Tensor, error) {
	switch values := a.Data.(type) {
	case []float32:
		return tensors.FromFlatDataAndDimensions(slices.Clone(values), a.Shape...), nil
	case []float64:
		return tensors.FromFlatDataAndDimensions(slices.Clone(values), a.Shape...), nil
	case []int32:
		return tensors.FromFlatDataAndDimensions(slices.Clone(values), a.Shape...), nil
	case []int64:
		return tensors.FromFlatDataAndDimensions(slices.Clone(values), a.Shape...), nil
	}
	return nil, fmt.Errorf("%s holds %T, which no network does", a.Name, a.Data)
}

func trainedNames(net model.Config) []string {
	var names []string
	for _, name := range net.TensorNames() {
		if model.IsTrained(name) {
			names = append(names, name)
		}
	}
	return names
}

// trainedShape is (h, d) of a W and (d) of a b.
func trainedShape(net model.Config, name string) []int {
	if strings.HasSuffix(name, ".b") {
		return []int{net.Half()}
	}
	return []int{net.Hidden, net.Half()}
}
