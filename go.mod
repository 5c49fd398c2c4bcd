// Versions are pinned exactly and raised by hand; why each module is here stands beside it.
module revgn

go 1.26.5

require (
	github.com/goccy/go-yaml v1.19.2 // config files, with the line of every key for error messages
	github.com/gofrs/flock v0.13.0 // one writer a run directory, one installer at a time
	github.com/gomlx/compute v0.1.2 // dtypes, shapes and the pure-Go backend of GoMLX
	github.com/gomlx/go-xla v0.4.1 // XLA through PJRT; what gopjrt became
	github.com/gomlx/gomlx v0.28.2 // graphs, variables, the baselines
	github.com/google/go-cmp v0.7.0 // differences in tests
	github.com/google/renameio/v2 v2.0.2 // files that appear whole or not at all
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.2 // tests: files against the schemas of docs/schemas
	github.com/schollz/progressbar/v3 v3.19.1 // downloads on a terminal
	github.com/spf13/cobra v1.10.2 // commands and shell completion over pflag
	github.com/spf13/pflag v1.1.0 // flags
	golang.org/x/sync v0.23.0 // reading many runs at a time for a report
	golang.org/x/sys v0.49.0 // free space, terminals in tests
	golang.org/x/term v0.47.0 // is this a terminal, how wide
	gonum.org/v1/gonum v0.17.0 // float64 linear algebra on the host: the oracle, QR, Cholesky
	gonum.org/v1/plot v0.17.0 // figures of a report as SVG and PNG; gonum's companion
	google.golang.org/protobuf v1.36.11 // the wire format of TensorBoard's event files; messages are written by hand
	k8s.io/klog/v2 v2.140.0 // quieting what GoMLX logs
	pgregory.net/rapid v1.3.0 // property tests
)

require (
	codeberg.org/go-fonts/liberation v0.5.0 // indirect
	codeberg.org/go-latex/latex v0.2.0 // indirect
	codeberg.org/go-pdf/fpdf v0.11.1 // indirect
	git.sr.ht/~sbinet/gg v0.7.0 // indirect
	github.com/BurntSushi/toml v1.4.1-0.20240526193622-a339e1f7089c // indirect
	github.com/ajstarks/svgo v0.0.0-20211024235047-1546f124cd8b // indirect
	github.com/go-logr/logr v1.4.3 // indirect
	github.com/golang/freetype v0.0.0-20170609003504-e2365dfdc4a0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/mitchellh/colorstring v0.0.0-20190213212951-d06e56a500db // indirect
	github.com/pkg/errors v0.9.1 // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	golang.org/x/exp v0.0.0-20260410095643-746e56fc9e2f // indirect
	golang.org/x/exp/typeparams v0.0.0-20231108232855-2478ac86f678 // indirect
	golang.org/x/image v0.30.0 // indirect
	golang.org/x/mod v0.41.0 // indirect
	golang.org/x/text v0.35.0 // indirect
	golang.org/x/tools v0.51.0 // indirect
	honnef.co/go/tools v0.8.2 // indirect
)

tool honnef.co/go/tools/cmd/staticcheck
