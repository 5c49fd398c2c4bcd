// SPDX-License-Identifier: Apache-2.0

package npy

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// samples holds every element type, a scalar, empty shapes and extreme values.
func samples() []Array {
	big := make([]float32, 70_001) // more than one conversion chunk
	for i := range big {
		big[i] = float32(i) / 3
	}
	return []Array{
		{"f4", []int{2, 3}, []float32{1, -2, 3.5, float32(math.Inf(1)), math.MaxFloat32, math.SmallestNonzeroFloat32}},
		{"f8", []int{3}, []float64{math.Pi, math.Inf(-1), math.MaxFloat64}},
		{"i4", []int{2, 1, 2}, []int32{math.MinInt32, -1, 0, math.MaxInt32}},
		{"i8", []int{2}, []int64{math.MinInt64, math.MaxInt64}},
		{"u1", []int{4}, []uint8{0, 1, 128, 255}},
		{"opt/block0.f.W/m", []int{}, []float64{42}},
		{"empty", []int{0}, []float32{}},
		{"none", []int{3, 0, 2}, []int32{}},
		{"big", []int{70_001}, big},
	}
}

func zipped(t testing.TB, arrays []Array) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteZip(&b, arrays); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readAll(b []byte) ([]Array, error) {
	return ReadZip(bytes.NewReader(b), int64(len(b)), Limits{})
}

func TestRoundTrip(t *testing.T) {
	want := samples()
	got, err := readAll(zipped(t, want))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read back %v\nwant %v", got[:8], want[:8])
	}
	if !bytes.Equal(zipped(t, want), zipped(t, want)) {
		t.Error("the same arrays gave different bytes")
	}
}

// Of an archive that is larger than the limit, arrays that are not can be read by name.
func TestReadSome(t *testing.T) {
	b := zipped(t, []Array{{"large", []int{2000}, make([]float64, 2000)}, {"small", []int{1}, []int32{7}}})
	got, err := ReadZip(bytes.NewReader(b), int64(len(b)), Limits{Bytes: 1000, Only: []string{"small", "absent"}})
	if want := []Array{{"small", []int{1}, []int32{7}}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestDataAreAligned(t *testing.T) {
	for _, a := range samples() {
		e, _, err := typeOf(a.Data)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(encodeHeader(e, a.Shape)); n%64 != 0 {
			t.Errorf("%s: the header has %d bytes, want a multiple of 64", a.Name, n)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		arrays []Array
		want   string
	}{
		{"type", []Array{{"a", []int{1}, []int16{1}}}, "[]int16"},
		{"count", []Array{{"a", []int{2}, []int32{1}}}, "1 elements, want 2"},
		{"negative", []Array{{"a", []int{-1}, []int32{1}}}, "negative"},
		{"twice", []Array{{"a", nil, []int32{1}}, {"a", nil, []int32{1}}}, "twice"},
		{"name", []Array{{"", nil, []int32{1}}}, "name"},
	} {
		var b bytes.Buffer
		err := WriteZip(&b, c.arrays)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
		if b.Len() != 0 {
			t.Errorf("%s: %d bytes were written before the refusal", c.name, b.Len())
		}
	}
}

// npyBytes is a version-1 .npy file with this header text and data.
func npyBytes(head string, data string) []byte {
	b := append([]byte(magic), 1, 0, byte(len(head)), byte(len(head)>>8))
	return append(append(b, head...), data...)
}

func TestReadOne(t *testing.T) {
	six := "\x01\x02\x03\x04\x05\x06"
	for _, c := range []struct {
		name, head, data string
		want             Array
	}{
		{"c order", "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }", six, Array{"", []int{2, 3}, []uint8{1, 2, 3, 4, 5, 6}}},
		{"fortran", "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", six, Array{"", []int{2, 3}, []uint8{1, 3, 5, 2, 4, 6}}},
		{"bool", "{'descr': '|b1', 'fortran_order': False, 'shape': (2,)}", "\x00\x01", Array{"", []int{2}, []uint8{0, 1}}},
		{"python 2", "{'shape': (2L,), \"fortran_order\": False, 'descr': '|u1'}", "\x00\x01", Array{"", []int{2}, []uint8{0, 1}}},
		{"scalar", "{'descr': '<i4', 'fortran_order': False, 'shape': ()}", "\x07\x00\x00\x00", Array{"", []int{}, []int32{7}}},
	} {
		b := npyBytes(c.head, c.data)
		got, err := Read(bytes.NewReader(b), int64(len(b)), Limits{})
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, %v, want %v", c.name, got, err, c.want)
		}
	}
}

func TestReadVersion2(t *testing.T) {
	head := "{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}"
	b := append([]byte(magic), 2, 0, byte(len(head)), 0, 0, 0)
	b = append(append(b, head...), 8, 9)
	got, err := Read(bytes.NewReader(b), int64(len(b)), Limits{})
	if err != nil || !reflect.DeepEqual(got.Data, []uint8{8, 9}) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestReadRefuses(t *testing.T) {
	ok := "{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}"
	for _, c := range []struct {
		name string
		b    []byte
		want string
	}{
		{"nothing", nil, "offset 0"},
		{"magic", []byte("PK\x03\x04abcdefgh"), "magic"},
		{"version", append([]byte(magic), 9, 0, 0, 0), "version 9.0"},
		{"short header", npyBytes(ok, "")[:20], "offset 10: the data end"},
		{"huge header", append([]byte(magic), 2, 0, 255, 255, 255, 255), "4294967295 bytes, want at most"},
		{"huge shape", npyBytes("{'descr': '<f8', 'fortran_order': False, 'shape': (999999999999,)}", "x"), "1 bytes of data, want 7999999999992"},
		{"overflow", npyBytes("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4294967296)}", "x"), "too large"},
		{"number overflow", npyBytes("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}", "x"), "want a size"},
		{"negative", npyBytes("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", "x"), "want a size"},
		{"object", npyBytes("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "x"), "'|b1'"},
		{"big endian", npyBytes("{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}", "abcd"), `">f4"`},
		{"structured", npyBytes("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "abcd"), "structured"},
		{"truncated", npyBytes(ok, "\x01"), "1 bytes of data, want 2"},
		{"too long", npyBytes(ok, "\x01\x02\x03"), "3 bytes of data, want 2"},
		{"missing key", npyBytes("{'descr': '|u1', 'shape': (2,)}", "ab"), "exactly the keys"},
		{"repeated key", npyBytes("{'descr': '|u1', 'descr': '|u1', 'shape': (2,)}", "ab"), "repeated"},
		{"unknown key", npyBytes("{'x': 1}", "ab"), "unknown key"},
		{"no end", npyBytes("{'descr': '|u1", "ab"), "no end"},
	} {
		_, err := Read(bytes.NewReader(c.b), int64(len(c.b)), Limits{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

func TestZipRefuses(t *testing.T) {
	good := zipped(t, samples())
	if _, err := ReadZip(bytes.NewReader(good), int64(len(good)), Limits{Bytes: 100_000}); err == nil || !strings.Contains(err.Error(), "limit 100000") {
		t.Errorf("limit of bytes: error %v", err)
	}
	if _, err := ReadZip(bytes.NewReader(good), int64(len(good)), Limits{Arrays: 3}); err == nil || !strings.Contains(err.Error(), "at most 3") {
		t.Errorf("limit of arrays: error %v", err)
	}
	if _, err := readAll(good[:len(good)-5]); err == nil {
		t.Error("a truncated archive was read")
	}
	flipped := bytes.Clone(good)
	flipped[170] ^= 1 // inside the first array's data
	if _, err := readAll(flipped); err == nil {
		t.Error("a flipped bit was not found")
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if _, err := z.Create("notes.txt"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := readAll(b.Bytes()); err == nil || !strings.Contains(err.Error(), "notes.txt") {
		t.Errorf("a member that is no array: error %v", err)
	}
}

func TestReadDeflate(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	m, err := z.Create("x.npy") // Create deflates
	if err != nil {
		t.Fatal(err)
	}
	want := Array{"x", []int{3_000_000}, make([]float32, 3_000_000)}
	if err := writeArray(m, want); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := readAll(b.Bytes())
	if err != nil || !reflect.DeepEqual(got, []Array{want}) {
		t.Errorf("error %v, or another array", err)
	}
}

func TestWriteFileIsAtomic(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.npz")
	if err := WriteFile(path, samples()); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, []Array{{"a", []int{2}, []int32{1}}}); err == nil {
		t.Fatal("an array of the wrong size was written")
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("a failed write changed the file (%v)", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("a failed write left %v (%v)", entries, err)
	}
	got, err := ReadFile(path, Limits{})
	if err != nil || !reflect.DeepEqual(got, samples()) {
		t.Errorf("ReadFile: %v", err)
	}
}

// A small archive must not fill memory, however well it is packed.
func TestBombIsRefused(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("a.npy") // deflated
	if err != nil {
		t.Fatal(err)
	}
	const zeros = 40 << 20
	if _, err := w.Write(npyBytes(fmt.Sprintf("{'descr': '|u1', 'fortran_order': False, 'shape': (%d,), }", zeros), "")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, zeros)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := readAll(b.Bytes()); err == nil || !strings.Contains(err.Error(), "savez") {
		t.Errorf("%d bytes unpack to %d: got %v", b.Len(), zeros, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(npyBytes("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 1), }", "ab"))
	f.Add(npyBytes("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", "abcdefgh"))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := Read(bytes.NewReader(b), int64(len(b)), Limits{})
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("the error has more than one line: %q", err)
			}
			return
		}
		a.Name = "x"
		if err := a.check(); err != nil {
			t.Errorf("what was read cannot be written: %v", err)
		}
	})
}

func FuzzReadZip(f *testing.F) {
	f.Add(zipped(f, samples()[:6]))
	f.Fuzz(func(t *testing.T, b []byte) {
		arrays, err := readAll(b)
		if err != nil {
			return
		}
		var out bytes.Buffer
		for _, a := range arrays {
			if strings.ContainsAny(a.Name, "\\\x00") || a.Name == "" {
				return // names that only a foreign writer gives
			}
		}
		if err := WriteZip(&out, arrays); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := readAll(out.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(zipped(t, again), out.Bytes()) { // bytes, since NaN differs from itself
			t.Error("a second round trip changed the arrays")
		}
	})
}
