package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sort"
)

const (
	kindCreate  = "create"  // makes the register, at version 0
	kindCas     = "cas"     // setData with an expected version
	kindWrite   = "write"   // setData whatever the version is
	kindRead    = "read"    // getData: sequentially consistent only
	kindReadOut = "readout" // getData or getChildren after a write of the same session: linearizable
	kindAppend  = "append"  // create of a child with a value that nobody else uses

	outcomeOk      = "ok"
	outcomeFailed  = "failed"  // a definite answer: it had no effect
	outcomeUnknown = "unknown" // it may have had its effect, may have it later, or never

	errorBadVersion = "BAD_VERSION"
	errorNoNode     = "NO_NODE"
	errorNodeExists = "NODE_EXISTS"
)

// Element is one child of a sequence. Number is what the server appended to the name of a sequential node.
type Element struct {
	Value  string `json:"value"`
	Number *int64 `json:"number,omitempty"`
}

// Operation is one line of a history: what a client asked, and what it was told.
type Operation struct {
	Process    string `json:"process"`
	Session    string `json:"session"`
	Kind       string `json:"kind"`
	Path       string `json:"path"`
	Value      string `json:"value"`    // what is written
	Expected   int    `json:"expected"` // the version that a cas wants
	InvokedNs  int64  `json:"invokedNs"`
	ReturnedNs int64  `json:"returnedNs"`
	Outcome    string `json:"outcome"`
	Error      string `json:"error"`

	Version   int       `json:"version"`   // of the register after a write, or as read
	ReadValue string    `json:"readValue"` // as read
	Mzxid     string    `json:"mzxid"`     // 16 hexadecimal digits, so that text order is number order; empty if not told
	Number    *int64    `json:"number"`    // of an acknowledged sequential append
	Elements  []Element `json:"elements"`  // of a sequence that was read out

	line int
}

func (o *Operation) isWrite() bool {
	return o.Kind == kindCreate || o.Kind == kindCas || o.Kind == kindWrite || o.Kind == kindAppend
}

func (o *Operation) isReadOutOfSequence() bool {
	return o.Kind == kindReadOut && o.Elements != nil
}

// saw tells whether the operation was shown a value of a register.
func (o *Operation) saw() bool {
	return (o.Kind == kindRead || o.Kind == kindReadOut) && o.Outcome == outcomeOk && o.Elements == nil
}

func (o *Operation) String() string {
	switch o.Kind {
	case kindCas:
		return fmt.Sprintf("%s of %q onto version %d of %s (line %d)", o.Kind, o.Value, o.Expected, o.Path, o.line)
	case kindRead, kindReadOut:
		return fmt.Sprintf("%s of %s (line %d)", o.Kind, o.Path, o.line)
	default:
		return fmt.Sprintf("%s of %q in %s (line %d)", o.Kind, o.Value, o.Path, o.line)
	}
}

func readHistory(file string) ([]*Operation, error) {
	input, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer input.Close()
	lines := bufio.NewScanner(input)
	lines.Buffer(nil, 1<<30) // the read-out of a sequence is one line
	var operations []*Operation
	for line := 1; lines.Scan(); line++ {
		operation := &Operation{line: line}
		if err := json.Unmarshal(lines.Bytes(), operation); err != nil {
			return nil, fmt.Errorf("%s:%d: not an operation: %w", file, line, err)
		}
		if err := operation.validate(); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, line, err)
		}
		operations = append(operations, operation)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	sort.SliceStable(operations, func(a, b int) bool { return operations[a].InvokedNs < operations[b].InvokedNs })
	return operations, nil
}

// A misspelt kind or outcome must not turn into an operation that nobody checks.
func (o *Operation) validate() error {
	definite := map[string][]string{
		kindCreate:  {errorNodeExists},
		kindCas:     {errorBadVersion, errorNoNode},
		kindWrite:   {errorNoNode},
		kindRead:    {errorNoNode},
		kindReadOut: {errorNoNode},
		kindAppend:  {errorNodeExists, errorNoNode},
	}
	errors, known := definite[o.Kind]
	switch {
	case !known:
		return fmt.Errorf("kind %q is unknown", o.Kind)
	case o.Path == "" || o.Process == "" || o.Session == "":
		return fmt.Errorf("path, process and session must be given")
	case o.isWrite() && o.Value == "":
		return fmt.Errorf("a %s needs a value", o.Kind)
	case o.Outcome != outcomeUnknown && o.ReturnedNs < o.InvokedNs:
		return fmt.Errorf("returned at %d ns, before it was invoked at %d ns", o.ReturnedNs, o.InvokedNs)
	case o.Outcome == outcomeOk || o.Outcome == outcomeUnknown:
		return nil
	case o.Outcome != outcomeFailed:
		return fmt.Errorf("outcome %q is unknown", o.Outcome)
	}
	for _, name := range errors {
		if name == o.Error {
			return nil
		}
	}
	return fmt.Errorf("%q is no definite failure of a %s: its outcome is unknown", o.Error, o.Kind)
}

// objectsOf sorts the operations by the object that they concern; each path is a register or a sequence.
func objectsOf(operations []*Operation) (registers, sequences map[string][]*Operation) {
	registers, sequences = map[string][]*Operation{}, map[string][]*Operation{}
	for _, operation := range operations {
		if operation.Kind == kindAppend || operation.isReadOutOfSequence() {
			sequences[operation.Path] = nil
		}
	}
	for _, operation := range operations {
		objects := registers
		if _, isSequence := sequences[operation.Path]; isSequence {
			objects = sequences
		}
		objects[operation.Path] = append(objects[operation.Path], operation)
	}
	return registers, sequences
}
