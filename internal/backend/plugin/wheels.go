// SPDX-License-Identifier: Apache-2.0

package plugin

import "fmt"

// Wheel is a pinned Python wheel that holds a PJRT plugin.
type Wheel struct {
	Package, Version string
	SHA256           string   // of the wheel file
	Member           string   // base name of the plugin inside the wheel
	License          string   // what the user accepts by installing it
	PipArgs          []string // selects this wheel where a release has several for one machine
	MiB              int      // size of the download
}

func (w Wheel) String() string { return w.Package + " " + w.Version }

const (
	jaxVersion = "0.11.2"

	apache     = "Apache-2.0"
	nvidiaNote = "Apache-2.0; NVIDIA's libraries beside it stand under NVIDIA's own licences"
	tpuNote    = "Google Cloud Platform Terms of Service"
)

// pinned lists the known wheels by device and GOARCH in the order in which they are tried. On amd64 the first CPU wheel
// is the faster one (twice as fast in float64); it has none for arm64.
func pinned(device, goarch string, cuda int) []Wheel {
	switch device + "/" + goarch {
	case "cpu/amd64":
		return []Wheel{
			{Package: "lammps-jax-pjrt-cpu", Version: "0.11.2", Member: "pjrt_c_api_cpu_plugin.so", License: apache, MiB: 60,
				SHA256: "1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1"},
			{Package: "xla-cpu-pjrt", Version: "0.0.1", Member: "xla_cpu_pjrt.so", License: apache, MiB: 61,
				SHA256: "55837b6b7b47daa717f2d9a5a03563ea0ceaa338d06a81a1e2d3f060d960decc"},
		}
	case "cpu/arm64":
		return []Wheel{{Package: "xla-cpu-pjrt", Version: "0.0.1", Member: "xla_cpu_pjrt.so", License: apache, MiB: 61,
			SHA256: "8f613be6e891858f40d64f9799319502fff42689661944fc18a6ffd8210b30c9"}}
	case "cuda/amd64":
		return []Wheel{cudaWheel(cuda)}
	case "tpu/amd64":
		// One wheel for each Python version, all with the same library: take that of 3.12 whatever Python runs pip.
		return []Wheel{{Package: "libtpu", Version: "0.0.52", Member: "libtpu.so", License: tpuNote, MiB: 200,
			SHA256: "f76ab1f4d697c346371c50058796f6baa93317b89be8cf8a1012715a2655120d",
			PipArgs: []string{"--python-version", "3.12", "--implementation", "cp", "--abi", "cp312",
				"--platform", "manylinux_2_31_x86_64"}}}
	}
	return nil
}

func cudaWheel(cuda int) Wheel {
	sums := map[int]string{
		12: "2133b3afc63307c016ae4980f166b2b3de199759363ead74f7d550eaae953463",
		13: "e5ff589d43064913bb74027682d89639c7ea48f9f81c2bae6fc75117e913f93e",
	}
	return Wheel{Package: fmt.Sprintf("jax-cuda%d-pjrt", cuda), Version: jaxVersion, Member: "xla_cuda_plugin.so",
		License: nvidiaNote, MiB: 190, SHA256: sums[cuda]}
}
