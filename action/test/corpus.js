// Small modules with planted mistakes, the command that meets them, and what a reader wants to see marked:
// [owner, file, line, a part of the message]. The tests run each with real Go of several releases.

const MOD = 'module example.com/m\n\ngo 1.21\n';
const test = (body, imports = '"testing"') => `package m\n\nimport (\n\t${imports}\n)\n\n${body}`;
const main = (body, imports = '"fmt"') => `package main\n\nimport (\n\t${imports}\n)\n\n${body}`;
const compile = (file, line, text) => ['goward-compile', file, line, text];
const failed = (file, line, text) => ['goward-test', file, line, text];
const panics = (text) => ['goward-panic', undefined, undefined, text];
const module = (file, line, text) => ['goward-module', file, line, text];
const manager = (text) => ['goward', undefined, undefined, text];

/** @type {{name: string, files: Record<string, string>, run: string[], marks: object[], needs?: string}[]} */
export const CASES = [
  {
    name: 'a type error',
    files: { 'main.go': main('func main() { var n int = "x"; fmt.Println(n) }\n') },
    run: ['build', './...'],
    marks: [compile('main.go', 7, 'cannot use "x"')],
  },
  {
    name: 'errors in two packages',
    files: { 'main.go': main('func main() { fmt.Println(a) }\n'), 'sub/sub.go': 'package sub\n\nvar X = undefinedName\n' },
    run: ['build', './...'],
    marks: [compile('main.go', 7, 'undefined: a'), compile('sub/sub.go', 3, 'undefined: undefinedName')],
  },
  {
    name: 'a syntax error',
    files: { 'main.go': 'package main\n\nfunc main() {\n\tx := \n}\n' },
    run: ['build', './...'],
    marks: [compile('main.go', 5, 'syntax error')],
  },
  {
    name: 'an import that is not used',
    files: { 'main.go': main('func main() {}\n', '"os"') },
    run: ['build', './...'],
    marks: [compile('main.go', 4, 'imported and not used')],
  },
  {
    name: 'an error whose text has more lines',
    files: { 'main.go': 'package main\n\nfunc f() (int, error) { return 1 }\n\nfunc main() { f() }\n' },
    run: ['build', './...'],
    marks: [compile('main.go', 3, 'not enough return values')],
  },
  {
    name: 'more errors than the compiler prints',
    files: { 'main.go': `package main\n\nfunc main() {\n${Array.from({ length: 12 }, (_, i) => `\t_ = x${i}\n`).join('')}}\n` },
    run: ['build', './...'],
    marks: [...Array.from({ length: 10 }, (_, i) => compile('main.go', i + 4, `undefined: x${i}`)), compile('main.go', 13, 'too many errors')],
  },
  {
    name: 'a package that is not in the standard library',
    files: { 'main.go': 'package main\n\nimport _ "nosuch/pkg"\n\nfunc main() {}\n' },
    run: ['build', './...'],
    marks: [compile('main.go', 3, 'is not in std')],
  },
  {
    name: 'a module that go.mod lacks',
    files: { 'main.go': 'package main\n\nimport _ "example.org/other"\n\nfunc main() {}\n' },
    run: ['build', './...'],
    marks: [compile('main.go', 3, 'no required module provides package example.org/other')],
  },
  {
    name: 'a file to embed that is not there',
    files: { 'main.go': 'package main\n\nimport _ "embed"\n\n//go:embed missing.txt\nvar text string\n\nfunc main() {}\n' },
    run: ['build', './...'],
    marks: [compile('main.go', 5, 'no matching files found')],
  },
  {
    name: 'a finding of vet',
    files: { 'main.go': main('func main() { fmt.Printf("%d\\n", "x") }\n') },
    run: ['vet', './...'],
    marks: [compile('main.go', 7, 'Printf format %d')],
  },
  {
    name: 'a type error that vet meets',
    files: { 'main.go': main('func main() { fmt.Println(y) }\n') },
    run: ['vet', './...'],
    marks: [compile('main.go', 7, 'undefined: y')],
  },
  {
    name: 'vet on code that go test runs',
    files: { 'm.go': 'package m\n', 'm_test.go': test('func TestX(t *testing.T) { t.Errorf("%d", "x") }\n') },
    run: ['test', './...'],
    marks: [compile('m_test.go', 7, 'format %d')],
  },
  {
    name: 'a test that fails',
    files: { 'm.go': 'package m\n', 'm_test.go': test('func TestX(t *testing.T) {\n\tt.Log("before")\n\tt.Error("boom")\n}\n') },
    run: ['test', './...'],
    marks: [failed('m_test.go', 8, 'before'), failed('m_test.go', 9, 'boom')],
  },
  {
    name: 'tests below a test',
    files: {
      'm.go': 'package m\n',
      'm_test.go': test('func TestX(t *testing.T) {\n\tfor _, n := range []string{"a", "b"} {\n\t\tt.Run(n, func(t *testing.T) { t.Fatal("bad", n) })\n\t}\n}\n'),
    },
    run: ['test', './...'],
    marks: [failed('m_test.go', 9, 'bad a'), failed('m_test.go', 9, 'bad b')],
  },
  {
    name: 'a failure with several lines',
    files: { 'm.go': 'package m\n', 'm_test.go': test('func TestX(t *testing.T) { t.Fatal("got:\\n  a\\nwant:\\n  b") }\n') },
    run: ['test', './...'],
    marks: [failed('m_test.go', 7, 'got:')],
  },
  {
    name: 'a failure in a helper',
    files: {
      'm.go': 'package m\n',
      'm_test.go': test('func check(t *testing.T) {\n\tt.Helper()\n\tt.Error("helped")\n}\n\nfunc TestX(t *testing.T) {\n\tcheck(t)\n}\n'),
    },
    run: ['test', './...'],
    marks: [failed('m_test.go', 13, 'helped')],
  },
  {
    name: 'tests that do not compile',
    files: { 'm.go': 'package m\n', 'm_test.go': test('func TestX(t *testing.T) { undefinedCall() }\n') },
    run: ['test', './...'],
    marks: [compile('m_test.go', 7, 'undefined: undefinedCall')],
  },
  {
    name: 'an example with another output',
    files: { 'm.go': 'package m\n', 'm_test.go': 'package m\n\nimport "fmt"\n\nfunc ExampleX() {\n\tfmt.Println("a")\n\t// Output: b\n}\n\nfunc X() {}\n' },
    run: ['test', '-vet=off', './...'],
    marks: [['goward-example', undefined, undefined, '--- FAIL: ExampleX']],
  },
  {
    name: 'a seed of a fuzz test',
    files: {
      'm.go': 'package m\n',
      'm_test.go': test('func FuzzX(f *testing.F) {\n\tf.Add(1)\n\tf.Fuzz(func(t *testing.T, n int) { t.Error("odd", n) })\n}\n'),
    },
    run: ['test', './...'],
    marks: [failed('m_test.go', 9, 'odd 1')],
  },
  {
    name: 'a test that panics',
    files: { 'm.go': 'package m\n', 'm_test.go': test('func TestX(t *testing.T) { panic("boom") }\n') },
    run: ['test', './...'],
    marks: [panics('panic: boom')],
  },
  {
    name: 'a test that takes too long',
    files: { 'm.go': 'package m\n', 'm_test.go': test('func TestX(t *testing.T) { time.Sleep(time.Minute) }\n', '"testing"\n\t"time"') },
    run: ['test', '-timeout', '10ms', './...'],
    marks: [panics('panic: test timed out after 10ms')],
  },
  {
    name: 'a nil pointer at run time',
    files: { 'main.go': 'package main\n\nfunc main() {\n\tvar p *int\n\t*p = 1\n}\n' },
    run: ['run', '.'],
    marks: [panics('panic: runtime error: invalid memory address')],
  },
  {
    name: 'a deadlock',
    files: { 'main.go': 'package main\n\nfunc main() { <-make(chan int) }\n' },
    run: ['run', '.'],
    marks: [panics('fatal error: all goroutines are asleep')],
  },
  {
    name: 'a data race',
    files: {
      'm.go': 'package m\n',
      'm_test.go': test('func TestX(t *testing.T) {\n\tn, done := 0, make(chan bool)\n\tgo func() { n++; done <- true }()\n\tn++\n\t<-done\n\t_ = n\n}\n'),
    },
    run: ['test', '-race', './...'],
    // The test's own mark has Go's file as its place.
    marks: [panics('WARNING: DATA RACE'), failed('testing.go', undefined, 'race detected during execution of test')],
    needs: 'gcc',
  },
  {
    name: 'a header of C that is not there',
    files: { 'main.go': 'package main\n\n// #include <no-such-header.h>\nimport "C"\n\nfunc main() {}\n' },
    run: ['build', './...'],
    marks: [compile('main.go', 3, 'fatal error: no-such-header.h')],
    needs: 'gcc',
  },
  {
    name: 'a name of C that is not there',
    files: { 'main.go': 'package main\n\nimport "C"\n\nfunc main() { C.noSuchFunction() }\n' },
    run: ['build', './...'],
    marks: [compile('main.go', 5, 'could not determine')],
    needs: 'gcc',
  },
  {
    name: 'an unknown directive of go.mod',
    files: { 'go.mod': `${MOD}\nnosuch x\n`, 'main.go': 'package main\n\nfunc main() {}\n' },
    run: ['build', './...'],
    marks: [module('go.mod', 5, 'unknown directive: nosuch')],
  },
  {
    name: 'a requirement without a version',
    files: { 'go.mod': `${MOD}\nrequire example.org/x\n`, 'main.go': 'package main\n\nfunc main() {}\n' },
    run: ['build', './...'],
    marks: [module('go.mod', 5, 'usage: require module/path')],
  },
  {
    name: 'a go line that is too new',
    files: { 'go.mod': 'module example.com/m\n\ngo 1.99\n', 'main.go': 'package main\n\nfunc main() {}\n' },
    run: ['build', './...'],
    marks: [manager('requires go >= 1.99')],
  },
  {
    name: 'a go.work that leaves the module out',
    files: { 'go.work': 'go 1.21\n\nuse ./sub\n', 'sub/go.mod': 'module example.com/sub\n\ngo 1.21\n', 'sub/sub.go': 'package sub\n', 'main.go': 'package main\n\nfunc main() {}\n' },
    run: ['build', './...'],
    // From 1.22 on Go says this of the pattern, with another beginning.
    marks: [],
  },
  // What is no error.
  {
    name: 'tests that pass and talk',
    files: { 'm.go': 'package m\n', 'm_test.go': test('func TestX(t *testing.T) {\n\tt.Log("fine")\n\tfmt.Println("main.go:10: starting")\n}\n', '"fmt"\n\t"testing"') },
    run: ['test', '-v', './...'],
    marks: [],
  },
  {
    name: 'a program that logs its places',
    files: { 'main.go': main('func main() {\n\tlog.SetFlags(log.Llongfile)\n\tlog.Println("listening on :8080")\n\tlog.SetFlags(log.Lshortfile | log.LstdFlags)\n\tlog.Println("error: 3 tries left")\n}\n', '"log"') },
    run: ['run', '.'],
    marks: [],
  },
  {
    name: 'a build that is told command by command',
    files: { 'main.go': 'package main\n\nfunc main() {}\n' },
    run: ['build', '-x', '-o', 'program', '.'],
    marks: [],
  },
  {
    name: 'benchmarks',
    files: { 'm.go': 'package m\n', 'm_test.go': test('func BenchmarkX(b *testing.B) {\n\tfor i := 0; i < b.N; i++ {\n\t}\n}\n') },
    run: ['test', '-bench', '.', '-benchtime', '1x', './...'],
    marks: [],
  },
];

/** The files of a case, with a go.mod where it brings none. */
export function files(each) {
  return { 'go.mod': MOD, ...each.files };
}
