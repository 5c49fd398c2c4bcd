// SPDX-License-Identifier: Apache-2.0

package config

// Activation is a coupling's nonlinearity σ.
type Activation string

// The activations. Identity makes a coupling linear in its input.
const (
	ReLU      Activation = "relu"
	Identity  Activation = "identity"
	Tanh      Activation = "tanh"
	GELU      Activation = "gelu"
	SiLU      Activation = "silu"
	LeakyReLU Activation = "leaky-relu"
)

func activations() []Activation {
	return []Activation{ReLU, Identity, Tanh, GELU, SiLU, LeakyReLU}
}

// Whiten is a linear map fitted on the training samples.
type Whiten string

// The whitenings.
const (
	WhitenNone Whiten = "none"
	WhitenPCA  Whiten = "pca"
	WhitenZCA  Whiten = "zca"
)

func whitens() []Whiten { return []Whiten{WhitenNone, WhitenPCA, WhitenZCA} }

// Optimizer is the rule that turns a mini-batch into new weights.
type Optimizer string

// The optimizers: gn is the split Gauss-Newton step of docs/mathematics.md 3,
// the others are the baselines.
const (
	GN       Optimizer = "gn"
	SGD      Optimizer = "sgd"
	Momentum Optimizer = "momentum"
	Adam     Optimizer = "adam"
	AdamW    Optimizer = "adamw"
	Muon     Optimizer = "muon"
	KFAC     Optimizer = "kfac"
)

func optimizers() []Optimizer { return []Optimizer{GN, SGD, Momentum, Adam, AdamW, Muon, KFAC} }

// Loss is the training loss, a mean over samples.
type Loss string

// The losses.
const (
	CrossEntropy Loss = "cross-entropy"
	MSE          Loss = "mse"
)

func losses() []Loss { return []Loss{CrossEntropy, MSE} }

// Curvature is the H of u = H⁺ε, docs/mathematics.md 2.
type Curvature string

// The curvatures. Identity takes H = I, so that u = ε; exact is the loss's own, by its
// pseudo-inverse; damped adds --curvature-damping to it, sample by sample.
const (
	CurvatureIdentity Curvature = "identity"
	CurvatureExact    Curvature = "exact"
	CurvatureDamped   Curvature = "damped"
)

func curvatures() []Curvature {
	return []Curvature{CurvatureIdentity, CurvatureExact, CurvatureDamped}
}

// Solver is the method for Φ A = T, docs/mathematics.md 4.
type Solver string

// The solvers. Auto is spectral where a cut is asked for, else Cholesky; for the
// minimum norm Cholesky where the kernel is small, else cg.
const (
	SolverAuto     Solver = "auto"
	SolverCholesky Solver = "cholesky"
	SolverSpectral Solver = "spectral"
	SolverCG       Solver = "cg" // min-norm and mix only
)

func solvers() []Solver { return []Solver{SolverAuto, SolverCholesky, SolverSpectral, SolverCG} }

// DType is the floating-point type of weights and steps.
type DType string

// The types.
const (
	F32 DType = "f32"
	F64 DType = "f64"
)

func dtypes() []DType { return []DType{F32, F64} }

// LogFormat is the form of progress, results and errors.
type LogFormat string

// The formats: text for people, one JSON object a line for machines.
const (
	LogText LogFormat = "text"
	LogJSON LogFormat = "json"
)

func logFormats() []LogFormat { return []LogFormat{LogText, LogJSON} }
