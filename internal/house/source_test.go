// SPDX-License-Identifier: Apache-2.0

package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../.."

// sources calls fn for every Go file of the module, by its path from the root.
func sources(t *testing.T, fn func(path string, file *ast.File, set *token.FileSet)) {
	t.Helper()
	set, seen := token.NewFileSet(), 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if d.IsDir() && rel != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "shared") {
			return fs.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		seen++
		fn(filepath.ToSlash(rel), file, set)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 20 {
		t.Fatalf("only %d Go files seen: the walk is wrong", seen)
	}
}

// Only main exits: a library that ends the process takes the caller's work along.
func TestOnlyMainExits(t *testing.T) {
	fatal := map[string][]string{
		"os":   {"Exit"},
		"log":  {"Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln"},
		"klog": {"Exit", "Exitf", "Fatal", "Fatalf"},
	}
	sources(t, func(path string, file *ast.File, set *token.FileSet) {
		if file.Name.Name == "main" && filepath.Base(path) == "main.go" || strings.HasSuffix(path, "_test.go") {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			name, ok := call.X.(*ast.Ident)
			if !ok {
				return true
			}
			for _, f := range fatal[name.Name] {
				if call.Sel.Name == f {
					t.Errorf("%s: %s.%s: return an error instead", set.Position(n.Pos()), name.Name, f)
				}
			}
			return true
		})
	})
}

// Each file names its licence, none registers anything behind the reader's back
// or imports names without saying from where.
func TestEveryFile(t *testing.T) {
	sources(t, func(path string, file *ast.File, set *token.FileSet) {
		if len(file.Comments) == 0 || file.Comments[0].List[0].Text != "// SPDX-License-Identifier: Apache-2.0" {
			t.Errorf("%s does not start with its licence", path)
		}
		for _, imp := range file.Imports {
			if imp.Name != nil && imp.Name.Name == "." {
				t.Errorf("%s: dot-import of %s", path, imp.Path.Value)
			}
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: init(): do it where a reader can follow it", set.Position(f.Pos()))
			}
		}
	})
}

// Every package opens with what it computes and refuses.
func TestEveryPackageHasDoc(t *testing.T) {
	documented := map[string]bool{}
	sources(t, func(path string, file *ast.File, _ *token.FileSet) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		documented[dir] = documented[dir] || file.Doc != nil
	})
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s has no package comment", dir)
		}
	}
}
