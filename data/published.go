// SPDX-License-Identifier: Apache-2.0

package data

import "fmt"

// remote is one published file: where it is to lie below the data directory,
// where it is published, its exact size and SHA-256.
type remote struct {
	path   string // slash-separated, below the data directory
	urls   []string
	size   int64
	sha256 string
}

// The sums of fashion-mnist, cifar10 and cifar100 are those that TensorFlow
// Datasets records for the same URLs (tensorflow_datasets/url_checksums). MNIST's
// first site is gone; its sums are those of the original files, which many loaders
// pin, and the two mirrors serve the same bytes.

// published lists the files of a data set that can be downloaded.
func published(name string) ([]remote, error) {
	switch name {
	case "mnist":
		return gzippedIDX("mnist", []string{
			"https://storage.googleapis.com/cvdf-datasets/mnist/",
			"https://ossci-datasets.s3.amazonaws.com/mnist/",
		}, [4]remote{
			{size: 9912422, sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"},
			{size: 28881, sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"},
			{size: 1648877, sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"},
			{size: 4542, sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"},
		}), nil
	case "fashion-mnist":
		return gzippedIDX("fashion-mnist", []string{
			"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
			"https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
		}, [4]remote{
			{size: 26421880, sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"},
			{size: 29515, sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"},
			{size: 4422102, sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"},
			{size: 5148, sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"},
		}), nil
	case "cifar10":
		return []remote{{
			path: "cifar10/cifar-10-binary.tar.gz", urls: []string{"https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"},
			size: 170052171, sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
		}}, nil
	case "cifar100":
		return []remote{{
			path: "cifar100/cifar-100-binary.tar.gz", urls: []string{"https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"},
			size: 168513733, sha256: "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
		}}, nil
	case "digits":
		return nil, nil
	}
	return nil, fmt.Errorf("data set %q cannot be downloaded, want mnist, fashion-mnist, cifar10 or cifar100 (digits is embedded, teacher and synthetic are computed)", name)
}

// gzippedIDX names the four files of an MNIST-like set in the order of sums.
func gzippedIDX(folder string, sites []string, sums [4]remote) []remote {
	names := [4]string{"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"}
	for i, name := range names {
		sums[i].path = folder + "/" + name
		for _, site := range sites {
			sums[i].urls = append(sums[i].urls, site+name)
		}
	}
	return sums[:]
}
